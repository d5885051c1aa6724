package administration

import (
	"context"
	"net/http"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
	"portal/shared/step"
)

type listOrganisationsInput struct {
	Kind   people.OrganisationKind `query:"kind" enum:"operator,bureau,ministry,customs,portal" doc:"Only organisations of this kind"`
	Name   string                  `query:"name" maxLength:"100" doc:"Only those whose names begin so; needs kind"`
	Limit  int                     `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"Organisations a page"`
	Cursor string                  `query:"cursor" maxLength:"2048" doc:"Of the page before"`
}

type listOrganisationsOutput struct {
	Body struct {
		Organisations []registry.Listed `json:"organisations" doc:"By kind, then by name"`
		Cursor        string            `json:"cursor,omitempty" doc:"Of the next page; absent on the last"`
	}
}

// listOrganisations shows the directory of organisations, a page at a time.
func listOrganisations(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "administration/list_organisations",
		Summary:  "List the organisations",
		Who:      administrators,
		Problems: []string{"invalid"},
		Grants:   step.Grants{People: step.TableGrants{Read: []string{"organisations#"}}},
	}, http.MethodGet, "/api/administration/organisations", func(ctx context.Context, in *listOrganisationsInput) (*listOrganisationsOutput, error) {
		if err := portalOnly(ctx); err != nil {
			return nil, err
		}
		q := infra.Query{PK: registry.Directory, Limit: in.Limit, Cursor: in.Cursor}
		if in.Kind != "" {
			q.Prefix = registry.DirectoryPrefix(in.Kind, in.Name)
		}
		page, err := r.People.Query(ctx, q)
		if err != nil {
			return nil, badCursor(err)
		}
		out := &listOrganisationsOutput{}
		out.Body.Organisations, out.Body.Cursor = []registry.Listed{}, page.Cursor
		for _, row := range page.Rows {
			var o registry.Listed
			if err := row.Decode(&o); err != nil {
				return nil, err
			}
			out.Body.Organisations = append(out.Body.Organisations, o)
		}
		return out, nil
	})
}
