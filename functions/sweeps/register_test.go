package sweeps_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"pgregory.net/rapid"

	"portal/functions/accounts/registry"
	"portal/functions/certificates"
	"portal/functions/mail"
	"portal/functions/sweeps"
	"portal/infra"
	"portal/infra/local"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
	"portal/shared/people"
)

// The sweeps over certificates, in the order of their day.
const (
	tellAgain = "sweeps/tell_notices"
	expire    = "sweeps/expire_certificates"
	lapse     = "sweeps/lapse_registrations"
	remind    = "sweeps/remind_renewals"
)

var everySweep = []string{tellAgain, expire, lapse, remind}

// judge is what a test and a property have in common.
type judge interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Holders, of whom one has an address that bounced, and the bureau.
const (
	listening, deaf = "org-listening", "org-deaf"
	bureau          = "bureau-BV"
)

// register is a register of certificates on a store, with a clock that jumps
// and ports that count and break.
type register struct {
	t     judge
	store *local.Store
	now   time.Time
	drawn uint64

	mu     sync.Mutex
	told   map[string]int // letters by id and reader
	issued []string
}

func open(t judge, dir string) *register {
	t.Helper()
	r := &register{t: t, now: time.Date(2026, 1, 5, 5, 0, 0, 0, time.UTC), told: map[string]int{}}
	store, err := local.Open(dir, local.Options{BaseURL: "https://portal.example", Now: func() time.Time { return r.now }, NoSync: true, IndexDelay: true})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	r.store = store
	for _, p := range []struct {
		id, organisation string
		role             people.Role
	}{{"listener", listening, people.Declarant}, {"deaf", deaf, people.Declarant}, {"supervisor", bureau, people.Supervisor}} {
		person := people.Person{ID: p.id, Status: people.Active, Name: p.id, Email: p.id + "@portal.example", Lang: "fr"}
		member := registry.Join(&person, p.organisation, []people.Role{p.role})
		r.writes(store.People(), append(registry.Open(person), member)...)
	}
	for _, make := range mail.Steps {
		if s := make(store.Ports(nil, infra.Settings{})); s.Name == "mail/feedback" {
			if _, err := s.Run(context.Background(), []byte(`{"kind":"complaint","addresses":["deaf@portal.example"]}`)); err != nil {
				t.Fatalf("feedback: %v", err)
			}
		}
	}
	return r
}

func (r *register) close() {
	if err := r.store.Close(); err != nil {
		r.t.Errorf("close: %v", err)
	}
}

func (r *register) today() calendar.Date { return calendar.DateIn(r.now) }

func (r *register) pass(days int) { r.now = r.now.AddDate(0, 0, days) }

func (r *register) settle() {
	if err := r.store.Settle(); err != nil {
		r.t.Fatalf("settle: %v", err)
	}
}

func (r *register) writes(table infra.Table, ops ...infra.Op) {
	r.t.Helper()
	if err := table.Write(context.Background(), ops...); err != nil {
		r.t.Fatalf("write: %v", err)
	}
}

// enter issues a certificate that expires in so many days.
func (r *register) enter(kind identifiers.CertificateKind, holder string, days int) certificates.Entry {
	r.t.Helper()
	r.drawn++
	number, err := identifiers.NewCertificateNumber(kind, r.now, r.drawn)
	if err != nil {
		r.t.Fatalf("number: %v", err)
	}
	e := certificates.Entry{Certificate: certificate.Certificate{
		Number: number, Dossier: "d" + fmt.Sprint(r.drawn), Holder: holder, Bureau: "BV", Issued: r.now, Expires: r.today().AddDays(days), Status: certificate.Valid,
	}, BureauName: "Bureau Veritas", Body: bureau}
	r.writes(r.store.Dossiers(), certificates.Issue(e, certificates.Act{At: r.now})...)
	r.issued = append(r.issued, number.String())
	return r.load(number.String())
}

func (r *register) load(number string) certificates.Entry {
	r.t.Helper()
	e, err := certificates.Load(context.Background(), r.store.Dossiers(), number)
	if err != nil {
		r.t.Fatalf("%s: %v", number, err)
	}
	return e
}

