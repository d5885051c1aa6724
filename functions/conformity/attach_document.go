package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// maxDocuments bounds the attachments of one dossier.
const maxDocuments = 50

// attachDocument checks an uploaded PDF and attaches it to a draft.
func attachDocument(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:     "conformity/attach_document",
			Summary:  "Attach an uploaded PDF to a draft",
			Who:      step.Roles(people.Declarant),
			Grants:   commitGrants.And(citeGrants),
			Problems: []string{"document_refused"},
		},
		noun:   "documents",
		form:   "document",
		need:   light,
		action: always(conformity.AttachDocument),
		decide: func(ctx context.Context, c *change, raw []byte) error {
			var body upload
			if err := forms.Decode("conformity/document", raw, &body); err != nil {
				return err
			}
			if len(c.Documents) >= maxDocuments {
				return problem.Invalid([]problem.Fault{{Pointer: "/upload", Code: "too_many", Params: map[string]any{"max": maxDocuments}}})
			}
			c.Content.Details = map[string]any{"kind": body.Kind, "name": clean(body.Name)}
			return r.addDocuments(ctx, c, "", []upload{body})
		},
	})
}
