package story

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// People are those of the portal's demonstration who treat the requests.
type People struct {
	Admin, Supervisor, Agent, Customs string // e-mail addresses
	Password                          string
}

// Story is one that Play tells, each of an importer of its own.
type Story string

// The stories, in the order in which they are told.
const (
	Shipment     Story = "shipment"     // a CoC of route A, from sign-up to expiry
	Registration Story = "registration" // a SoR over two years, and a CoC of route B that rests on it
	Licence      Story = "licence"      // a SoL and a CoC of route C
)

// Portal is the portal that stories are played on.
type Portal struct {
	Base string
	People
	// Stories are those to tell; none are all.
	Stories []Story
	// Away is how long it may not answer before that is a surprise.
	Away time.Duration
	// Killed tells that it may be killed at any moment. Then a reminder,
	// recorded before it is sent, may be lost, and a decision's letter, sent
	// before it is recorded, may come twice; nothing else may.
	Killed bool
	// Still tells that its clock cannot be put forward: stories then end where
	// time would have to pass.
	Still bool
	// Transport carries the requests; nil for the usual one.
	Transport http.RoundTripper
}

// Play plays stories on a portal and tells them to out.
func Play(ctx context.Context, portal Portal, out io.Writer) error {
	for _, s := range []struct {
		Story
		title    string
		importer importer
		chapters func(*play) []chapter
	}{
		{Shipment, "Un certificat de conformité, route A", comptoir, (*play).shipment},
		{Registration, "Un enregistrement (SoR) sur deux ans, et la route B", maison, (*play).registration},
		{Licence, "Une licence (SoL), et la route C", atelier, (*play).licence},
	} {
		if len(portal.Stories) > 0 && !slices.Contains(portal.Stories, s.Story) {
			continue
		}
		fmt.Fprintf(out, "\n%s\n%s\n", s.title, strings.Repeat("=", len([]rune(s.title))))
		p := &play{Portal: portal, importer: s.importer, out: out}
		if err := p.tell(ctx, s.chapters(p)); err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
	}
	return nil
}

// chapter is a part of a story; one that needs time to pass is left out where
// the clock stands still.
type chapter struct {
	title string
	play  func(context.Context) error
	later bool
}

func (p *play) tell(ctx context.Context, chapters []chapter) error {
	before := []chapter{{title: "Inscription", play: p.signUp}, {title: "Abonnement PORTNET constaté", play: p.subscribe}}
	after := chapter{title: "Chronologie", play: p.timelines}
	for _, c := range slices.Concat(before, chapters, []chapter{after}) {
		if c.later && p.Still {
			continue
		}
		fmt.Fprintf(p.out, "\n%s\n", c.title)
		if err := c.play(ctx); err != nil {
			return fmt.Errorf("%s: %w", c.title, err)
		}
	}
	return nil
}

// play is what the chapters of a story share.
type play struct {
	Portal
	importer importer
	out      io.Writer

	declarant, supervisor, agent *actor
	company                      string // id of the declarant's organisation
	dossier                      dossier
	filed                        []filed
	coc, ncr                     string // numbers
	board                        dashboard
	statement, before            string // number of the SoR or SoL, and that of the one it replaces
}

// filed is a request of the story, for its timeline.
type filed struct{ id, title string }

// Demo is those whom a portal on one machine is seeded with.
func Demo() People {
	return People{
		Admin: "admin@demo.example", Supervisor: "salma@demo.example", Agent: "omar@demo.example", Customs: "amina@demo.example",
		Password: "olivier phare tramway 47",
	}
}
