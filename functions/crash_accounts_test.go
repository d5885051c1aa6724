package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"portal/functions/accounts/registry"
	"portal/functions/administration"
	"portal/shared/altcha"
)

// crashOpeningDay is a portal deployed, before anybody is known.
func crashOpeningDay() []crashDeed {
	return []crashDeed{{name: "first administrator", bells: crashAllBells, do: func(s *crashStage) error {
		return s.surviving(func(again bool) error {
			_, err := s.portal.RunStep(s.ctx, "administration/first_administrator", []byte(`{"name":"Rachid Alaoui","email":"rachid@demo.example","lang":"fr"}`))
			if again && errors.Is(err, administration.ErrAdministered) {
				return nil // by the try that died
			}
			return err
		})
	}}}
}

// crashAccounts is what people do with their accounts, and administrators for
// them. Whoever registers is called Samira.
func crashAccounts() []crashDeed {
	const email, members = "samira@demo.example", "/api/administration/organisations/bureau-IT/members"
	link := func(name, path, letter, password string) crashDeed {
		return crashDeed{name: name, bells: crashOneBell, do: func(s *crashStage) error {
			token, err := s.tokenFrom(email, letter)
			if err != nil {
				return err
			}
			_, err = s.ask(crashRequest{method: http.MethodPost, path: path, want: http.StatusNoContent,
				body: crashBody{"token": token, "password": password, "again": password}})
			return err
		}}
	}
	agent := func(email string) crashBody {
		return crashBody{"name": "Widad Alami", "email": email, "lang": "fr", "roles": []string{"bureau_agent"}}
	}
	const first, second, third = "caravane lanterne 1912 olive", "menthe falaise 88 dromadaire", "phare olivier 47 argile"
	return []crashDeed{
		{name: "register", bells: crashAllBells, do: func(s *crashStage) error { return s.register(email) }},
		{name: "who is it", calm: true, do: func(s *crashStage) error { return s.findOut(email) }},
		link("create password", "/api/accounts/password-creations", "account_creation", first),
		crashAsks(crashNobody, "POST /api/accounts/password-forgotten", crashBody{"email": email}, http.StatusAccepted),
		link("reset password", "/api/accounts/password-resets", "password_reset", second),
		func() crashDeed {
			d := crashAsks("{samira}", "POST /api/accounts/password-changes", crashBody{"current": second, "password": third, "again": third}, http.StatusNoContent)
			return d.quiet()
		}(),
		crashAsks(crashAdmin, "PUT /api/administration/organisations/{chaouia}/subscription", crashBody{"code": "10092023I00000001139"}, http.StatusOK),
		crashKeeps("widad", crashAdmin, "POST "+members, agent("widad@demo.example"), "person"),
		crashKeeps("gone", crashAdmin, "POST "+members, agent("gone@demo.example"), "person").calmly(),
		crashAsks(crashAdmin, "DELETE "+members+"/{gone}", nil, http.StatusNoContent, http.StatusNotFound),
		crashAsks(crashSalma, "PUT /api/conformity/agents/demo-omar/absence", crashBody{"until": "2026-08-25"}, http.StatusOK),
	}
}

// register solves a captcha and registers a company. A captcha that was spent
// in vain is answered by a new one.
func (s *crashStage) register(email string) error {
	for range 1 + len(s.points) {
		payload, err := s.captcha()
		if err != nil {
			return err
		}
		_, err = s.ask(crashRequest{method: http.MethodPost, path: "/api/accounts/registrations", want: http.StatusAccepted, body: crashBody{
			"company": "Comptoir Chaouia SARL", "address": "27, rue Ibn Batouta, Casablanca", "email": email,
			"phone": "+212 5 22 11 22 33", "name": "Samira Bennani", "lang": "fr", "altcha": payload,
		}})
		if err == nil || !strings.Contains(err.Error(), "captcha_refused") {
			return err
		}
	}
	return errors.New("no captcha is good enough")
}

// captcha is a solved challenge, an easy one.
func (s *crashStage) captcha() (string, error) {
	secret := s.store.IDs().Secret()
	clear(secret[12:20]) // the number hidden is zero
	challenge := altcha.New(secret, s.store.Clock().Now())
	sum, err := s.store.MAC().Sum(context.Background(), "altcha", challenge.Message())
	if err != nil {
		return "", err
	}
	solution, ok := altcha.Solve(challenge.Signed(sum))
	if !ok {
		return "", errors.New("the challenge has no solution")
	}
	return solution.Payload()
}

// findOut marks the person of an e-mail and their only organisation.
func (s *crashStage) findOut(email string) error {
	id, err := registry.HolderOf(context.Background(), s.store.People(), email)
	if err != nil {
		return err
	}
	p, err := registry.Person(context.Background(), s.store.People(), id)
	if err != nil {
		return err
	}
	s.marks["samira"], s.marks["chaouia"] = id, p.Memberships[0].Organisation
	return nil
}

// tokenFrom is the token of the link in the newest letter of a kind.
func (s *crashStage) tokenFrom(email, kind string) (string, error) {
	letters, err := s.store.Mail().Letters(email, 0, 0, 10)
	if err != nil {
		return "", err
	}
	for _, letter := range letters {
		if _, token, found := strings.Cut(letter.Text, "#token="); found && letter.Kind == kind {
			token, _, _ = strings.Cut(token, "&")
			return token, nil
		}
	}
	return "", fmt.Errorf("no letter %s to %s", kind, email)
}
