package administration

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal/functions/accounts"
	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/shared/people"
)

const organisations = "/api/administration/organisations"

// open is a seeded portal, with somebody signed in by the id of their
// demonstration account.
func open(t *testing.T) *accounttest.Portal {
	t.Helper()
	p := accounttest.Open(t, Steps, accounts.Steps, mail.Steps)
	if _, err := Seed(t.Context(), p.Ports); err != nil {
		t.Fatal(err)
	}
	return p
}

func as(p *accounttest.Portal, who string) *accounttest.Client {
	p.Helper()
	c := p.Client()
	c.SignIn(who+"@demo.example", DemoPassword).Want(http.StatusNoContent, "")
	return c
}

func newAgent(email string, roles ...string) map[string]any {
	return map[string]any{"name": "Hind Alami", "email": email, "lang": "ar", "roles": roles}
}

// inStep checks that both sides of every membership agree.
func inStep(t testing.TB, p *accounttest.Portal) {
	t.Helper()
	for _, row := range p.Rows(registry.Directory, "") {
		var o registry.Listed
		if err := row.Decode(&o); err != nil {
			t.Fatal(err)
		}
		for _, row := range p.Rows(people.OrganisationPK(o.ID), "member#") {
			var m people.Member
			if err := row.Decode(&m); err != nil {
				t.Fatal(err)
			}
			person, err := registry.Person(t.Context(), p.Ports.People, m.Person)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(person.Memberships, func(m people.Membership) bool { return m.Organisation == o.ID })
			if at < 0 || !slices.Equal(person.Memberships[at].Roles, m.Roles) || person.Name != m.Name {
				t.Errorf("%s in %s: %v, the person says %v", m.Person, o.ID, m.Roles, person.Memberships)
			}
		}
	}
}

func TestAnAdministratorOpensAnOfficersAccount(t *testing.T) {
	p := open(t)
	admin := as(p, "admin")
	answer := admin.Do(http.MethodPost, organisations+"/bureau-IT/members", newAgent("hind@it.example", "bureau_agent", "bureau_supervisor")).Want(http.StatusCreated, "")
	var added AddedMember
	answer.JSON(&added)
	if added.Status != people.Pending || len(added.Roles) != 2 || answer.Header.Get("Location") != organisations+"/bureau-IT/members/"+added.Person {
		t.Errorf("%+v %v", added, answer.Header)
	}
	inStep(t, p)
	p.Settle()
	letters := p.Post.Take()
	if len(letters) != 1 || letters[0].Kind != "account_invited" || letters[0].Lang != "ar" || !strings.Contains(letters[0].Text, "Intertek") {
		t.Fatalf("letters %v", letters)
	}
	hind := p.Client()
	hind.Choose(p.Token(letters[0]), accounttest.Password).Want(http.StatusNoContent, "")
	hind.SignIn("hind@it.example", accounttest.Password).Want(http.StatusNoContent, "")
	var me struct{ Home string }
	hind.Do(http.MethodGet, "/api/accounts/me", nil).Want(http.StatusOK, "").JSON(&me)
	if me.Home != "queue" {
		t.Errorf("home %s", me.Home)
	}
	var list struct{ Members []people.Member }
	admin.Do(http.MethodGet, organisations+"/bureau-IT/members", nil).Want(http.StatusOK, "").JSON(&list)
	if !slices.ContainsFunc(list.Members, func(m people.Member) bool { return m.Person == added.Person && len(m.Roles) == 2 }) {
		t.Errorf("%+v", list)
	}

	admin.Do(http.MethodDelete, organisations+"/bureau-IT/members/"+added.Person, nil).Want(http.StatusNoContent, "")
	admin.Do(http.MethodDelete, organisations+"/bureau-IT/members/"+added.Person, nil).Want(http.StatusNotFound, "not_found")
	inStep(t, p)
	hind.Do(http.MethodGet, "/api/accounts/me", nil).Want(http.StatusOK, "").JSON(&me)
	if me.Home != "subscription" { // at once, in the session that was open
		t.Errorf("home after leaving %s", me.Home)
	}
}

