package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/step"
)

// errCrashed is what every port answers from the crash on.
var errCrashed = errors.New("the process died")

// errBroken is what the ports answer to a step that is out of order.
var errBroken = errors.New("out of order")

// crashPoint is a moment at which the process dies: before or after its n-th
// call of a port has taken effect.
type crashPoint struct {
	n     int
	after bool
}

func (p crashPoint) String() string {
	if p.after {
		return fmt.Sprintf("after call %d", p.n)
	}
	return fmt.Sprintf("before call %d", p.n)
}

// crashCall is one call of a port by a step.
type crashCall struct{ step, verb string }

func (c crashCall) String() string { return c.step + " " + c.verb }

// changes tells whether the call leaves something behind.
func (c crashCall) changes() bool {
	_, verb, _ := strings.Cut(c.verb, ".")
	return slices.Contains([]string{"Write", "Draw", "Put", "Delete", "Send", "Start", "Wake"}, verb)
}

// crashGauge stands between all steps and the ports. It counts calls, and lets
// the process die at the points given: that call fails, and every later one,
// until the portal has been started again. Everything runs in one goroutine.
type crashGauge struct {
	ports  infra.Ports // of the process that lives
	points []crashPoint
	calls  []crashCall
	dead   bool
	die    context.CancelFunc // ends the process's context
	broken string             // a step that can do nothing, while the process lives
}

func (g *crashGauge) call(by crashCall, do func() error) error {
	if g.dead {
		return errCrashed
	}
	if by.step == g.broken {
		return errBroken
	}
	g.calls = append(g.calls, by)
	now, after := g.hits()
	if now {
		return g.crash()
	}
	err := do()
	if after {
		return g.crash()
	}
	return err
}

// hits tells whether the call just counted is one to die before, or after.
func (g *crashGauge) hits() (before, after bool) {
	for _, p := range g.points {
		if p.n == len(g.calls) {
			before, after = before || !p.after, after || p.after
		}
	}
	return before, after
}

func (g *crashGauge) crash() error {
	g.dead = true
	g.die()
	return errCrashed
}

// portsFor are the ports of one step.
func (g *crashGauge) portsFor(name string) infra.Ports {
	tap := crashTap{g, name}
	return infra.Ports{
		People:     crashTable{tap, "People", func() infra.Table { return g.ports.People }},
		Dossiers:   crashTable{tap, "Dossiers", func() infra.Table { return g.ports.Dossiers }},
		Files:      crashFiles{tap},
		Mail:       crashMail{tap},
		Executions: crashExecutions{tap},
		MAC:        crashMAC{tap},
		Clock:      crashClock{g},
		IDs:        infra.NewIDs(crashClock{g}),
		Settings:   localSettings(crashSite),
	}
}

// build makes every step on the gauge's ports, narrowed to its grants: the API
// of those that people do, and the others as makers that give them again.
func (g *crashGauge) build() (api []step.Step, others []infra.Maker) {
	for _, make := range makers() {
		name := make(infra.Ports{Settings: localSettings(crashSite)}).Name
		s := httpapi.Build([]infra.Maker{make}, g.portsFor(name))[0]
		if s.Kind == step.KindHTTP {
			api = append(api, s)
			continue
		}
		run := s.Run
		s.Run = func(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
			out, err := run(ctx, input)
			if g.dead { // whatever the step made of it, nobody hears of it
				return nil, errCrashed
			}
			return out, err
		}
		others = append(others, func(infra.Ports) step.Step { return s })
	}
	return api, others
}

// crashTap counts for one step.
type crashTap struct {
	*crashGauge
	step string
}

func (t crashTap) do(verb string, do func() error) error {
	return t.call(crashCall{t.step, verb}, do)
}

type crashTable struct {
	crashTap
	name  string
	inner func() infra.Table
}

func (t crashTable) Get(ctx context.Context, key infra.Key) (row infra.Row, err error) {
	err = t.do(t.name+".Get", func() error { row, err = t.inner().Get(ctx, key); return err })
	return row, err
}

func (t crashTable) Query(ctx context.Context, q infra.Query) (page infra.Page, err error) {
	err = t.do(t.name+".Query", func() error { page, err = t.inner().Query(ctx, q); return err })
	return page, err
}

func (t crashTable) Write(ctx context.Context, ops ...infra.Op) error {
	return t.do(t.name+".Write", func() error { return t.inner().Write(ctx, ops...) })
}

func (t crashTable) Draw(ctx context.Context, key infra.Key) (n int64, err error) {
	err = t.do(t.name+".Draw", func() error { n, err = t.inner().Draw(ctx, key); return err })
	return n, err
}

type crashFiles struct{ crashTap }

func (f crashFiles) UploadForm(ctx context.Context, u infra.Upload) (form infra.UploadForm, err error) {
	err = f.do("Files.UploadForm", func() error { form, err = f.ports.Files.UploadForm(ctx, u); return err })
	return form, err
}

func (f crashFiles) Read(ctx context.Context, key string, most int64) (data []byte, err error) {
	err = f.do("Files.Read", func() error { data, err = f.ports.Files.Read(ctx, key, most); return err })
	return data, err
}

func (f crashFiles) Put(ctx context.Context, key, contentType string, data []byte) error {
	return f.do("Files.Put", func() error { return f.ports.Files.Put(ctx, key, contentType, data) })
}

func (f crashFiles) Delete(ctx context.Context, key string) error {
	return f.do("Files.Delete", func() error { return f.ports.Files.Delete(ctx, key) })
}

func (f crashFiles) Link(ctx context.Context, key, filename string, valid time.Duration) (link string, err error) {
	err = f.do("Files.Link", func() error { link, err = f.ports.Files.Link(ctx, key, filename, valid); return err })
	return link, err
}

type crashMail struct{ crashTap }

func (m crashMail) Send(ctx context.Context, l infra.Letter) error {
	return m.do("Mail.Send", func() error { return m.ports.Mail.Send(ctx, l) })
}

type crashExecutions struct{ crashTap }

func (e crashExecutions) Start(ctx context.Context, machine, name string, input any) error {
	return e.do("Executions.Start", func() error { return e.ports.Executions.Start(ctx, machine, name, input) })
}

func (e crashExecutions) Wake(ctx context.Context, token string) error {
	return e.do("Executions.Wake", func() error { return e.ports.Executions.Wake(ctx, token) })
}

func (e crashExecutions) State(ctx context.Context, machine, name string) (state infra.ExecutionState, err error) {
	err = e.do("Executions.State", func() error { state, err = e.ports.Executions.State(ctx, machine, name); return err })
	return state, err
}

type crashMAC struct{ crashTap }

func (m crashMAC) Sum(ctx context.Context, purpose string, message []byte) (sum []byte, err error) {
	err = m.do("MAC.Sum", func() error { sum, err = m.ports.MAC.Sum(ctx, purpose, message); return err })
	return sum, err
}

type crashClock struct{ *crashGauge }

func (c crashClock) Now() time.Time { return c.ports.Clock.Now() }
