package conformity

import (
	"context"
	"errors"
	"fmt"

	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/statistics"
	"portal/shared/step"
)

// recordStatistics counts what an event changes in the figures of its bureau
// and of its agent: once, because the counters and how far the dossier was
// counted are one Write. It counts every event up to the one in hand that was
// not counted yet, so that one that was missed is made up for by the next.
func recordStatistics(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/record_statistics",
		Summary: "Counts events for the dashboards of bureaux and agents",
		Grants: step.Grants{Dossiers: step.TableGrants{
			Read: []string{"dossier#"}, Write: []string{"dossier#", "statistics#"},
		}},
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		var d conformity.Dossier
		if err := r.decode(ctx, in.Dossier, dossier.SKHead, &d); err != nil {
			return struct{}{}, err
		}
		if d.DepositN == 0 {
			return struct{}{}, fmt.Errorf("dossier of event %d was never deposited", in.N)
		}
		for range rereads {
			more, err := r.countSome(ctx, &d, in.N)
			if errors.Is(err, infra.ErrConditionFailed) {
				continue // a rival counted some of them
			}
			if err != nil || !more {
				return struct{}{}, err
			}
		}
		return struct{}{}, fmt.Errorf("event %d: still not counted", in.N)
	})
}

const (
	// rereads bounds how often rivals are met, and how long a dossier that was
	// never counted may be: 50 times 12 events.
	rereads = 50
	// countedAtOnce bounds the rows of one Write: an event changes seven at most.
	countedAtOnce = 12
)

// countSome counts a few events up to n and tells whether there may be more.
func (r room) countSome(ctx context.Context, d *conformity.Dossier, n int64) (more bool, err error) {
	var was statistics.Standing
	if err := r.decode(ctx, d.ID, skCounted, &was); err != nil || was.N >= n {
		return false, err
	}
	page, err := r.Dossiers.Query(ctx, infra.Query{
		PK: dossier.PK(d.ID), From: dossier.SKEvent(max(was.N+1, d.DepositN)), To: dossier.SKEvent(n), Limit: countedAtOnce,
	})
	if err != nil {
		return false, err
	}
	sums, standing := statistics.Counters{}, was
	for _, row := range page.Rows {
		var e dossier.Event
		if err := row.Decode(&e); err != nil {
			return false, err
		}
		standing = sums.Count(standing, statisticsEvent(e, standing.Agent), statisticsCase(d))
	}
	if standing.N == was.N {
		return false, fmt.Errorf("no event between %d and %d", was.N+1, n)
	}
	ops := append([]infra.Op{countedPut(d.ID, standing, was.N)}, countersAdd(d.Body, sums)...)
	return standing.N < n, r.Dossiers.Write(ctx, ops...)
}

// statisticsEvent is an event as the counters see it; agent had the dossier
// before it.
func statisticsEvent(e dossier.Event, agent string) statistics.Event {
	counted := statistics.Event{N: e.N, At: e.At, To: e.To, Agent: agent}
	switch e.Action {
	case conformity.Assign, conformity.Reassign, conformity.Unassign:
		counted.Agent = ""
		if e.Content != nil {
			counted.Agent, _ = e.Content.Details["agent"].(string)
		}
	case conformity.Close:
		counted.End = statistics.Answered
	case conformity.Cancel:
		counted.End = statistics.Cancelled
	}
	return counted
}

// statisticsCase is what a dossier is to the counters: what is asked for does
// not change after the deposit, nor the answer and the day it was due after the
// closing.
func statisticsCase(d *conformity.Dossier) statistics.Case {
	due, err := calendar.ParseDate(d.Due)
	if err != nil {
		due = calendar.Date{} // never due
	}
	return statistics.Case{Kind: caseKind(d.Object, d.Route), Response: string(d.Response), Due: due}
}

// caseKind is what is asked for, with its route where there are several.
func caseKind(object, route string) string {
	if route == "" {
		return object
	}
	return object + "_" + route
}
