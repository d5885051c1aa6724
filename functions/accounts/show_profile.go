package accounts

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
	"portal/shared/step"
)

// MembershipView is one of one's memberships.
type MembershipView struct {
	Organisation string                  `json:"organisation" doc:"Id of the organisation"`
	Name         string                  `json:"name" doc:"Its name (raison sociale)"`
	Kind         people.OrganisationKind `json:"kind" enum:"operator,bureau,ministry,customs,portal" doc:"What it is to the portal"`
	Bureau       string                  `json:"bureau,omitempty" doc:"Code of the inspection bureau"`
	Roles        []people.Role           `json:"roles" doc:"What one may do for it"`
	Subscription string                  `json:"subscription,omitempty" doc:"Its PORTNET subscription code, once validated"`
}

// Home is where the front end goes after sign-in.
type Home string

// The homes (the accounts specification, sign in).
const (
	Queue          Home = "queue"          // officers: the dossiers to treat
	Products       Home = "products"       // officers of the ministry: the list of products under control
	Administration Home = "administration" // administrators
	Dashboard      Home = "dashboard"      // operators validated at PORTNET
	Subscription   Home = "subscription"   // others: « Nouvelle souscription / Mes demandes »
)

type profileOutput struct {
	Body struct {
		Person      string           `json:"person" doc:"Id of the account"`
		Name        string           `json:"name"`
		Email       string           `json:"email" doc:"The login, as typed"`
		Lang        string           `json:"lang" enum:"fr,ar,en" doc:"Language of the mails"`
		Memberships []MembershipView `json:"memberships"`
		Home        Home             `json:"home" enum:"queue,products,administration,dashboard,subscription" doc:"Where to go after sign-in"`
	}
}

// showProfile tells who one is to the portal.
func showProfile(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "accounts/show_profile",
		Summary: "Show one's profile",
		Who:     step.SignedIn(),
		Grants:  step.Grants{People: step.TableGrants{Read: []string{"organisation#"}}},
	}, http.MethodGet, "/api/accounts/me", func(ctx context.Context, _ *nothing) (*profileOutput, error) {
		caller := step.CallerOf(ctx)
		memberships, err := r.memberships(ctx, caller)
		if err != nil {
			return nil, err
		}
		out := &profileOutput{}
		b := &out.Body
		b.Person, b.Name, b.Email, b.Lang = caller.Person, caller.Name, caller.Email, caller.Lang
		b.Memberships, b.Home = memberships, homeOf(caller, memberships)
		return out, nil
	})
}

func (r room) memberships(ctx context.Context, caller people.Caller) ([]MembershipView, error) {
	views := []MembershipView{}
	for _, m := range caller.Memberships {
		o, err := registry.Organisation(ctx, r.People, m.Organisation)
		if errors.Is(err, infra.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		views = append(views, MembershipView{
			Organisation: o.ID, Name: o.Name, Kind: o.Kind, Bureau: o.Bureau, Roles: m.Roles, Subscription: o.Subscription,
		})
	}
	return views, nil
}

func homeOf(caller people.Caller, memberships []MembershipView) Home {
	switch {
	case caller.Has(people.Agent) || caller.Has(people.Supervisor):
		return Queue
	case caller.Has(people.Ministry):
		return Products
	case caller.Has(people.Administrator):
		return Administration
	case slices.ContainsFunc(memberships, func(m MembershipView) bool { return m.Subscription != "" }):
		return Dashboard
	}
	return Subscription
}
