package certificates

import (
	"context"
	"net/http"
	"time"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type paperInput struct {
	Checked
	Edition int `query:"edition" minimum:"1" maximum:"1000" doc:"Which printing; the last when absent"`
}

type linkOutput struct {
	Body struct {
		URL     string    `json:"url" doc:"Downloads the PDF without a session until it expires"`
		Expires time.Time `json:"expires"`
	}
}

// linkLife is how long a download link works.
const linkLife = 5 * time.Minute

// paperLink answers a short-lived link to a certificate's PDF, to its holder
// and its bureau, and records who asked.
func paperLink(p infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:    "certificates/paper_link",
		Summary: "Get a link to download a certificate",
		Who:     step.Roles(people.Declarant, people.Supervisor, people.Agent),
		Grants: step.Grants{
			Dossiers: step.TableGrants{Read: []string{"certificate#"}, Write: []string{"dossier#"}},
			Files:    step.FileGrants{Read: []string{"certificates/"}},
		},
		Problems: []string{"not_found", "invalid"},
	}, http.MethodGet, "/api/certificates/{number}/paper", func(ctx context.Context, in *paperInput) (*linkOutput, error) {
		caller := step.CallerOf(ctx)
		e, err := room{p}.open(ctx, in.Number, mayRead)
		if err != nil {
			return nil, err
		}
		number, edition := e.Number.String(), e.Edition
		if in.Edition > 0 {
			edition = in.Edition - 1
		}
		if edition > e.Edition || !e.printed(edition) {
			return nil, problem.New("not_found")
		}
		now := p.Clock.Now()
		read := infra.Put{
			Key:   infra.Key{PK: dossier.PK(e.Dossier), SK: "read#" + p.IDs.New()},
			Value: dossier.Read{At: now, Person: caller.Person, What: "certificate " + number},
		}
		if err := p.Dossiers.Write(ctx, read); err != nil {
			return nil, err
		}
		out := &linkOutput{}
		out.Body.Expires = now.Add(linkLife)
		out.Body.URL, err = p.Files.Link(ctx, PaperKey(number, edition), number+".pdf", linkLife)
		return out, err
	})
}
