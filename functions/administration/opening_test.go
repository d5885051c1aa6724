package administration

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"portal/functions/accounts"
	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/identifiers"
	"portal/shared/password"
	"portal/shared/people"
	"portal/shared/reference"
)

func TestTheFirstAdministratorIsOpenedOnce(t *testing.T) {
	p := accounttest.Open(t, Steps, accounts.Steps, mail.Steps)
	open := func(in FirstAdministrator) error {
		_, err := p.Run("administration/first_administrator", in)
		return err
	}
	if err := open(FirstAdministrator{Name: "Nadia", Email: "not an address", Lang: "fr"}); err == nil {
		t.Error("an address that is none was taken")
	}
	if err := open(FirstAdministrator{Name: "Nadia", Email: "nadia@portal.example", Lang: "fr"}); err != nil {
		t.Fatal(err)
	}
	if err := open(FirstAdministrator{Name: "Rival", Email: "rival@portal.example", Lang: "fr"}); !errors.Is(err, ErrAdministered) {
		t.Errorf("%v", err)
	}
	p.Settle()
	letters := p.Post.Take()
	if len(letters) != 1 || letters[0].To != "nadia@portal.example" || letters[0].Kind != "account_invited" {
		t.Fatalf("%v", letters)
	}
	nadia := p.Client()
	nadia.Choose(p.Token(letters[0]), accounttest.Password).Want(http.StatusNoContent, "")
	nadia.SignIn("nadia@portal.example", accounttest.Password).Want(http.StatusNoContent, "")
	var out struct{ Organisations []registry.Listed }
	nadia.Do(http.MethodGet, organisations, nil).Want(http.StatusOK, "").JSON(&out)
	if len(out.Organisations) != len(reference.Bureaux())+3 { // the portal's own, the ministry and the customs
		t.Errorf("%+v", out)
	}
	inStep(t, p)
}

func TestOfRivalFirstAdministratorsOneIsOpened(t *testing.T) {
	p := accounttest.Open(t, Steps)
	var wg sync.WaitGroup
	errs := make([]error, 3)
	for n := range errs {
		wg.Go(func() {
			_, errs[n] = p.Run("administration/first_administrator", FirstAdministrator{Name: "N", Email: fmt.Sprintf("n%d@portal.example", n), Lang: "fr"})
		})
	}
	wg.Wait()
	n, err := room{p.Ports}.administratorsOf(t.Context(), Portal)
	if err != nil || n != 1 {
		t.Errorf("%d administrators, %v, %v", n, errs, err)
	}
}

func TestSeedingTwiceChangesNothing(t *testing.T) {
	p := open(t)
	before := snapshot(p)
	demos, err := Seed(t.Context(), p.Ports)
	if err != nil {
		t.Fatal(err)
	}
	if after := snapshot(p); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	inStep(t, p)
	kinds := map[people.Role]int{}
	for _, d := range demos {
		for _, role := range d.Roles {
			kinds[role]++
		}
		c := p.Client()
		c.SignIn(d.Email, d.Password).Want(http.StatusNoContent, "")
		if d.Organisation == "" {
			t.Errorf("%s is nowhere", d.Email)
		}
	}
	if fmt.Sprint(kinds) != "map[administrator:1 bureau_agent:6 bureau_supervisor:5 company_admin:2 customs_officer:1 declarant:2 ministry_officer:1]" {
		t.Errorf("%v", kinds)
	}
	for _, id := range []string{"demo-atlas", "demo-rif"} {
		o, err := registry.Organisation(t.Context(), p.Ports.People, id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := identifiers.ParseICE(o.ICE); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if _, err := identifiers.ParseSubscriptionCode(o.Subscription); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if faults := password.Faults("", DemoPassword); len(faults) != 0 {
		t.Errorf("the password of the demonstration: %v", faults)
	}
}

func snapshot(p *accounttest.Portal) string {
	p.Helper()
	var partitions []string
	for _, d := range demoPeople {
		partitions = append(partitions, people.PersonPK("demo-"+d.id), people.OrganisationPK(d.organisation))
	}
	var all []infra.Row
	for _, pk := range append(partitions, registry.Directory) {
		all = append(all, p.Rows(pk, "")...)
	}
	raw, err := json.Marshal(all)
	if err != nil {
		p.Fatal(err)
	}
	return string(raw)
}
