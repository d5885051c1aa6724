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
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/certificates/{number}/paper", func(ctx context.Context, in *Checked) (*linkOutput, error) {
		caller := step.CallerOf(ctx)
		number, ok := parse(in.Number)
		if !ok {
			return nil, problem.New("not_found")
		}
		e, err := Load(ctx, p.Dossiers, number)
		if notFound(err) || (err == nil && !mayRead(caller, e)) {
			return nil, problem.New("not_found")
		}
		if err != nil {
			return nil, err
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
		out.Body.URL, err = p.Files.Link(ctx, PaperKey(number, e.Edition), number+".pdf", linkLife)
		return out, err
	})
}

func mayRead(c people.Caller, e Entry) bool {
	return c.HasIn(e.Holder, people.Declarant) || c.HasIn(e.Body, people.Supervisor) || c.HasIn(e.Body, people.Agent)
}
