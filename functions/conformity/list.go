package conformity

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// Filter is what every list of dossiers can be narrowed by.
type Filter struct {
	Status    string `query:"status" maxLength:"30" doc:"Only this status"`
	Reference string `query:"reference" maxLength:"30" doc:"Only the dossier of this number"`
	From      string `query:"from" maxLength:"10" doc:"Deposited (drafts: created) on this day or later"`
	To        string `query:"to" maxLength:"10" doc:"Deposited (drafts: created) on this day or earlier"`
	Cursor    string `query:"cursor" maxLength:"2000"`
	Limit     int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type listInput struct {
	Organisation string `query:"organisation" maxLength:"40" doc:"Whose dossiers, when the caller files for several"`
	Filter
}

type listOutput struct {
	Body struct {
		Dossiers []card `json:"dossiers"`
		Cursor   string `json:"cursor,omitempty" doc:"For the next page"`
	}
}

// card is one row of « Gestion des demandes ».
type card struct {
	ID            string     `json:"id"`
	Number        string     `json:"number,omitempty"`
	Deposited     *time.Time `json:"deposited,omitempty"`
	Created       time.Time  `json:"created"`
	Object        string     `json:"object,omitempty"`
	Type          string     `json:"type,omitempty"`
	Route         string     `json:"route,omitempty"`
	Exporter      string     `json:"exporter,omitempty"`
	Bureau        string     `json:"bureau,omitempty"`
	Status        string     `json:"status"`
	StatusLabel   string     `json:"status_label"`
	Response      string     `json:"response,omitempty"`
	ResponseLabel string     `json:"response_label,omitempty"`
	AgentName     string     `json:"agent_name,omitempty"`
	Lines         int        `json:"lines"`
	Allowed       []string   `json:"allowed_actions"`
	Timing
}

// list answers a declarant's requests, newest first.
func list(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/list",
		Summary: "List one's own requests",
		Who:     step.Roles(people.Declarant),
		Grants: step.Grants{Dossiers: step.TableGrants{
			Read:  []string{"dossier#", "number#"},
			Index: map[string][]string{"owner": {"owner#"}, "owner_status": {"owner#"}},
		}},
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/conformity/dossiers", func(ctx context.Context, in *listInput) (*listOutput, error) {
		caller := step.CallerOf(ctx)
		org := in.Organisation
		if org == "" {
			org = caller.With(people.Declarant)[0]
		}
		if !caller.HasIn(org, people.Declarant) {
			return nil, problem.Field("organisation", "choice")
		}
		return r.list(ctx, in.Filter, ownQuery(org, dossier.Status(in.Status)), nil, func(d *conformity.Dossier) bool { return d.Owner == org })
	})
}

// ownQuery is the dossiers of an organisation, or those in one status.
func ownQuery(org string, status dossier.Status) infra.Query {
	if status == "" {
		return infra.Query{Index: "owner", PK: ownerPK(org)}
	}
	return infra.Query{Index: "owner_status", PK: ownerStatusPK(org, status)}
}

// list runs a filtered query of heads; mine keeps a reference from finding
// another's dossier. faults are what is wrong with the filter already.
func (r room) list(ctx context.Context, f Filter, q infra.Query, faults []problem.Fault, mine func(*conformity.Dossier) bool) (*listOutput, error) {
	out := &listOutput{}
	out.Body.Dossiers = []card{}
	if err := problem.Invalid(slices.Concat(faults, f.faults(), f.bounds(&q))); err != nil {
		return nil, err
	}
	today := calendar.DateIn(r.Clock.Now())
	if f.Reference != "" {
		d, err := r.byNumber(ctx, f.Reference)
		if err != nil {
			return nil, err
		}
		if d != nil && mine(d) && (f.Status == "" || f.Status == string(d.Status)) {
			out.Body.Dossiers = append(out.Body.Dossiers, cardOf(ctx, d, today))
		}
		return out, nil
	}
	q.Descending, q.Limit, q.Cursor = q.Index != "due", f.Limit, f.Cursor // newest first, or most urgent
	page, err := r.Dossiers.Query(ctx, q)
	if err != nil {
		return nil, badCursor(err)
	}
	for _, row := range page.Rows {
		var d conformity.Dossier
		if err := row.Decode(&d); err != nil {
			return nil, err
		}
		out.Body.Dossiers = append(out.Body.Dossiers, cardOf(ctx, &d, today))
	}
	out.Body.Cursor = page.Cursor
	return out, nil
}

// named is a filter by its name.
func (f Filter) named(name string) string {
	return map[string]string{"status": f.Status, "from": f.From, "to": f.To}[name]
}

// faults names a status that there is not: an empty list would say that no
// dossier is in it.
func (f Filter) faults() []problem.Fault {
	if f.Status != "" && !slices.Contains(conformity.Procedure.Statuses, dossier.Status(f.Status)) {
		return []problem.Fault{{Pointer: "status", Code: "choice"}}
	}
	return nil
}

// bounds turns days in Casablanca into bounds of the sort key.
func (f Filter) bounds(q *infra.Query) []problem.Fault {
	var faults []problem.Fault
	if f.From != "" {
		day, err := calendar.ParseDate(f.From)
		if err != nil {
			faults = append(faults, problem.Fault{Pointer: "from", Code: "date"})
		} else {
			q.From = dossier.SortKey(day.StartOfDay())
		}
	}
	if f.To != "" {
		day, err := calendar.ParseDate(f.To)
		if err != nil {
			faults = append(faults, problem.Fault{Pointer: "to", Code: "date"})
		} else {
			q.To = dossier.SortKey(day.EndOfDay()) // sort keys of that instant go on with #id, so sort after
		}
	}
	return faults
}

func (r room) byNumber(ctx context.Context, number string) (*conformity.Dossier, error) {
	row, err := r.Dossiers.Get(ctx, infra.Key{PK: dossier.NumberPK(number), SK: "number"})
	if errors.Is(err, infra.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var n numbered
	if err := row.Decode(&n); err != nil {
		return nil, err
	}
	var d conformity.Dossier
	return &d, r.decode(ctx, n.Dossier, dossier.SKHead, &d)
}

func cardOf(ctx context.Context, d *conformity.Dossier, today calendar.Date) card {
	request := step.RequestOf(ctx)
	c := card{
		ID: d.ID, Number: d.Number, Deposited: whenSet(d.Deposited), Created: d.Created, Object: d.Object, Type: d.Type, Route: d.Route,
		Exporter: d.Exporter, Bureau: d.Bureau, Status: string(d.Status), StatusLabel: i18n.Text(request.Lang, "status."+string(d.Status), nil),
		Response: string(d.Response), AgentName: d.AgentName, Timing: timingOf(d, today), Lines: d.Lines, Allowed: allowed(request.Caller, d, today),
	}
	if d.Response != "" {
		c.ResponseLabel = i18n.Text(request.Lang, "response."+string(d.Response), nil)
	}
	return c
}

// badCursor makes a cursor that is not ours the caller's fault.
func badCursor(err error) error {
	if errors.Is(err, infra.ErrBadCursor) {
		return problem.Field("cursor", "format")
	}
	return err
}
