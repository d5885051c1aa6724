package accounttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"portal/shared/altcha"
	"portal/shared/problem"
)

// Client is a browser: it keeps cookies and has an address of its own.
type Client struct {
	Portal  *Portal
	Cookies map[string]string
	Header  http.Header // sent with every request
	address string
}

// Client opens a browser at an address of its own.
func (p *Portal) Client() *Client {
	p.next++
	return &Client{Portal: p, Cookies: map[string]string{}, Header: http.Header{"User-Agent": {"Firefox"}}, address: fmt.Sprintf("192.0.2.%d:40000", p.next)}
}

// Answer is what came back.
type Answer struct {
	*testing.T
	Status int
	Header http.Header
	Raw    []byte
	Sent   []*http.Cookie
}

// Do sends a request; body is sent as JSON unless nil, and as it is when []byte.
func (c *Client) Do(method, path string, body any) Answer {
	c.Portal.Helper()
	return c.DoWith(nil, method, path, body)
}

// DoWith is Do with more headers.
func (c *Client) DoWith(header http.Header, method, path string, body any) Answer {
	c.Portal.Helper()
	raw, ok := body.([]byte)
	if !ok && body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			c.Portal.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	r.RemoteAddr = c.address
	r.Header = http.Header{}
	maps.Copy(r.Header, c.Header)
	maps.Copy(r.Header, header)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Cookies)) {
		r.AddCookie(&http.Cookie{Name: name, Value: c.Cookies[name]})
	}
	w := httptest.NewRecorder()
	c.Portal.API.ServeHTTP(w, r)
	answer := w.Result()
	for _, cookie := range answer.Cookies() {
		if cookie.MaxAge < 0 {
			delete(c.Cookies, cookie.Name)
		} else {
			c.Cookies[cookie.Name] = cookie.Value
		}
	}
	return Answer{T: c.Portal.T, Status: answer.StatusCode, Header: answer.Header, Raw: w.Body.Bytes(), Sent: answer.Cookies()}
}

// JSON reads the answer's body.
func (a Answer) JSON(v any) {
	a.Helper()
	if err := json.Unmarshal(a.Raw, v); err != nil {
		a.Fatalf("%v in %.300s", err, a.Raw)
	}
}

// Problem is the answer's problem: its code, then each fault as pointer:code,
// in the order given. "" for an answer that is none.
func (a Answer) Problem() string {
	a.Helper()
	if !strings.HasPrefix(a.Header.Get("Content-Type"), problem.ContentType) {
		return ""
	}
	var b problem.Body
	a.JSON(&b)
	if b.Status != a.Status || b.Title == "" || b.Detail == "" || strings.HasPrefix(b.Title, "problem.") || strings.HasPrefix(b.Detail, "problem.") {
		a.Errorf("problem without words: %s", a.Raw)
	}
	said := b.Code
	for _, f := range b.Errors {
		said += " " + f.Pointer + ":" + f.Code
		if strings.HasPrefix(f.Message, "fault.") || strings.Contains(f.Message, "{") {
			a.Errorf("fault without words: %s", f.Message)
		}
	}
	return said
}

// Want checks status and problem, and gives the answer on.
func (a Answer) Want(status int, problem string) Answer {
	a.Helper()
	if got := a.Problem(); a.Status != status || got != problem {
		a.Fatalf("%d %q, want %d %q: %.400s", a.Status, got, status, problem, a.Raw)
	}
	return a
}

// Solve gets a challenge and solves it.
func (c *Client) Solve() string {
	c.Portal.Helper()
	var challenge altcha.Challenge
	c.Do(http.MethodGet, "/api/accounts/challenge", nil).Want(http.StatusOK, "").JSON(&challenge)
	s, ok := altcha.Solve(challenge)
	if !ok {
		c.Portal.Fatal("the challenge has no solution")
	}
	payload, err := s.Payload()
	if err != nil {
		c.Portal.Fatal(err)
	}
	return payload
}

// Password is strong, and nobody's own data.
const Password = "girafe tournevis marmelade"

// Registration is a complete form for this e-mail.
func (c *Client) Registration(email string) map[string]any {
	c.Portal.Helper()
	return map[string]any{
		"company": "Argan Export SARL", "address": "1, rue du Port, Agadir", "email": email,
		"phone": "+212 5 28 00 00 00", "name": "Yasmine El Amrani", "lang": "fr", "altcha": c.Solve(),
	}
}

// Register registers an e-mail and gives the token of the link received.
func (c *Client) Register(email string) string {
	c.Portal.Helper()
	c.Do(http.MethodPost, "/api/accounts/registrations", c.Registration(email)).Want(http.StatusAccepted, "")
	return c.LastToken("account_creation")
}

// LastToken is the token in the one letter sent since, of this kind.
func (c *Client) LastToken(kind string) string {
	c.Portal.Helper()
	c.Portal.Settle()
	letters := c.Portal.Post.Take()
	if len(letters) != 1 || letters[0].Kind != kind {
		c.Portal.Fatalf("letters %v, want one %s", Kinds(letters), kind)
	}
	return c.Portal.Token(letters[0])
}

// Choose creates the password of an account by its link.
func (c *Client) Choose(token, password string) Answer {
	c.Portal.Helper()
	return c.Do(http.MethodPost, "/api/accounts/password-creations", map[string]string{"token": token, "password": password, "again": password})
}

// SignIn tries an e-mail and a password.
func (c *Client) SignIn(email, password string) Answer {
	c.Portal.Helper()
	return c.Do(http.MethodPost, "/api/accounts/sessions", map[string]string{"email": email, "password": password})
}

// Join registers an e-mail, creates Password and signs in.
func (c *Client) Join(email string) *Client {
	c.Portal.Helper()
	c.Choose(c.Register(email), Password).Want(http.StatusNoContent, "")
	c.SignIn(email, Password).Want(http.StatusNoContent, "")
	return c
}
