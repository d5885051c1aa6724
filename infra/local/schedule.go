package local

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/shared/calendar"
	"portal/shared/step"
)

// Run rings bells, runs state machines and schedules until the context ends.
// Every schedule runs once at the start: what a stopped machine missed is
// caught up, since each is safe to run late. The bell rings at the start too,
// for what it was rung for in vain.
func (p *Portal) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := p.ringAgain(); err != nil {
		return err
	}
	failed := make(chan error, 3)
	start := func(f func(context.Context) error) { go func() { failed <- f(ctx) }() }
	start(p.Runner.Run)
	start(p.runBell)
	start(p.runSchedules)
	err := <-failed
	stop()
	<-failed
	<-failed
	return err
}

func (p *Portal) runBell(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.bell:
		}
		if _, err := p.answerBell(ctx); err != nil && ctx.Err() == nil {
			p.Log.Warn("bell", "error", err.Error())
		}
	}
}

func (p *Portal) runSchedules(ctx context.Context) error {
	p.runAll(ctx, p.scheduled())
	last := p.clock.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	swept := last
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := p.clock.Now()
		for _, due := range p.occurrences(last, now) {
			p.runAll(ctx, []step.Step{due.step})
		}
		last = now
		if now.Sub(swept) > time.Hour {
			if _, err := p.Sweep(ctx); err != nil {
				p.Log.Warn("sweep of the store", "error", err.Error())
			}
			swept = now
		}
	}
}

// scheduled lists the scheduled steps, by name.
func (p *Portal) scheduled() []step.Step {
	var list []step.Step
	for _, s := range p.steps {
		if s.Kind == step.KindSchedule {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b step.Step) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (p *Portal) runAll(ctx context.Context, steps []step.Step) {
	for _, s := range steps {
		out, err := s.Run(ctx, nil)
		if err != nil && ctx.Err() == nil {
			p.Log.Warn("schedule failed", "step", s.Name, "error", err.Error())
			continue
		}
		p.Log.Debug("schedule", "step", s.Name, "did", string(out))
	}
}

type occurrence struct {
	at   time.Time
	step step.Step
}

// occurrences lists when schedules fall in (after, until], in order of time. Of
// those that run every few minutes only the last one counts.
func (p *Portal) occurrences(after, until time.Time) []occurrence {
	var list []occurrence
	for _, s := range p.scheduled() {
		if every := s.Schedule.Every; every > 0 {
			if at := until.Truncate(every); at.After(after) {
				list = append(list, occurrence{at: at, step: s})
			}
			continue
		}
		for day := calendar.DateIn(after); !day.After(calendar.DateIn(until)); day = day.AddDays(1) {
			at, err := timeOn(day, s.Schedule.Daily)
			if err == nil && at.After(after) && !at.After(until) {
				list = append(list, occurrence{at: at, step: s})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b occurrence) int { return a.at.Compare(b.at) })
	return list
}

// timeOn is a time of day in Casablanca.
func timeOn(day calendar.Date, clock string) (time.Time, error) {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("schedule: %w", err)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, calendar.Casablanca()), nil
}

// Travel puts the clock forward, stopping at every schedule on the way as if
// the time had passed.
func (p *Portal) Travel(ctx context.Context, to time.Time) error {
	for _, due := range p.occurrences(p.clock.Now(), to) {
		if due.at.After(p.clock.Now()) {
			if err := p.clock.Travel(ctx, due.at); err != nil {
				return err
			}
		}
		p.runAll(ctx, []step.Step{due.step})
		p.Runner.Kick()
	}
	if to.After(p.clock.Now()) {
		if err := p.clock.Travel(ctx, to); err != nil {
			return err
		}
	}
	p.Runner.Kick()
	return nil
}
