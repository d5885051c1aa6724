package accounts_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"testing"

	"portal/functions/accounts"
	"portal/functions/accounts/accounttest"
	"portal/functions/mail"
)

func open(t *testing.T) *accounttest.Portal {
	t.Helper()
	t.Parallel()
	return accounttest.Open(t, accounts.Steps, mail.Steps)
}

// TestFromRegistrationToSigningOut is the whole story over a real connection,
// by a browser with a cookie jar.
func TestFromRegistrationToSigningOut(t *testing.T) {
	p := open(t)
	server := httptest.NewServer(p.API)
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := server.Client()
	browser.Jar = jar
	do := func(method, path string, body any, want int) []byte {
		t.Helper()
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var said bytes.Buffer
		if _, err := said.ReadFrom(answer.Body); err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != want {
			t.Fatalf("%s %s: %s %s", method, path, answer.Status, said.Bytes())
		}
		return said.Bytes()
	}

	do("GET", "/api/accounts/me", nil, http.StatusUnauthorized)
	c := p.Client()
	do("POST", "/api/accounts/registrations", c.Registration("Yasmine@Argan.example"), http.StatusAccepted)
	do("POST", "/api/accounts/sessions", map[string]string{"email": "yasmine@argan.example", "password": accounttest.Password}, http.StatusUnauthorized)
	token := c.LastToken("account_creation")
	do("POST", "/api/accounts/password-creations", map[string]string{"token": token, "password": accounttest.Password, "again": accounttest.Password}, http.StatusNoContent)
	do("POST", "/api/accounts/sessions", map[string]string{"email": "yasmine@argan.example", "password": accounttest.Password}, http.StatusNoContent)

	var me struct {
		Email, Lang, Home, Name string
		Memberships             []struct {
			Name, Kind string
			Roles      []string
		}
	}
	if err := json.Unmarshal(do("GET", "/api/accounts/me", nil, http.StatusOK), &me); err != nil {
		t.Fatal(err)
	}
	if me.Email != "Yasmine@Argan.example" || me.Home != "subscription" || me.Lang != "fr" || len(me.Memberships) != 1 ||
		me.Memberships[0].Name != "Argan Export SARL" || !slices.Equal(me.Memberships[0].Roles, []string{"declarant", "company_admin"}) {
		t.Errorf("%+v", me)
	}
	do("DELETE", "/api/accounts/sessions/current", nil, http.StatusNoContent)
	do("GET", "/api/accounts/me", nil, http.StatusUnauthorized)
	p.Settle()
	if letters := p.Post.Take(); len(letters) != 0 {
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
}
