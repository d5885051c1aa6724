package accounts_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
	"portal/shared/altcha"
	"portal/shared/people"
)

const registrations = "/api/accounts/registrations"

func TestWhatARegistrationMustHold(t *testing.T) {
	c := open(t).Client()
	payload := c.Solve()
	for _, s := range []struct {
		why  string
		edit func(map[string]any)
		want string
	}{
		{"nothing at all", func(f map[string]any) { clear(f) },
			"invalid /address:required /altcha:required /company:required /email:required /lang:required /phone:required"},
		{"everything wrong", func(f map[string]any) {
			f["company"], f["address"], f["email"], f["phone"], f["lang"] = " ", strings.Repeat("x", 501), "ali@", "none", "de"
		}, "invalid /address:too_long /company:format /email:email /lang:choice /phone:format"},
		{"an address beyond ASCII", func(f map[string]any) { f["email"] = "ali@é.ma" }, "invalid /email:email"},
		{"an address with a name", func(f map[string]any) { f["email"] = "Ali <ali@a.ma>" }, "invalid /email:email"},
		{"an unknown field", func(f map[string]any) { f["role"] = "administrator" }, "invalid :unknown_field"},
		{"a number for a text", func(f map[string]any) { f["company"] = 7 }, "invalid /company:type"},
		{"a captcha that is none", func(f map[string]any) { f["altcha"] = "x" }, "captcha_refused"},
	} {
		form := map[string]any{"company": "A", "address": "B", "email": "a@b.example", "phone": "0528000000", "lang": "fr", "altcha": payload}
		s.edit(form)
		if got := c.Do(http.MethodPost, registrations, form); got.Status != http.StatusUnprocessableEntity || got.Problem() != s.want {
			t.Errorf("%s: %d %q, want %q", s.why, got.Status, got.Problem(), s.want)
		}
	}
	c.Do(http.MethodPost, registrations, []byte("{")).Want(http.StatusBadRequest, "not_json")
	c.DoWith(http.Header{"Sec-Fetch-Site": {"cross-site"}}, http.MethodPost, registrations, map[string]any{}).Want(http.StatusForbidden, "cross_origin")
	c.Portal.Settle()
	if letters := c.Portal.Post.Take(); len(letters) != 0 {
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
}

func TestARegistrationWritesEverythingItNeeds(t *testing.T) {
	p := open(t)
	c := p.Client()
	c.Register("Yasmine@Argan.example")
	id, err := registry.HolderOf(t.Context(), p.Ports.People, "yasmine@argan.EXAMPLE")
	if err != nil || id == "" {
		t.Fatalf("%q %v", id, err)
	}
	person, err := registry.Person(t.Context(), p.Ports.People, id)
	if err != nil {
		t.Fatal(err)
	}
	if person.Status != people.Pending || person.Email != "Yasmine@Argan.example" || person.Password != "" || person.Version != 1 || len(person.Memberships) != 1 {
		t.Errorf("%+v", person)
	}
	company, err := registry.Organisation(t.Context(), p.Ports.People, person.Memberships[0].Organisation)
	if err != nil {
		t.Fatal(err)
	}
	if company.Kind != people.Operator || company.Name != "Argan Export SARL" || company.Subscription != "" || company.Address == "" {
		t.Errorf("%+v", company)
	}
	if rows := p.Rows(people.OrganisationPK(company.ID), "member#"); len(rows) != 1 || rows[0].SK != people.MemberSK(id) {
		t.Errorf("members %v", rows)
	}
	if rows := p.Rows(registry.Directory, "operator#argan export sarl#"); len(rows) != 1 {
		t.Errorf("directory %v", rows)
	}
	if rows := p.Rows(people.PersonPK(id), "mail#"); len(rows) != 0 {
		t.Errorf("letters left %v", rows)
	}
}

func TestNoLinkNorAddressIsInAKey(t *testing.T) {
	p := open(t)
	c := p.Client()
	token := c.Register("yasmine@argan.example")
	for _, pk := range []string{people.EmailPK("yasmine@argan.example"), "link#" + people.Hash(token)} {
		rows := p.Rows(pk, "")
		if len(rows) != 1 {
			t.Fatalf("%d rows", len(rows))
		}
		if said := rows[0].PK + rows[0].SK + string(rows[0].Value); strings.Contains(said, token) || strings.Contains(said, "argan") {
			t.Errorf("%s", said)
		}
	}
}

func TestATakenEmailIsSaidWhateverItsCaseOrState(t *testing.T) {
	p := open(t)
	c := p.Client()
	token := c.Register("yasmine@argan.example")
	c.Do(http.MethodPost, registrations, c.Registration("YASMINE@argan.example")).Want(http.StatusConflict, "email_taken")
	c.Choose(token, accounttest.Password).Want(http.StatusNoContent, "")
	french := c.DoWith(http.Header{"Accept-Language": {"fr"}}, http.MethodPost, registrations, c.Registration("yasmine@argan.example"))
	if french.Want(http.StatusConflict, "email_taken"); !strings.Contains(string(french.Raw), "Cet email est déjà utilisé\u00a0!") {
		t.Errorf("%s", french.Raw)
	}
}

func TestAProofOfWorkIsSpentOnce(t *testing.T) {
	p := open(t)
	c := p.Client()
	form := c.Registration("one@argan.example")
	c.Do(http.MethodPost, registrations, form).Want(http.StatusAccepted, "")
	form["email"] = "two@argan.example"
	c.Do(http.MethodPost, registrations, form).Want(http.StatusUnprocessableEntity, "captcha_refused")

	taken := c.Registration("one@argan.example")
	c.Do(http.MethodPost, registrations, taken).Want(http.StatusConflict, "email_taken")
	taken["email"] = "three@argan.example"
	c.Do(http.MethodPost, registrations, taken).Want(http.StatusUnprocessableEntity, "captcha_refused")

	late := c.Registration("two@argan.example")
	p.Wait(altcha.Valid)
	c.Do(http.MethodPost, registrations, late).Want(http.StatusUnprocessableEntity, "captcha_refused")
}

func TestAForgedProofOfWorkIsRefused(t *testing.T) {
	c := open(t).Client()
	forged, ok := altcha.Solve(altcha.New([32]byte{1}, accounttest.Noon).Signed(make([]byte, 32)))
	if !ok {
		t.Fatal("no solution")
	}
	payload, err := forged.Payload()
	if err != nil {
		t.Fatal(err)
	}
	form := c.Registration("one@argan.example")
	form["altcha"] = payload
	c.Do(http.MethodPost, registrations, form).Want(http.StatusUnprocessableEntity, "captcha_refused")
}

func TestARepeatedRegistrationAnswersAsTheFirstAndDoesNothing(t *testing.T) {
	p := open(t)
	c := p.Client()
	key := http.Header{"Idempotency-Key": {"k1"}}
	form := c.Registration("one@argan.example")
	raw, err := json.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	c.DoWith(key, http.MethodPost, registrations, raw).Want(http.StatusAccepted, "")
	c.DoWith(key, http.MethodPost, registrations, raw).Want(http.StatusAccepted, "")
	form["company"] = "Other"
	c.DoWith(key, http.MethodPost, registrations, form).Want(http.StatusUnprocessableEntity, "idempotency_key_reused")
	p.Settle()
	if letters := p.Post.Take(); len(letters) != 1 {
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
}

func TestOneAddressMayNotBeTriedOverAndOver(t *testing.T) {
	p := open(t)
	p.Client().Register("one@argan.example")
	for range 4 {
		c := p.Client() // each from elsewhere
		c.Do(http.MethodPost, registrations, c.Registration("one@argan.example")).Want(http.StatusConflict, "email_taken")
	}
	c := p.Client()
	c.Do(http.MethodPost, registrations, c.Registration("one@argan.example")).Want(http.StatusTooManyRequests, "too_many_requests")
	p.Wait(time.Hour)
	c.Do(http.MethodPost, registrations, c.Registration("one@argan.example")).Want(http.StatusConflict, "email_taken")
}

func TestOneClientMayNotRegisterWithoutEnd(t *testing.T) {
	p := open(t)
	c := p.Client()
	form := c.Registration("one@argan.example")
	form["altcha"] = "x" // refused, but counted
	for range 30 {
		c.Do(http.MethodPost, registrations, form).Want(http.StatusUnprocessableEntity, "captcha_refused")
	}
	c.Do(http.MethodPost, registrations, form).Want(http.StatusTooManyRequests, "too_many_requests")
	p.Client().Do(http.MethodPost, registrations, form).Want(http.StatusUnprocessableEntity, "captcha_refused")
}
