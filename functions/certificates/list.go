package certificates

import (
	"context"
	"errors"
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
	Cursor       string `query:"cursor" maxLength:"2000"`
	Limit        int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
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
	Dossier     string    `json:"dossier"`
	Bureau      string    `json:"bureau"`
	Issued      time.Time `json:"issued"`
	Expires     string    `json:"expires,omitempty"`
	DaysLeft    *int      `json:"days_left,omitempty" doc:"Until the last day of validity, while valid"`
}

// list answers an organisation's certificates, newest first.
func list(p infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:     "certificates/list",
		Summary:  "List one's own certificates",
		Who:      step.Roles(people.Declarant),
		Grants:   step.Grants{Dossiers: step.TableGrants{Index: map[string][]string{"owner": {"certificates#"}}}},
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
		rows, err := p.Dossiers.Query(ctx, infra.Query{Index: "owner", PK: listPK(org), Descending: true, Limit: in.Limit, Cursor: in.Cursor})
		if errors.Is(err, infra.ErrBadCursor) {
			return nil, problem.Field("cursor", "format")
		}
		if err != nil {
			return nil, err
		}
		out := &listOutput{}
		out.Body.Cursor = rows.Cursor
		out.Body.Certificates = []card{}
		for _, row := range rows.Rows {
			var e Entry
			if err := row.Decode(&e); err != nil {
				return nil, err
			}
			out.Body.Certificates = append(out.Body.Certificates, cardOf(e, calendar.DateIn(p.Clock.Now()), step.RequestOf(ctx).Lang))
		}
		return out, nil
	})
}

func cardOf(e Entry, today calendar.Date, lang string) card {
	status, label := standing(e, today)
	c := card{
		Number: e.Number.String(), Kind: string(e.Kind()), Status: status, StatusLabel: i18n.Text(lang, label, nil),
		Dossier: e.Dossier, Bureau: e.BureauName, Issued: e.Issued,
	}
	if !e.Expires.IsZero() {
		c.Expires = e.Expires.String()
		if left := today.DaysUntil(e.Expires); status == "valid" {
			c.DaysLeft = &left
		}
	}
	return c
}