func (r *register) renew(e certificates.Entry) {
	r.t.Helper()
	ops, err := certificates.Renew(e, certificates.Renewal{
		Expires: certificate.DefaultPolicy().Renewed(e.Kind(), e.Expires, r.today()), Dossier: "again",
	}, certificates.Act{At: r.now})
	if err != nil {
		r.t.Fatalf("renew: %v", err)
	}
	r.writes(r.store.Dossiers(), ops...)
}

// sweep runs a sweep in a process that dies at the n-th call of a port (from 0,
// before it or after it), or lives (n < 0).
func (r *register) sweep(name string, n int, after bool) error {
	return r.start(name, &gauge{left: n, after: after})
}

func (r *register) start(name string, g *gauge) error {
	ports := r.store.Ports(nil, infra.Settings{BaseURL: "https://portal.example", Sender: "portal@portal.example", Assistance: infra.Assistance{Phone: "1", Address: "http://a"}})
	ports.People, ports.Dossiers, ports.Mail = gauged{ports.People, g, false}, gauged{ports.Dossiers, g, true}, post{r, g}
	for _, make := range sweeps.Steps {
		if s := make(ports); s.Name == name {
			_, err := s.Run(context.Background(), nil)
			return err
		}
	}
	r.t.Fatalf("no sweep %s", name)
	return nil
}

// post delivers letters, and holds every reminder against its certificate.
type post struct {
	*register
	gauge *gauge
}

func (p post) Send(_ context.Context, l infra.Letter) error {
	return p.gauge.call(func() error {
		if _, err := infra.MIME(l, p.now); err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.told[l.ID+" to "+l.To]++
		if strings.Contains(l.Kind, "reminder") {
			p.heedful(l)
		}
		return nil
	})
}

// heedful wants a reminder of what is valid, of its present last day.
func (p post) heedful(l infra.Letter) {
	for _, number := range p.issued {
		if !strings.HasPrefix(l.ID, number+"-") {
			continue
		}
		e := p.load(number)
		if e.StatusAt(p.today()) != certificate.Valid || !strings.Contains(l.Text, mail.Day(e.Expires)) {
			p.t.Errorf("on %v, %s is sent of a certificate that is %s until %v", p.today(), l.ID, e.Status, e.Expires)
		}
		return
	}
	p.t.Errorf("a reminder of no certificate: %s", l.ID)
}

// gauge counts calls of ports, and lets the process die at one: that call
// fails, before or after its effect, and every later one.
type gauge struct {
	mu    sync.Mutex
	left  int // calls until death; negative: it lives
	after bool
	dead  bool
	calls int
	rival func() // acts once, before the call of the register at which turns comes to 0
	turns int
}

// rivalled lets the rival act, if it is its turn.
func (g *gauge) rivalled() {
	if g.rival == nil {
		return
	}
	if g.turns--; g.turns < 0 {
		act := g.rival
		g.rival = nil
		act()
	}
}

var errDead = errors.New("the process died")

func (g *gauge) call(do func() error) error {
	g.mu.Lock()
	g.calls++
	dies := g.left == 0
	g.left--
	if g.dead || dies && !g.after {
		g.dead = true
		g.mu.Unlock()
		return errDead
	}
	g.dead = dies
	g.mu.Unlock()
	err := do()
	if dies {
		return errDead
	}
	return err
}

type gauged struct {
	infra.Table
	gauge    *gauge
	register bool // a rival may act between its calls
}

func (t gauged) call(do func() error) error {
	if t.register {
		t.gauge.rivalled()
	}
	return t.gauge.call(do)
}

func (t gauged) Get(ctx context.Context, key infra.Key) (row infra.Row, err error) {
	err = t.call(func() error { row, err = t.Table.Get(ctx, key); return err })
	return row, err
}

func (t gauged) Query(ctx context.Context, q infra.Query) (page infra.Page, err error) {
	err = t.call(func() error { page, err = t.Table.Query(ctx, q); return err })
	return page, err
}

func (t gauged) Write(ctx context.Context, ops ...infra.Op) error {
	return t.call(func() error { return t.Table.Write(ctx, ops...) })
}

// tempDir is a folder that goes with the draw.
func tempDir(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "register")
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
