package registry_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
)

func person(id string) people.Person {
	return people.Person{ID: id, Status: people.Pending, Name: "Yasmine", Email: id + "@Argan.example", Lang: "fr", Created: accounttest.Noon}
}

func write(t *testing.T, p *accounttest.Portal, ops ...infra.Op) error {
	t.Helper()
	return p.Ports.People.Write(t.Context(), ops...)
}

func TestAnEmailOpensOneAccount(t *testing.T) {
	p := accounttest.Open(t)
	if err := write(t, p, registry.Open(person("one"))...); err != nil {
		t.Fatal(err)
	}
	two := person("two")
	two.Email = "ONE@argan.EXAMPLE"
	var refused *infra.Refused
	if err := write(t, p, registry.Open(two)...); !errors.As(err, &refused) || !refused.At(0) || refused.At(1) {
		t.Errorf("%v", err)
	}
	for email, want := range map[string]string{"one@argan.example": "one", "two@argan.example": ""} {
		if got, err := registry.HolderOf(t.Context(), p.Ports.People, email); err != nil || got != want {
			t.Errorf("%s is held by %q, %v", email, got, err)
		}
	}
}

func TestOfTwoWhoSaveOneVersionOneIsRefused(t *testing.T) {
	p := accounttest.Open(t)
	if err := write(t, p, registry.Open(person("one"))...); err != nil {
		t.Fatal(err)
	}
	read, err := registry.Person(t.Context(), p.Ports.People, "one")
	if err != nil || read.Version != 1 {
		t.Fatalf("%+v %v", read, err)
	}
	if err := write(t, p, registry.Save(read)); err != nil {
		t.Fatal(err)
	}
	for _, op := range []infra.Op{registry.Save(read), registry.Unchanged(read)} {
		if err := write(t, p, op); !errors.Is(err, infra.ErrConditionFailed) {
			t.Errorf("%T: %v", op, err)
		}
	}
	if read, err = registry.Person(t.Context(), p.Ports.People, "one"); err != nil || read.Version != 2 {
		t.Errorf("%+v %v", read, err)
	}
}

func TestLosingToARivalIsTriedAgainAFewTimes(t *testing.T) {
	for _, s := range []struct {
		losses, tries int
		err           error
	}{{0, 1, nil}, {3, 4, nil}, {9, 5, infra.ErrConditionFailed}} {
		tries := 0
		err := registry.Again(func() error {
			if tries++; tries <= s.losses {
				return fmt.Errorf("write: %w", infra.ErrConditionFailed)
			}
			return nil
		})
		if tries != s.tries || !errors.Is(err, s.err) {
			t.Errorf("%d losses: %d tries, %v", s.losses, tries, err)
		}
	}
	other, tries := errors.New("other"), 0
	if err := registry.Again(func() error { tries++; return other }); !errors.Is(err, other) || tries != 1 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

func TestALinkIsFollowedByItsTokenAlone(t *testing.T) {
	p := accounttest.Open(t)
	one := person("one")
	link, err := registry.NewLink(t.Context(), p.Ports, &one, registry.Creation)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(t, p, append(registry.Open(one), link)...); err != nil {
		t.Fatal(err)
	}
	token, err := registry.Token(t.Context(), p.Ports.MAC, one.CreationLink)
	if err != nil {
		t.Fatal(err)
	}
	follow := func(token string, kind registry.LinkKind) error {
		_, _, err := registry.Follow(t.Context(), p.Ports.People, token, kind)
		return err
	}
	for why, err := range map[string]error{
		"the id is no token":         follow(one.CreationLink, registry.Creation),
		"nor is the hash":            follow(people.Hash(token), registry.Creation),
		"nor another purpose's link": follow(token, registry.Reset),
		"nor nothing":                follow("", registry.Creation),
	} {
		if !errors.Is(err, infra.ErrNotFound) {
			t.Errorf("%s: %v", why, err)
		}
	}
	holder, used, err := registry.Follow(t.Context(), p.Ports.People, token, registry.Creation)
	if err != nil || holder.ID != "one" {
		t.Fatalf("%+v %v", holder, err)
	}
	if put := link.(infra.Put); strings.Contains(fmt.Sprint(put), token) || !put.Expires.Equal(accounttest.Noon.Add(24*time.Hour)) || len(one.CreationLink) != 64 {
		t.Errorf("%+v", put)
	}
	if err := write(t, p, used); err != nil {
		t.Fatal(err)
	}
	if err := write(t, p, used); !errors.Is(err, infra.ErrConditionFailed) {
		t.Errorf("used twice: %v", err)
	}
	if got, want := registry.Address(p.Ports.Settings, registry.Creation, "T"), "https://portal.example/mot-de-passe#token=T&kind=creation"; got != want {
		t.Errorf("%s", got)
	}
}

func TestALinkIsCurrentInTheStateItIsFor(t *testing.T) {
	for _, s := range []struct {
		status people.Status
		kind   registry.LinkKind
		id     string
		want   bool
	}{
		{people.Pending, registry.Creation, "c", true}, {people.Pending, registry.Creation, "older", false}, {people.Pending, registry.Reset, "r", false},
		{people.Active, registry.Reset, "r", true}, {people.Active, registry.Reset, "older", false}, {people.Active, registry.Creation, "c", false},
		{people.Active, "other", "r", false},
	} {
		p := people.Person{Status: s.status, CreationLink: "c", ResetLink: "r"}
		if got := registry.Current(p, s.kind, s.id); got != s.want {
			t.Errorf("%+v: %v", s, got)
		}
	}
}

func TestJoiningAndLeavingDoNotTouchWhatOthersRead(t *testing.T) {
	shared := []people.Membership{{Organisation: "a"}, {Organisation: "b"}, {Organisation: "c"}}
	p := people.Person{ID: "one", Memberships: shared}
	registry.Leave(&p, "a")
	registry.Join(&p, "d", []people.Role{people.Agent})
	if fmt.Sprint(shared) != "[{a []} {b []} {c []}]" || fmt.Sprint(p.Memberships) != "[{b []} {c []} {d [bureau_agent]}]" {
		t.Errorf("%v, then %v", shared, p.Memberships)
	}
}

func TestAnyNameFitsInTheDirectory(t *testing.T) {
	p := accounttest.Open(t)
	for n, name := range []string{strings.Repeat("ﷺ", 200), strings.Repeat("😀", 200), "a#b", "#", "\u0130"} {
		o := people.Organisation{ID: fmt.Sprint("o", n), Kind: people.Operator, Name: name}
		if err := write(t, p, registry.Found(o)...); err != nil {
			t.Errorf("%.20s: %v", name, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		rest := strings.TrimPrefix(registry.DirectoryPrefix(people.Operator, name), "operator#")
		if strings.Contains(rest, "#") || len(rest) > 500 {
			t.Fatalf("%d bytes: %q", len(rest), rest)
		}
	})
}
