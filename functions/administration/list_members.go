package administration

import (
	"context"
	"errors"
	"net/http"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type listMembersInput struct {
	ID     string `path:"id" doc:"Id of the organisation"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"Of the page before"`
}

type listMembersOutput struct {
	Body struct {
		Members []people.Member `json:"members" doc:"In no order that means anything"`
		Cursor  string          `json:"cursor,omitempty" doc:"Of the next page; absent on the last"`
	}
}

// listMembers shows who has roles in an organisation.
func listMembers(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "administration/list_members",
		Summary:  "List an organisation's members",
		Who:      administrators,
		Grants:   step.Grants{People: step.TableGrants{Read: []string{"organisation#"}}},
		Problems: []string{"not_found"},
	}, http.MethodGet, organisationPath+"/members", func(ctx context.Context, in *listMembersInput) (*listMembersOutput, error) {
		o, err := r.administered(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		page, err := r.People.Query(ctx, infra.Query{PK: people.OrganisationPK(o.ID), Prefix: people.MemberSK(""), Cursor: in.Cursor})
		if err != nil {
			return nil, badCursor(err)
		}
		out := &listMembersOutput{}
		out.Body.Members, out.Body.Cursor = []people.Member{}, page.Cursor
		for _, row := range page.Rows {
			var m people.Member
			if err := row.Decode(&m); err != nil {
				return nil, err
			}
			m.Rev = "" // how rows are guarded is nobody's business
			out.Body.Members = append(out.Body.Members, m)
		}
		return out, nil
	})
}

func badCursor(err error) error {
	if errors.Is(err, infra.ErrBadCursor) {
		return problem.Field("cursor", "parameter")
	}
	return err
}