func TestAnExistingAccountGetsTheMembership(t *testing.T) {
	p := open(t)
	admin := as(p, "admin")
	var added AddedMember
	admin.Do(http.MethodPost, organisations+"/bureau-SG/members", newAgent("OMAR@demo.example", "bureau_agent")).Want(http.StatusCreated, "").JSON(&added)
	if added.Person != "demo-omar" || added.Name != "Omar Tazi" || added.Status != people.Active {
		t.Errorf("%+v", added)
	}
	admin.Do(http.MethodPost, organisations+"/bureau-SG/members", newAgent("omar@demo.example", "bureau_agent")).Want(http.StatusConflict, "already_member")
	p.Settle()
	if letters := p.Post.Take(); fmt.Sprint(accounttest.Kinds(letters)) != "[membership_added]" || letters[0].To != "omar@demo.example" {
		t.Errorf("letters %v", letters)
	}
	inStep(t, p)

	// One who has no password yet is sent another link, the older being lost.
	admin.Do(http.MethodPost, organisations+"/bureau-SG/members", newAgent("hind@sg.example", "bureau_agent")).Want(http.StatusCreated, "")
	admin.Do(http.MethodPost, organisations+"/bureau-TR/members", newAgent("hind@sg.example", "bureau_agent")).Want(http.StatusCreated, "")
	p.Settle()
	letters := p.Post.Take()
	if fmt.Sprint(accounttest.Kinds(letters)) != "[account_invited]" || !strings.Contains(letters[0].Text, "Rheinland") {
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
	p.Client().Choose(p.Token(letters[0]), accounttest.Password).Want(http.StatusNoContent, "")
}

func TestWhoMayAdministerWhat(t *testing.T) {
	p := open(t)
	admin := as(p, "admin")
	// A supervisor of BV becomes its administrator: of BV alone.
	admin.Do(http.MethodPost, organisations+"/bureau-BV/members", newAgent("chef@bv.example", "administrator")).Want(http.StatusCreated, "")
	p.Settle()
	chef := p.Client()
	chef.Choose(p.Token(p.Post.Take()[0]), accounttest.Password).Want(http.StatusNoContent, "")
	chef.SignIn("chef@bv.example", accounttest.Password).Want(http.StatusNoContent, "")
	operator := as(p, "yasmine")
	code := map[string]string{"code": "10092023I00000001137"}
	for _, s := range []struct {
		why, method, path string
		body              any
		admin, chef       string
	}{
		{"the directory", http.MethodGet, organisations, nil, "200 ", "403 forbidden"},
		{"one's own members", http.MethodGet, organisations + "/bureau-BV/members", nil, "200 ", "200 "},
		{"another's members", http.MethodGet, organisations + "/bureau-SG/members", nil, "200 ", "404 not_found"},
		{"another's new member", http.MethodPost, organisations + "/bureau-SG/members", newAgent("x@sg.example", "bureau_agent"), "201 ", "404 not_found"},
		{"another's member", http.MethodDelete, organisations + "/bureau-SG/members/demo-nadia", nil, "204 ", "404 not_found"},
		{"no organisation", http.MethodGet, organisations + "/none/members", nil, "404 not_found", "404 not_found"},
		{"no member", http.MethodDelete, organisations + "/bureau-BV/members/none", nil, "404 not_found", "404 not_found"},
		{"a subscription", http.MethodPut, organisations + "/demo-rif/subscription", code, "200 ", "403 forbidden"},
		{"one's own agent", http.MethodPost, organisations + "/bureau-BV/members", newAgent("y@bv.example", "bureau_agent"), "201 ", "409 already_member"},
		{"a role of operators", http.MethodPost, organisations + "/bureau-BV/members", newAgent("z@bv.example", "bureau_agent", "declarant"),
			"422 invalid /roles/1:role_not_of_organisation", "422 invalid /roles/1:role_not_of_organisation"},
		{"everything wrong", http.MethodPost, organisations + "/bureau-BV/members", map[string]any{"name": " ", "email": "x", "lang": "de", "roles": []string{}, "x": 1},
			"422 invalid :unknown_field /email:email /lang:choice /name:format /roles:too_few", "422 invalid :unknown_field /email:email /lang:choice /name:format /roles:too_few"},
	} {
		said := func(c *accounttest.Client) string {
			a := c.Do(s.method, s.path, s.body)
			return fmt.Sprintf("%d %s", a.Status, a.Problem())
		}
		if got := said(admin); got != s.admin {
			t.Errorf("%s: the portal's administrator gets %s, want %s", s.why, got, s.admin)
		}
		if got := said(chef); got != s.chef {
			t.Errorf("%s: the bureau's gets %s, want %s", s.why, got, s.chef)
		}
		if got := said(operator); got != "403 forbidden" {
			t.Errorf("%s: an operator gets %s", s.why, got)
		}
		if got := said(p.Client()); got != "401 unauthenticated" {
			t.Errorf("%s: a stranger gets %s", s.why, got)
		}
	}
	inStep(t, p)
}

func TestARepeatedAdditionAnswersAsTheFirst(t *testing.T) {
	p := open(t)
	admin := as(p, "admin")
	key := http.Header{"Idempotency-Key": {"k"}}
	var first, second AddedMember
	one := admin.DoWith(key, http.MethodPost, organisations+"/bureau-BV/members", newAgent("hind@bv.example", "bureau_agent")).Want(http.StatusCreated, "")
	two := admin.DoWith(key, http.MethodPost, organisations+"/bureau-BV/members", newAgent("hind@bv.example", "bureau_agent")).Want(http.StatusCreated, "")
	one.JSON(&first)
	two.JSON(&second)
	if first.Person != second.Person || one.Header.Get("Location") != two.Header.Get("Location") {
		t.Errorf("%+v then %+v", first, second)
	}
	admin.DoWith(key, http.MethodPost, organisations+"/bureau-BV/members", newAgent("omar@demo.example", "bureau_agent")).Want(http.StatusUnprocessableEntity, "idempotency_key_reused")
}

func TestThePortalKeepsAnAdministrator(t *testing.T) {
	p := open(t)
	admin := as(p, "admin")
	admin.Do(http.MethodDelete, organisations+"/portal/members/demo-admin", nil).Want(http.StatusConflict, "last_administrator")
	var second AddedMember
	admin.Do(http.MethodPost, organisations+"/portal/members", newAgent("second@portal.example", "administrator")).Want(http.StatusCreated, "").JSON(&second)
	// Two administrators who remove each other at once: one stays.
	p.Trace.Before("Write infra.Put person/person infra.Delete organisation/member", func() {
		if err := (room{p.Ports}).remove(t.Context(), Portal, "demo-admin"); err != nil {
			t.Fatal(err)
		}
	})
	admin.Do(http.MethodDelete, organisations+"/portal/members/"+second.Person, nil).Want(http.StatusConflict, "last_administrator")
	n, err := room{p.Ports}.administratorsOf(t.Context(), Portal)
	if err != nil || n != 1 {
		t.Errorf("%d administrators left, %v", n, err)
	}
	inStep(t, p)
}

// Random administrators add and remove random people: both sides of every
// membership stay in step, whoever wins.
func TestBothSidesOfMembershipsStayInStep(t *testing.T) {
	p := open(t)
	admin := as(p, "admin")
	places := map[string][]string{"bureau-BV": {"bureau_agent"}, "bureau-SG": {"bureau_agent", "bureau_supervisor"}, "demo-rif": {"declarant"}}
	ids := map[string]string{}
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			organisation := rapid.SampledFrom([]string{"bureau-BV", "bureau-SG", "demo-rif"}).Draw(rt, "organisation")
			email := rapid.SampledFrom([]string{"a@x.example", "b@x.example", "omar@demo.example"}).Draw(rt, "email")
			if rapid.Bool().Draw(rt, "add") {
				answer := admin.Do(http.MethodPost, organisations+"/"+organisation+"/members", newAgent(email, places[organisation]...))
				if answer.Status == http.StatusCreated {
					var m AddedMember
					answer.JSON(&m)
					ids[email] = m.Person
				} else if answer.Problem() != "already_member" {
					rt.Fatalf("%s", answer.Raw)
				}
			} else if id := ids[email]; id != "" {
				answer := admin.Do(http.MethodDelete, organisations+"/"+organisation+"/members/"+id, nil)
				if answer.Status != http.StatusNoContent && answer.Problem() != "not_found" {
					rt.Fatalf("%s", answer.Raw)
				}
			}
		}
		inStep(t, p)
		for email, id := range ids {
			person, err := registry.Person(t.Context(), p.Ports.People, id)
			if err != nil {
				rt.Fatal(err)
			}
			for _, m := range person.Memberships {
				if len(p.Rows(people.OrganisationPK(m.Organisation), people.MemberSK(id))) != 1 {
					rt.Fatalf("%s is in %s by their own account only", email, m.Organisation)
				}
			}
		}
	})
}
