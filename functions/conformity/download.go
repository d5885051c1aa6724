package conformity

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/problem"
	"portal/shared/step"
)

type downloadInput struct {
	Shown
	Document string `path:"document" maxLength:"40"`
}

type linkOutput struct {
	Body struct {
		URL     string    `json:"url" doc:"Downloads the file without a session until it expires"`
		Expires time.Time `json:"expires"`
	}
}

// linkLife is how long a download link works.
const linkLife = 5 * time.Minute

// download answers a short-lived link to one document, and records who asked.
func download(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/download",
		Summary: "Get a link to download a document",
		Who:     readers,
		Grants: step.Grants{
			Dossiers: step.TableGrants{Read: []string{"dossier#"}, Write: []string{"dossier#"}},
			Files:    step.FileGrants{Read: []string{"documents/"}},
		},
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}/documents/{document}", func(ctx context.Context, in *downloadInput) (*linkOutput, error) {
		caller := step.CallerOf(ctx)
		f, err := open(ctx, r.Dossiers, caller, in.ID, light)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(f.Documents, func(d conformity.Document) bool { return d.ID == in.Document })
		if i < 0 {
			return nil, problem.New("not_found")
		}
		doc := f.Documents[i]
		now := r.Clock.Now()
		read := dossier.Read{At: now, Person: caller.Person, What: "document " + doc.ID}
		key := infra.Key{PK: dossier.PK(f.ID), SK: "read#" + r.IDs.New()}
		if err := r.Dossiers.Write(ctx, infra.Put{Key: key, Value: read}); err != nil {
			return nil, err
		}
		out := &linkOutput{}
		out.Body.Expires = now.Add(linkLife)
		out.Body.URL, err = r.Files.Link(ctx, DocumentKey(doc.SHA256), fileName(doc.Name), linkLife)
		return out, err
	})
}

// fileName is a document's name as a file's: people write « Facture n° 12/2026 »,
// which no folder takes.
func fileName(name string) string {
	name = strings.TrimSuffix(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(name, "-")), ".pdf")
	const most = 150 // bytes; the ports take 200
	for len(name) > most {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.Trim(name, " .") + ".pdf"
}
