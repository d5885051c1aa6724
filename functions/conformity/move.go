package conformity

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// Target is the input that every step on a dossier shares.
type Target struct {
	ID      string `path:"id" maxLength:"40" doc:"The dossier"`
	IfMatch string `header:"If-Match" doc:"The version acted on, as its ETag"`
}

// change is one step in the making: the dossier as loaded, edited by the
// step's decision, and what will be written beside its head and its event.
type change struct {
	*conformity.File
	Caller  people.Caller
	Now     time.Time
	N       int64 // number of the event in the making
	Content dossier.Content
	Ops     []infra.Op
	// After runs once the change is written; it may be lost in a crash.
	After func(context.Context)
}

// room is what the steps of this room share.
type room struct{ infra.Ports }

// stepGrants is what every step that moves a dossier touches.
var stepGrants = step.Grants{Dossiers: step.TableGrants{
	Read: []string{"dossier#", "idem#"}, Write: []string{"dossier#", "idem#"},
}}.And(almanac.Grants)

// stepProblems are the problems of every step that moves a dossier.
var stepProblems = []string{"not_found", "forbidden", "stale", "precondition_required", "not_allowed_in_status", "idempotency_key_reused", "invalid"}

// move does one action on a dossier: checks that the caller may, now, on this
// version; lets decide edit it; writes head, event, doorbell and memory of the
// request in one Write. Two at once: one wins, the other gets 412.
func (r room) move(ctx context.Context, in Target, need depth, action func(dossier.Status) dossier.Action, decide func(*change) error) (*answer, error) {
	caller := step.CallerOf(ctx)
	f, err := open(ctx, r.Dossiers, caller, in.ID, need)
	if err != nil {
		return nil, err
	}
	out, err := r.attempt(ctx, f, in, action(f.Status), decide)
	if err == nil {
		return out, nil
	}
	return r.orRepeated(ctx, caller, in.ID, need, err)
}

// always is the action of steps that have only one.
func always(a dossier.Action) func(dossier.Status) dossier.Action {
	return func(dossier.Status) dossier.Action { return a }
}

func (r room) attempt(ctx context.Context, f *conformity.File, in Target, action dossier.Action, decide func(*change) error) (*answer, error) {
	caller := step.CallerOf(ctx)
	by, transition, err := r.permit(ctx, f, in, action)
	if err != nil {
		return nil, err
	}
	c := &change{File: f, Caller: caller, Now: r.Clock.Now(), N: f.Version + 1, Content: dossier.Content{
		Person: caller.Person, Name: caller.Name, Relation: by, Organisation: organisationOf(&f.Dossier, by),
	}}
	if err := decide(c); err != nil {
		return nil, err
	}
	var told advice
	if transition.To == conformity.Draft {
		if told, err = r.advise(ctx, c.File); err != nil {
			return nil, err
		}
	}
	if err := r.commit(ctx, c, transition); err != nil {
		return nil, err
	}
	if c.After != nil {
		c.After(ctx)
	}
	return r.answerOf(ctx, c.File, told, http.StatusOK), nil
}

// permit answers 403, 428, 412 or 409, in this order: a role is known before a
// version, a version before a status. To be the agent goes with the version:
// whoever lost a dossier to a colleague meanwhile is told what changed.
func (r room) permit(ctx context.Context, f *conformity.File, in Target, action dossier.Action) (dossier.Relation, dossier.Transition, error) {
	caller := step.CallerOf(ctx)
	rel := relations(caller, &f.Dossier)
	none := dossier.Transition{}
	mine := mayEver(rel, action)
	if !mine && !(slices.Contains(rel, dossier.Colleague) && mayEver([]dossier.Relation{dossier.Agent}, action)) {
		return "", none, problem.New("forbidden")
	}
	if in.IfMatch == "" {
		return "", none, problem.New("precondition_required")
	}
	if in.IfMatch != "*" && in.IfMatch != etag(f.Version) {
		return "", none, r.stale(ctx, f)
	}
	if !mine {
		return "", none, problem.New("not_the_agent")
	}
	transition, ok := conformity.Procedure.Next(action, f.Status, f.Lane)
	if !ok {
		return "", none, &problem.Problem{Code: "not_allowed_in_status", Status: string(f.Status), Allowed: allowed(caller, &f.Dossier, calendar.DateIn(r.Clock.Now()))}
	}
	return transition.By, transition, nil
}

func (r room) stale(ctx context.Context, f *conformity.File) *problem.Problem {
	return &problem.Problem{Code: "stale", State: r.view(ctx, f)}
}

// commit writes the change. The head comes first, so that its refusal is told
// from that of the remembered request.
func (r room) commit(ctx context.Context, c *change, t dossier.Transition) error {
	was := c.Version
	if err := r.keepTime(ctx, c, t.To); err != nil {
		return err
	}
	c.Content.Fit()
	event := dossier.Event{N: c.N, At: c.Now, Action: t.Action, From: c.Status, To: t.To, Content: &c.Content}
	if err := r.seal(&event, c.Chain); err != nil {
		return err
	}
	c.Version, c.Chain, c.Status, c.Changed = event.N, event.Hash, t.To, c.Now
	ops := []infra.Op{headPut(&c.Dossier, was), eventPut(c.ID, event)}
	if c.DepositN != 0 {
		ops = append(ops, pendingPut(&c.Dossier, c.Now))
	}
	ops = append(ops, c.Ops...)
	ops = append(ops, httpapi.Remember(ctx, c.Now, httpapi.Remembered{Status: http.StatusOK, ETag: etag(c.Version), Subject: c.ID})...)
	return r.Dossiers.Write(ctx, ops...)
}

func (r room) seal(e *dossier.Event, prev string) error {
	secret := r.IDs.Secret()
	return e.Seal(prev, hex.EncodeToString(secret[:16]))
}

// orRepeated answers a failed step: as the first time, if this request was
// done before; else with what stands in its way now.
func (r room) orRepeated(ctx context.Context, caller people.Caller, id string, need depth, failure error) (*answer, error) {
	first, err := httpapi.Recall(ctx, r.Dossiers)
	if err != nil {
		return nil, err
	}
	if first == nil && !errors.Is(failure, infra.ErrConditionFailed) {
		return nil, failure
	}
	now, err := open(ctx, r.Dossiers, caller, id, need)
	if err != nil {
		return nil, err
	}
	if first == nil {
		return nil, r.stale(ctx, now)
	}
	out, err := r.answer(ctx, now, first.Status)
	if err != nil {
		return nil, err
	}
	out.ETag, out.Location = first.ETag, first.Location
	return out, nil
}

// organisationOf is the organisation on whose behalf somebody acts.
func organisationOf(d *conformity.Dossier, by dossier.Relation) string {
	if by == dossier.Declarant {
		return d.Owner
	}
	return d.Body
}

// etag is a version as a strong entity tag (RFC 9110, section 8.8.3).
func etag(version int64) string { return fmt.Sprintf("%q", fmt.Sprint(version)) }

// clean trims what a person typed around a text.
func clean(s string) string { return strings.TrimSpace(s) }
