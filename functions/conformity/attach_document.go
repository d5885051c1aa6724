package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// maxDocuments bounds the attachments of one dossier.
const maxDocuments = 50

type bodyInput struct {
	Target
	RawBody []byte
}

// attachDocument checks an uploaded PDF and attaches it to a draft.
func attachDocument(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/attach_document",
		Summary:  "Attach an uploaded PDF to a draft",
		Who:      step.Roles(people.Declarant),
		Grants:   stepGrants.And(commitGrants),
		Problems: append([]string{"document_refused"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/documents", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, whole, always(conformity.AttachDocument), func(c *change) error {
			var body upload
			if err := forms.Decode("conformity/document", in.RawBody, &body); err != nil {
				return err
			}
			if len(c.Documents) >= maxDocuments {
				return problem.Invalid([]problem.Fault{{Pointer: "/upload", Code: "too_many", Params: map[string]any{"max": maxDocuments}}})
			}
			c.Content.Details = map[string]any{"kind": body.Kind, "name": clean(body.Name)}
			return r.addDocuments(ctx, c, "", []upload{body})
		})
	}, form("document"))
}
