package certificates

import (
	"context"
	"net/http"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type listInput struct {
	Organisation string `query:"organisation" maxLength:"40" doc:"Whose certificates, when the caller files for several"`
	Filter
}

type listOutput struct {
	Body struct {
		Certificates []card `json:"certificates"`
		Cursor       string `json:"cursor,omitempty" doc:"For the next page"`
	}
}

type card struct {
	Number      string    `json:"number"`
	Kind        string    `json:"kind"`
	Status      string    `json:"status"`
	StatusLabel string    `json:"status_label"`
	Former      string    `json:"former,omitempty" doc:"The number printed on it, when it was issued before the portal"`
	HolderName  string    `json:"holder_name,omitempty"`
	Dossier     string    `json:"dossier,omitempty"`
	Bureau      string    `json:"bureau"`
	Lines       int       `json:"lines" doc:"How many goods lines it covers"`
	Issued      time.Time `json:"issued"`
	Expires     string    `json:"expires,omitempty"`
	DaysLeft    *int      `json:"days_left,omitempty" doc:"Until the last day of validity, while valid"`
	ReplacedBy  string    `json:"replaced_by,omitempty"`
	Allowed     []string  `json:"allowed_actions" doc:"What the caller may do about it; while a request is at work on it, less"`
}

// list answers an organisation's certificates, newest first, or those of a
// kind or in a status, by their last day.
func list(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "certificates/list",
		Summary: "List one's own certificates",
		Who:     step.Roles(people.Declarant),
		Grants: step.Grants{Dossiers: step.TableGrants{
			Index: map[string][]string{"owner": {"certificates#"}, "owner_status": {"certificates#"}},
		}},
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/certificates", func(ctx context.Context, in *listInput) (*listOutput, error) {
		caller := step.CallerOf(ctx)
		org := in.Organisation
		if org == "" {
			org = caller.With(people.Declarant)[0]
		}
		if !caller.HasIn(org, people.Declarant) {
			return nil, problem.Field("organisation", "choice")
		}
		return r.list(ctx, in.Filter, shelves{all: "owner", byStatus: "owner_status", org: org})
	})
}

func (r room) list(ctx context.Context, f Filter, s shelves) (*listOutput, error) {
	today := calendar.DateIn(r.Clock.Now())
	rows, next, err := chain(ctx, r.Dossiers, s.queries(f, today), f.Cursor, f.Limit)
	if err != nil {
		return nil, badCursor(err)
	}
	out := &listOutput{}
	out.Body.Cursor, out.Body.Certificates = next, make([]card, len(rows))
	for i, row := range rows {
		var e Entry
		if err := row.Decode(&e); err != nil {
			return nil, err
		}
		out.Body.Certificates[i] = cardOf(ctx, e, today)
	}
	return out, nil
}

func cardOf(ctx context.Context, e Entry, today calendar.Date) card {
	request := step.RequestOf(ctx)
	status, label := standing(e, today)
	return card{
		Number: e.Number.String(), Kind: string(e.Kind()), Status: status, StatusLabel: i18n.Text(request.Lang, label, nil),
		Former: e.Former, HolderName: e.HolderName, Dossier: e.Dossier, Bureau: e.BureauName, Lines: e.Lines,
		Issued: e.Issued, Expires: e.Expires.String(), DaysLeft: daysLeft(e, today), ReplacedBy: e.ReplacedBy.String(),
		Allowed: allowed(request.Caller, e, false, today),
	}
}
