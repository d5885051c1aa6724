package story

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"portal/demo/client"
	"portal/shared/altcha"
)

const newPassword = "caravane lanterne 1912 olive"

// importer is the company of a story, and the one who files for it.
type importer struct{ company, address, name string }

var (
	comptoir = importer{"Comptoir Chaouia SARL", "27, rue Ibn Batouta, Casablanca", "Samira Bennani"}
	maison   = importer{"Maison du Souss SARL", "3, avenue Hassan II, Agadir", "Naïma Ouhbi"}
	atelier  = importer{"Atelier Lumière SA", "114, route de Rabat, Tanger", "Hind Serghini"}
)

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

// officers signs in those who treat the requests: the supervisor and the agent.
func (p *play) officers(ctx context.Context) (err error) {
	if p.supervisor, err = p.signedIn(ctx, "Superviseure", p.Supervisor); err != nil {
		return err
	}
	p.agent, err = p.signedIn(ctx, "Agent", p.Agent)
	return err
}

// signUp registers a company, follows the mailed link and chooses a password.
func (p *play) signUp(ctx context.Context) error {
	email := "import." + strings.ToLower(rand.Text()[:10]) + "@demo.example"
	p.declarant = p.actor("Importatrice", email)
	a := p.declarant
	answer, _, err := a.retry(ctx, func() (*client.Answer, error) { return a.register(ctx, p.importer) })
	if err != nil {
		return err
	}
	// After a lost answer the address is taken: by ourselves.
	if answer.Status != http.StatusAccepted && answer.Problem().Code != "email_taken" {
		return surprise("registration: %s", told(answer))
	}
	letter, err := a.mail(ctx, "account_creation", "")
	if err != nil {
		return err
	}
	_, token, found := strings.Cut(letter.Text, "#token=")
	if !found {
		return surprise("the letter has no link")
	}
	token, _, _ = strings.Cut(token, "&")
	a.say("suit le lien reçu par courriel « %s »", letter.Subject)
	if err := a.choose(ctx, token); err != nil {
		return err
	}
	return a.signIn(ctx, newPassword)
}

func (a *actor) register(ctx context.Context, i importer) (*client.Answer, error) {
	challenged, err := a.Do(ctx, http.MethodGet, "/api/accounts/challenge", nil)
	if err != nil {
		return nil, err
	}
	var challenge altcha.Challenge
	if err := challenged.Decode(&challenge); err != nil {
		return nil, err
	}
	solution, ok := altcha.Solve(challenge)
	if !ok {
		return nil, surprise("the challenge has no solution")
	}
	payload, err := solution.Payload()
	if err != nil {
		return nil, err
	}
	return a.Do(ctx, http.MethodPost, "/api/accounts/registrations", map[string]string{
		"company": i.company, "address": i.address, "email": a.Email,
		"phone": "+212 5 22 11 22 33", "name": i.name, "lang": "fr", "altcha": payload,
	})
}

// choose uses the link. After a lost answer the link is used already.
func (a *actor) choose(ctx context.Context, token string) error {
	answer, again, err := a.retry(ctx, func() (*client.Answer, error) {
		return a.Do(ctx, http.MethodPost, "/api/accounts/password-creations", map[string]string{"token": token, "password": newPassword, "again": newPassword})
	})
	if err != nil {
		return err
	}
	if answer.Status != http.StatusNoContent && !(again && answer.Problem().Code == "link_expired") {
		return surprise("password creation: %s", told(answer))
	}
	a.say("choisit son mot de passe")
	return nil
}

// subscribe has the administrator record the company's PORTNET subscription,
// without which filing is refused.
func (p *play) subscribe(ctx context.Context) error {
	var me struct {
		Memberships []struct {
			Organisation string `json:"organisation"`
		} `json:"memberships"`
	}
	if err := p.declarant.get(ctx, "/api/accounts/me", &me); err != nil {
		return err
	}
	if len(me.Memberships) != 1 {
		return surprise("the declarant has %d memberships", len(me.Memberships))
	}
	p.company = me.Memberships[0].Organisation
	if err := p.declarant.refused(ctx, http.MethodPost, "/api/conformity/dossiers", map[string]string{}, http.StatusForbidden, "subscription_required"); err != nil {
		return err
	}
	admin, err := p.signedIn(ctx, "Administrateur", p.Admin)
	if err != nil {
		return err
	}
	answer, _, err := admin.retry(ctx, func() (*client.Answer, error) {
		return admin.Do(ctx, http.MethodPut, "/api/administration/organisations/"+p.company+"/subscription", map[string]string{"code": "10092023I00000001139"})
	})
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return surprise("subscription: %s", told(answer))
	}
	admin.say("constate l'abonnement PORTNET de la société")
	return nil
}
