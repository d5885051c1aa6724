package administration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/identifiers"
	"portal/shared/password"
	"portal/shared/people"
)

// DemoPassword opens every account that Seed makes: nothing else may.
const DemoPassword = "olivier phare tramway 47"

// Demo is an account of a demonstration.
type Demo struct {
	Name         string
	Email        string
	Password     string
	Organisation string // its name
	Roles        []people.Role
}

// Seed makes the organisations and people of a demonstration on one machine:
// two importers whose PORTNET subscriptions are validated, the customs
// administration, the ministry and the inspection bureaux with some of their
// officers, and an administrator. What is there already
// stays as it is. The ports are the machine's own, not a step's.
func Seed(ctx context.Context, ports infra.Ports) ([]Demo, error) {
	r := room{ports}
	if err := r.foundBodies(ctx); err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	for _, c := range demoCompanies {
		o, err := c.organisation()
		if err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
		if err := r.found(ctx, o); err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
	}
	salt := r.IDs.Secret()
	hash, err := password.Hash(DemoPassword, salt[:]) // one for all: theirs is no secret
	if err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	var demos []Demo
	for _, d := range demoPeople {
		o, err := registry.Organisation(ctx, r.People, d.organisation)
		if err == nil {
			err = r.seat(ctx, d, hash)
		}
		if err != nil {
			return nil, fmt.Errorf("seed: %s: %w", d.id, err)
		}
		demos = append(demos, Demo{Name: d.name, Email: d.email(), Password: DemoPassword, Organisation: o.Name, Roles: d.roles})
	}
	return demos, nil
}

type demoCompany struct {
	id, name, address, phone, first13 string
	running                           uint64
}

var demoCompanies = []demoCompany{
	{"demo-atlas", "Atlas Équipements SARL", "12, boulevard Zerktouni, Casablanca", "+212 5 22 00 01 01", "0015257140000", 1137},
	{"demo-rif", "Rif Distribution SA", "4, avenue Mohammed V, Tanger", "+212 5 39 00 02 02", "0021846300000", 1138},
}

func (c demoCompany) organisation() (people.Organisation, error) {
	ice, err := identifiers.CompleteICE(c.first13)
	if err != nil {
		return people.Organisation{}, err
	}
	validated := time.Date(2023, 9, 10, 12, 0, 0, 0, time.UTC)
	code, err := identifiers.NewSubscriptionCode(validated, identifiers.Importer, c.running)
	if err != nil {
		return people.Organisation{}, err
	}
	return people.Organisation{
		ID: c.id, Kind: people.Operator, Name: c.name, Address: c.address, Phone: c.phone, ICE: ice.String(), Subscription: code.String(),
	}, nil
}

type demoPerson struct {
	id, name, lang, organisation string
	roles                        []people.Role
}

func (d demoPerson) email() string { return d.id + "@demo.example" }

var demoPeople = []demoPerson{
	{"yasmine", "Yasmine El Amrani", "fr", "demo-atlas", []people.Role{people.Declarant, people.CompanyAdmin}},
	{"hamza", "Hamza Bennani", "ar", "demo-rif", []people.Role{people.Declarant, people.CompanyAdmin}},
	{"salma", "Salma Idrissi", "fr", registry.BureauID("BV"), []people.Role{people.Supervisor}},
	{"omar", "Omar Tazi", "fr", registry.BureauID("BV"), []people.Role{people.Agent}},
	{"leila", "Leïla Chraibi", "en", registry.BureauID("BV"), []people.Role{people.Agent}},
	{"karim", "Karim Ouazzani", "fr", registry.BureauID("SG"), []people.Role{people.Supervisor}},
	{"nadia", "Nadia Sebti", "ar", registry.BureauID("SG"), []people.Role{people.Agent}},
	{"imane", "Imane Berrada", "fr", registry.BureauID("IT"), []people.Role{people.Supervisor, people.Agent}},
	{"younes", "Younes Fassi", "fr", registry.BureauID("TR"), []people.Role{people.Supervisor, people.Agent}},
	{"zineb", "Zineb Lahlou", "fr", registry.BureauID("AP"), []people.Role{people.Supervisor, people.Agent}},
	{"driss", "Driss Naciri", "fr", Ministry, []people.Role{people.Ministry}},
	{"amina", "Amina Squalli", "fr", Customs, []people.Role{people.Customs}},
	{"admin", "Rachid Alaoui", "fr", Portal, []people.Role{people.Administrator}},
}

// seat opens a demonstration account with its password, unless it is there.
func (r room) seat(ctx context.Context, d demoPerson, hash string) error {
	p := people.Person{
		ID: "demo-" + d.id, Status: people.Active, Name: d.name, Email: d.email(), Lang: d.lang, Password: hash, Created: r.Clock.Now(),
	}
	if _, err := registry.Person(ctx, r.People, p.ID); !errors.Is(err, infra.ErrNotFound) {
		return err
	}
	member := registry.Join(&p, d.organisation, slices.Clone(d.roles))
	return r.People.Write(ctx, append(registry.Open(p), member)...)
}
