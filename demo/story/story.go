package story

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"portal/demo/client"
)

// People are those of the portal's demonstration who treat the request.
type People struct {
	Admin, Supervisor, Agent string // e-mail addresses
	Password                 string
}

// Portal is the portal that a story is played on.
type Portal struct {
	Base string
	People
	// Away is how long it may not answer before that is a surprise.
	Away time.Duration
	// Killed tells that it may be killed at any moment. Then a reminder,
	// recorded before it is sent, may be lost, and a decision's letter, sent
	// before it is recorded, may come twice; nothing else may.
	Killed bool
	// Still tells that its clock cannot be put forward: the story then ends with
	// the certificates.
	Still bool
	// Transport carries the requests; nil for the usual one.
	Transport http.RoundTripper
}

// Play plays the whole story on a portal and tells it to out.
func Play(ctx context.Context, portal Portal, out io.Writer) error {
	p := &play{Portal: portal, out: out}
	chapters := []chapter{
		{"Inscription", p.signUp},
		{"Abonnement PORTNET constaté", p.subscribe},
		{"Demande de CoC, route A : douze lignes, trois PDF", p.fillIn},
		{"Dépôt", p.deposit},
		{"Affectation et prise en charge", p.assign},
		{"Complément", p.complement},
		{"Visite d'inspection", p.inspect},
		{"Avis et clôture", p.decide},
		{"Certificats", p.certificates},
	}
	if !portal.Still {
		chapters = append(chapters, chapter{"Trois mois plus tard", p.expire})
	}
	for _, chapter := range append(chapters, chapter{"Chronologie", p.timeline}) {
		fmt.Fprintf(out, "\n%s\n", chapter.title)
		if err := chapter.play(ctx); err != nil {
			return fmt.Errorf("%s: %w", chapter.title, err)
		}
	}
	return nil
}

type chapter struct {
	title string
	play  func(context.Context) error
}

// play is what the chapters share.
type play struct {
	Portal
	out io.Writer

	declarant, supervisor, agent *actor
	company                      string // id of the declarant's organisation
	dossier                      dossier
	coc, ncr                     string // numbers
}

func (p *play) actor(name, email string) *actor {
	return &actor{Client: client.New(p.Base, p.Transport), Email: email, Name: name, out: p.out, away: p.Away}
}

// signedIn is a seeded person, signed in.
func (p *play) signedIn(ctx context.Context, name, email string) (*actor, error) {
	a := p.actor(name, email)
	return a, a.signIn(ctx, p.Password)
}

func (a *actor) signIn(ctx context.Context, password string) error {
	answer, _, err := a.retry(ctx, func() (*client.Answer, error) {
		return a.Do(ctx, http.MethodPost, "/api/accounts/sessions", map[string]string{"email": a.Email, "password": password})
	})
	if err != nil {
		return err
	}
	if answer.Status != http.StatusNoContent {
		return surprise("sign-in: %s", told(answer))
	}
	a.say("se connecte")
	return nil
}

// Demo is those whom a portal on one machine is seeded with.
func Demo() People {
	return People{
		Admin: "admin@demo.example", Supervisor: "salma@demo.example", Agent: "omar@demo.example",
		Password: "olivier phare tramway 47",
	}
}
