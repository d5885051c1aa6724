package conformity

import (
	"context"
	"errors"
	"slices"

	"portal/functions/mail"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
)

// What the sweeps ask of this room.

// Watched reads the head of a dossier that a duty is due of;
// ErrConditionFailed of infra when there is none any more.
func Watched(ctx context.Context, table infra.Table, id string) (conformity.Dossier, error) {
	var d conformity.Dossier
	row, err := table.Get(ctx, infra.Key{PK: dossier.PK(id), SK: dossier.SKHead})
	if errors.Is(err, infra.ErrNotFound) {
		return d, infra.ErrConditionFailed
	}
	if err != nil {
		return d, err
	}
	return d, row.Decode(&d)
}

// Filers are those who are told about a deposited dossier: its depositor, or
// whoever files for the organisation when the depositor has left it.
func Filers(ctx context.Context, p infra.Ports, d dossier.Head) ([]people.Person, error) {
	return room{p}.filers(ctx, d)
}

// Treating are those of the bureau who are told about a dossier: its
// supervisors, and its agent while they are one.
func Treating(ctx context.Context, p infra.Ports, d dossier.Head) ([]people.Person, error) {
	told, err := mail.Audience(ctx, p, d.Body, people.Supervisor, "")
	if err != nil || d.Agent == "" {
		return told, err
	}
	agent, err := room{p}.person(ctx, d.Agent)
	if errors.Is(err, infra.ErrNotFound) {
		return told, nil
	}
	if err != nil {
		return nil, err
	}
	known := slices.ContainsFunc(told, func(p people.Person) bool { return p.ID == agent.ID })
	works := people.Caller{Memberships: agent.Memberships}.HasIn(d.Body, people.Agent)
	if works && !known {
		told = append(told, agent)
	}
	return told, nil
}

// OpenRequest reads the request or visit of a dossier that is open; nil when
// none is.
func OpenRequest(ctx context.Context, table infra.Table, d conformity.Dossier) (*conformity.Asked, error) {
	if d.Open == 0 {
		return nil, nil
	}
	row, err := table.Get(ctx, infra.Key{PK: dossier.PK(d.ID), SK: dossier.SKAsked(d.Open)})
	if err != nil {
		return nil, err
	}
	var a conformity.Asked
	return &a, row.Decode(&a)
}

// QueuePK is the partition of the index queue that lists a bureau's dossiers in
// one status.
func QueuePK(body string, status dossier.Status) string { return queuePK(body, status) }

// Page is a dossier's page in the private space.
func Page(p infra.Ports, id string) string { return room{p}.dossierURL(id) }

// Redated works out the dates of a dossier anew and tells whether any moved:
// then the operation writes the head, at the version it was read at, with its
// clock due when it should be.
func Redated(d conformity.Dossier, h calendar.Holidays, p infra.Ports) ([]infra.Op, bool) {
	before, terms := d.Head, d.Terms()
	d.Redate(terms, h, p.Clock.Now())
	if d.Due == before.Due && d.StatusDue == before.StatusDue && d.HalfOn == before.HalfOn {
		return nil, false
	}
	return []infra.Op{headPut(&d, d.Version), armClock(d.Head, terms, h)}, true
}

// EraseDraft deletes a draft at a version with everything of it, as its owner's
// discarding does; what an interrupted deletion left of one, when there is no
// head any more.
func EraseDraft(ctx context.Context, p infra.Ports, id string, version int64) error {
	r := room{p}
	if version == 0 {
		return r.eraseRest(ctx, id)
	}
	f, err := load(ctx, r.Dossiers, id, light)
	if err != nil {
		return err
	}
	if f.Version != version || f.Status != conformity.Draft {
		return infra.ErrConditionFailed
	}
	return r.erase(ctx, f)
}
