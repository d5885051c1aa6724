package products

import (
	"context"
	"errors"
	"net/http"
	"time"

	"portal/infra"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type listsInput struct {
	Cursor string `query:"cursor" maxLength:"2000" doc:"Of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Versions a page"`
}

type listsOutput struct {
	Body struct {
		Lists  []VersionView `json:"lists" doc:"The version that begins last first"`
		Cursor string        `json:"cursor,omitempty" doc:"Of the next page; absent on the last"`
	}
}

// VersionView is a version with its history.
type VersionView struct {
	EditionView
	Standing      Standing        `json:"standing" enum:"to_come,current,replaced,withdrawn"`
	StandingLabel string          `json:"standing_label" doc:"In the caller's language"`
	Entries       int             `json:"entries" doc:"How many"`
	At            *time.Time      `json:"at,omitempty" doc:"When it was published; absent of the one that came with the portal"`
	By            string          `json:"by,omitempty" doc:"Who published it; for the ministry"`
	Changes       *Changes        `json:"changes,omitempty" doc:"What it changes of the version before it"`
	Withdrawal    *WithdrawalView `json:"withdrawal,omitempty"`
}

// WithdrawalView is when and why a version was withdrawn.
type WithdrawalView struct {
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty" doc:"For the ministry"`
	Reason string    `json:"reason"`
}

// listControlLists shows every version that was published, to anybody.
func listControlLists(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "products/list_control_lists",
		Summary:  "List the versions of the list of products under control",
		Who:      step.Anyone(),
		Grants:   readGrants,
		Problems: []string{"invalid"},
	}, http.MethodGet, lists, func(ctx context.Context, in *listsInput) (*listsOutput, error) {
		current, err := OnDay(ctx, r.Dossiers, r.today())
		if err != nil {
			return nil, err
		}
		q := infra.Query{PK: listsPK, Prefix: versionPrefix, Descending: true, Limit: in.Limit, Cursor: in.Cursor}
		page, err := r.Dossiers.Query(ctx, q)
		if errors.Is(err, infra.ErrBadCursor) {
			return nil, problem.Field("cursor", "format")
		}
		if err != nil {
			return nil, err
		}
		out := &listsOutput{}
		out.Body.Lists, out.Body.Cursor = []VersionView{}, page.Cursor
		for _, row := range page.Rows {
			var p Publication
			if err := row.Decode(&p); err != nil {
				return nil, err
			}
			out.Body.Lists = append(out.Body.Lists, r.view(ctx, p, current))
		}
		if page.Cursor == "" {
			out.Body.Lists = append(out.Body.Lists, r.view(ctx, Publication{Listing: shipped()}, current))
		}
		return out, nil
	})
}

// view is a version as the caller may see it: who did what is the ministry's.
func (r room) view(ctx context.Context, p Publication, current Listing) VersionView {
	request := step.RequestOf(ctx)
	standing := p.standing(current, r.today())
	v := VersionView{
		EditionView: editionOf(p.Edition), Standing: standing, Entries: p.Entries,
		StandingLabel: i18n.Text(request.Lang, "control.standing."+string(standing), nil),
	}
	if p.Digest != "" {
		v.At, v.Changes = &p.At, &p.Changes
	}
	if p.Withdrawal != nil {
		v.Withdrawal = &WithdrawalView{At: p.Withdrawal.At, Reason: p.Withdrawal.Reason}
	}
	if request.Caller.Has(people.Ministry) {
		v.By = p.Name
		if v.Withdrawal != nil {
			v.Withdrawal.By = p.Withdrawal.Name
		}
	}
	return v
}
