// Package accounttest runs steps over HTTP on a store of one machine, for the
// tests of the rooms that deal with accounts: real tables and keys, narrowed
// grants, a mail service that only remembers, and a clock that jumps.
package accounttest

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/infra/local"
	"portal/shared/step"
)

// Noon is when every test begins.
var Noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Portal is some rooms on a store.
type Portal struct {
	*testing.T
	Ports infra.Ports // unnarrowed, not traced
	API   *httpapi.API
	Post  *PostOffice
	Trace *Trace

	store *local.Store
	steps map[string]step.Step
	mu    sync.Mutex
	rung  []string
	next  int // last byte of the next client's address
}

// Open puts the steps of these lists on a new store.
func Open(t *testing.T, rooms ...[]infra.Maker) *Portal {
	t.Helper()
	return OpenWith(t, infra.Settings{
		BaseURL: "https://portal.example", Sender: "ne-pas-repondre@portal.example", Environment: "test",
		Assistance: infra.Assistance{Phone: "05 20 47 31 00", Address: "http://reclamation.portnet.ma/"},
	}, rooms...)
}

// OpenWith is Open with settings of one's own.
func OpenWith(t *testing.T, settings infra.Settings, rooms ...[]infra.Maker) *Portal {
	t.Helper()
	store, err := local.Open(t.TempDir(), local.Options{BaseURL: settings.BaseURL, Now: func() time.Time { return Noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &Portal{T: t, store: store, Post: &PostOffice{}, Trace: &Trace{}, steps: map[string]step.Step{}}
	p.Ports = store.Ports(nil, settings)
	p.Ports.Mail = p.Post
	traced := p.Ports
	traced.People = tracedTable{p.Ports.People, p.Trace}
	traced.MAC = tracedMAC{p.Ports.MAC, p.Trace}
	built := httpapi.Build(slices.Concat(rooms...), traced)
	for _, s := range built {
		p.steps[s.Name] = s
	}
	p.API = httpapi.New(built, p.Ports, slog.New(slog.DiscardHandler))
	store.AfterCommit(p.ring)
	return p
}

func (p *Portal) ring(_ string, keys []infra.Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, key := range keys {
		p.rung = append(p.rung, key.PK)
	}
}

// Settle lets the mail room hear every ring since, until none comes.
func (p *Portal) Settle() {
	p.Helper()
	for {
		p.mu.Lock()
		keys := p.rung
		p.rung = nil
		p.mu.Unlock()
		if len(keys) == 0 {
			return
		}
		if _, err := p.Run("mail/deliver", step.Ring{Keys: keys}); err != nil {
			p.Fatal(err)
		}
	}
}

// Deafen loses the rings so far.
func (p *Portal) Deafen() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rung = nil
}

// Run runs a step that is no HTTP step and gives its output.
func (p *Portal) Run(name string, input any) (json.RawMessage, error) {
	p.Helper()
	raw, err := json.Marshal(input)
	if err != nil {
		p.Fatal(err)
	}
	s, ok := p.steps[name]
	if !ok {
		p.Fatalf("no step %s", name)
	}
	return s.Run(context.Background(), raw)
}

// Wait puts the clock forward.
func (p *Portal) Wait(d time.Duration) {
	p.Helper()
	if err := p.store.Clock().Travel(context.Background(), p.store.Clock().Now().Add(d)); err != nil {
		p.Fatal(err)
	}
}

// Rows lists the rows of a partition whose sort keys begin so, without values.
func (p *Portal) Rows(partition, prefix string) []infra.Row {
	p.Helper()
	page, err := p.Ports.People.Query(context.Background(), infra.Query{PK: partition, Prefix: prefix, Limit: infra.MaxPage})
	if err != nil {
		p.Fatal(err)
	}
	return page.Rows
}

// PostOffice is a mail service that only remembers.
type PostOffice struct {
	mu      sync.Mutex
	letters []infra.Letter
	broken  error
}

// Send remembers the letter, or fails while Break is on.
func (o *PostOffice) Send(_ context.Context, l infra.Letter) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken != nil {
		return o.broken
	}
	if _, err := infra.MIME(l, Noon); err != nil {
		return err
	}
	o.letters = append(o.letters, l)
	return nil
}

// Break makes every sending fail with this error; nil mends it.
func (o *PostOffice) Break(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = err
}

// Take gives the letters sent since, and forgets them.
func (o *PostOffice) Take() []infra.Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := o.letters
	o.letters = nil
	return taken
}

// Kinds are the kinds of letters, in the order of their sending.
func Kinds(letters []infra.Letter) []string {
	kinds := []string{}
	for _, l := range letters {
		kinds = append(kinds, l.Kind)
	}
	return kinds
}

// Token is the token of the link in a letter.
func (p *Portal) Token(l infra.Letter) string {
	p.Helper()
	_, rest, found := strings.Cut(l.Text, "/mot-de-passe#token=")
	token, _, closed := strings.Cut(rest, "&kind=")
	if !found || !closed {
		p.Fatalf("no link in %s", l.Kind)
	}
	return token
}
