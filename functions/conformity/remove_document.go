package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type removeInput struct {
	Target
	Document string `path:"document" maxLength:"40"`
}

// removeDocument takes an attachment out of a draft. Its bytes stay under
// their hash: another dossier may hold the same.
func removeDocument(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(everyDeed(step.Declaration{
		Name:    "conformity/remove_document",
		Summary: "Take a document out of a draft",
		Who:     step.Roles(people.Declarant),
		Grants:  citeGrants,
	}), http.MethodDelete, "/api/conformity/dossiers/{id}/documents/{document}", func(ctx context.Context, in *removeInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.RemoveDocument), func(c *change) error {
			i := slices.IndexFunc(c.Documents, func(d conformity.Document) bool { return d.ID == in.Document })
			if i < 0 {
				return problem.New("not_found")
			}
			gone := c.Documents[i]
			c.Content.Details = map[string]any{"kind": gone.Kind, "name": gone.Name}
			c.Documents = slices.Delete(c.Documents, i, i+1)
			c.Ops = append(c.Ops, infra.Delete{Key: infra.Key{PK: dossier.PK(c.ID), SK: dossier.SKDocument(gone.ID)}})
			return nil
		})
	}, step.Status(http.StatusOK))
}
