package certificates

import (
	"context"
	"net/http"
	"time"

	"portal/infra"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/step"
)

type historyInput struct {
	Checked
	Cursor string `query:"cursor" maxLength:"2000"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"100"`
}

type historyOutput struct {
	Body struct {
		Events []eventView `json:"events"`
		Cursor string      `json:"cursor,omitempty" doc:"For the next page"`
	}
}

type eventView struct {
	At           time.Time         `json:"at"`
	Action       string            `json:"action"`
	ActionLabel  string            `json:"action_label"`
	From         string            `json:"from,omitempty"`
	To           string            `json:"to"`
	ToLabel      string            `json:"to_label"`
	By           string            `json:"by,omitempty" doc:"Who did it; nobody when a day was over"`
	Organisation string            `json:"organisation,omitempty" doc:"For which organisation"`
	Dossier      string            `json:"dossier,omitempty" doc:"Under which request"`
	Reason       string            `json:"reason,omitempty"`
	Details      map[string]string `json:"details,omitempty"`
}

// history answers what happened to a certificate, oldest first: who did it,
// when and why.
func history(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "certificates/history",
		Summary:  "Read what happened to a certificate",
		Who:      step.Roles(people.Declarant, people.Supervisor, people.Agent, people.Customs),
		Grants:   step.Grants{Dossiers: step.TableGrants{Read: []string{"certificate#"}}},
		Problems: []string{"not_found", "invalid"},
	}, http.MethodGet, "/api/certificates/{number}/history", func(ctx context.Context, in *historyInput) (*historyOutput, error) {
		e, err := r.open(ctx, in.Number, func(c people.Caller, e Entry) bool { return mayRead(c, e) || c.Has(people.Customs) })
		if err != nil {
			return nil, err
		}
		page, err := r.Dossiers.Query(ctx, infra.Query{PK: PK(e.Number.String()), Prefix: skEvents, Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, badCursor(err)
		}
		out := &historyOutput{}
		out.Body.Cursor, out.Body.Events = page.Cursor, []eventView{}
		for _, row := range page.Rows {
			var event Event
			if err := row.Decode(&event); err != nil {
				return nil, err
			}
			out.Body.Events = append(out.Body.Events, viewEvent(event, step.RequestOf(ctx).Lang))
		}
		return out, nil
	})
}

func viewEvent(e Event, lang string) eventView {
	return eventView{
		At: e.At, Action: string(e.Action), ActionLabel: i18n.Text(lang, "certificate.action."+string(e.Action), nil),
		From: string(e.From), To: string(e.To), ToLabel: i18n.Text(lang, e.To.LabelKey(), nil),
		By: e.Name, Organisation: e.Organisation, Dossier: e.Dossier, Reason: e.Reason, Details: e.Details,
	}
}
