package conformity

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/step"
)

type eventsInput struct {
	Shown
	Cursor string `query:"cursor" maxLength:"2000"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"100"`
}

type eventsOutput struct {
	Body struct {
		Events []eventView `json:"events"`
		Cursor string      `json:"cursor,omitempty" doc:"For the next page"`
	}
}

type eventView struct {
	N           int64            `json:"n"`
	At          time.Time        `json:"at"`
	Action      string           `json:"action"`
	ActionLabel string           `json:"action_label"`
	From        string           `json:"from,omitempty"`
	To          string           `json:"to"`
	ToLabel     string           `json:"to_label"`
	By          string           `json:"by,omitempty" doc:"Who did it"`
	Relation    string           `json:"relation,omitempty"`
	Reason      string           `json:"reason,omitempty"`
	Changes     []dossier.Change `json:"changes,omitempty" doc:"Field by field, where data changed"`
	Details     map[string]any   `json:"details,omitempty"`
	Hash        string           `json:"hash" doc:"Over this event and the one before"`
}

// showEvents answers the timeline of a dossier, oldest first. Findings stay
// between the bureau's people until the answer is given.
func showEvents(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/show_events",
		Summary:  "Read a dossier's timeline",
		Who:      readers,
		Grants:   step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}},
		Problems: []string{"not_found", "invalid"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}/events", func(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
		caller := step.CallerOf(ctx)
		f, err := open(ctx, r.Dossiers, caller, in.ID, light)
		if err != nil {
			return nil, err
		}
		page, err := r.Dossiers.Query(ctx, infra.Query{PK: dossier.PK(in.ID), Prefix: "event#", Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, badCursor(err)
		}
		rel := relations(caller, &f.Dossier)
		reader := eyes{hideFindings: findingsHidden(caller, &f.Dossier), outside: len(rel) == 1 && rel[0] == dossier.Declarant}
		out := &eventsOutput{}
		out.Body.Cursor = page.Cursor
		out.Body.Events = []eventView{}
		for _, row := range page.Rows {
			var e dossier.Event
			if err := row.Decode(&e); err != nil {
				return nil, err
			}
			out.Body.Events = append(out.Body.Events, viewEvent(e, step.RequestOf(ctx).Lang, reader))
		}
		return out, nil
	})
}

// eyes is what a reader of the timeline may not see: findings before the
// answer; from outside the bureau, what it says of its own people.
type eyes struct{ hideFindings, outside bool }

// internal are the actions whose reasons are the bureau's own business.
var internal = []dossier.Action{conformity.Assign, conformity.Reassign, conformity.Unassign, conformity.AcceptReview}

func viewEvent(e dossier.Event, lang string, reader eyes) eventView {
	v := eventView{
		N: e.N, At: e.At, Action: string(e.Action), ActionLabel: i18n.Text(lang, "action."+string(e.Action), nil),
		From: string(e.From), To: string(e.To), ToLabel: i18n.Text(lang, "status."+string(e.To), nil), Hash: e.Hash,
	}
	if e.Content == nil {
		return v
	}
	v.By, v.Relation, v.Reason = e.Content.Name, string(e.Content.Relation), e.Content.Reason
	v.Changes, v.Details = e.Content.Changes, e.Content.Details
	if reader.hideFindings && e.Action == conformity.GiveVerdicts {
		v.Changes, v.Details = nil, nil
	}
	if reader.outside && slices.Contains(internal, e.Action) {
		v.Reason, v.Details = "", nil
	}
	return v
}

// decode reads one row of a dossier into v; an absent row leaves v alone.
func (r room) decode(ctx context.Context, id, sk string, v any) error {
	row, err := r.Dossiers.Get(ctx, infra.Key{PK: dossier.PK(id), SK: sk})
	if errors.Is(err, infra.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return row.Decode(v)
}
