// Package story plays whole lives of conformity requests against a running
// portal, as people would: nothing but HTTP, mails read in the mailbox. It is
// the demonstration, and, with a portal killed under it, the proof that nothing
// acknowledged is lost.
package story

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/demo/client"
)

// Surprise is an answer that the story did not expect.
type Surprise struct{ What string }

func (s *Surprise) Error() string { return "surprise: " + s.What }

func surprise(format string, args ...any) error { return &Surprise{What: fmt.Sprintf(format, args...)} }

// actor is one person with a browser, who tries again while the portal is away.
type actor struct {
	*client.Client
	Email string
	Name  string
	out   io.Writer
	away  time.Duration // how long the portal may be away
}

// dossier is what actors read of a dossier.
type dossier struct {
	ID            string   `json:"id"`
	Number        string   `json:"number"`
	Status        string   `json:"status"`
	StatusLabel   string   `json:"status_label"`
	Version       int64    `json:"version"`
	Lines         int      `json:"lines"`
	Response      string   `json:"response"`
	ResponseLabel string   `json:"response_label"`
	Allowed       []string `json:"allowed_actions"`
	Missing       []struct {
		Pointer string `json:"pointer"`
		Message string `json:"message"`
	} `json:"missing"`
	Documents []struct {
		ID   string `json:"id"`
		Kind string `json:"kind"`
	} `json:"documents"`
	Certificates []struct {
		Kind    string `json:"kind"`
		Number  string `json:"number"`
		Expires string `json:"expires"`
	} `json:"certificates"`
}

// read takes the dossier from an answer; what the answer leaves out is gone.
func (d *dossier) read(answer *client.Answer) error {
	*d = dossier{}
	return answer.Decode(d)
}

// retry repeats a request until it is answered: a portal that was killed comes
// back. An answer of any status ends it.
func (a *actor) retry(ctx context.Context, do func() (*client.Answer, error)) (*client.Answer, bool, error) {
	deadline := time.Now().Add(a.away)
	for tries := 0; ; tries++ {
		answer, err := do()
		if err == nil && answer.Status != http.StatusServiceUnavailable {
			return answer, tries > 0, nil
		}
		if err == nil {
			err = surprise("the portal is unavailable")
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return nil, true, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// get reads path into v.
func (a *actor) get(ctx context.Context, path string, v any) error {
	answer, _, err := a.retry(ctx, func() (*client.Answer, error) { return a.Do(ctx, http.MethodGet, path, nil) })
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return surprise("GET %s: %s", path, told(answer))
	}
	return answer.Decode(v)
}

// post does a step under a key of its own: repeated, it does nothing twice.
func (a *actor) post(ctx context.Context, path string, body any, want int, options ...client.Option) (*client.Answer, error) {
	options = append(options, client.Once(rand.Text()))
	answer, _, err := a.retry(ctx, func() (*client.Answer, error) {
		return a.Do(ctx, http.MethodPost, path, body, options...)
	})
	if err != nil {
		return nil, err
	}
	if answer.Status != want {
		return answer, surprise("POST %s: %s, expected %d", path, told(answer), want)
	}
	return answer, nil
}

// reload reads the dossier as this person sees it.
func (a *actor) reload(ctx context.Context, d *dossier) error {
	now := dossier{}
	err := a.get(ctx, "/api/conformity/dossiers/"+d.ID, &now)
	*d = now
	return err
}

// put replaces a part of a draft. After a lost answer the part may be there
// already, under a newer version: putting the same again is harmless.
func (a *actor) put(ctx context.Context, d *dossier, path string, body any) error {
	for {
		answer, again, err := a.retry(ctx, func() (*client.Answer, error) {
			return a.Do(ctx, http.MethodPut, path, body, client.IfMatch(tag(d)))
		})
		if err != nil {
			return err
		}
		if answer.Status == http.StatusPreconditionFailed && again {
			if err := a.reload(ctx, d); err != nil {
				return err
			}
			continue
		}
		if answer.Status != http.StatusOK {
			return surprise("PUT %s: %s", path, told(answer))
		}
		return d.read(answer)
	}
}

// step does a step on a dossier as it stands, reads what became of it, and tells.
func (a *actor) step(ctx context.Context, d *dossier, name string, body any, status string) error {
	if err := a.silently(ctx, d, name, body, status); err != nil {
		return err
	}
	a.say("%s → %s", deeds[name], d.StatusLabel)
	return nil
}

// silently is step without a word.
func (a *actor) silently(ctx context.Context, d *dossier, name string, body any, status string) error {
	answer, err := a.post(ctx, "/api/conformity/dossiers/"+d.ID+"/"+name, body, http.StatusOK, client.IfMatch(tag(d)))
	if err != nil {
		return err
	}
	if err := d.read(answer); err != nil {
		return err
	}
	if d.Status != status {
		return surprise("after %s the dossier is %s, expected %s", name, d.Status, status)
	}
	return nil
}

// deeds are what people say of the steps.
var deeds = map[string]string{
	"deposits": "dépose", "assignments": "affecte le dossier", "takings-in-charge": "prend en charge",
	"reviews": "accepte les pièces", "complement-requests": "demande un complément", "complement-answers": "fournit le complément",
	"visits": "programme une visite", "visit-reports": "rend compte de la visite", "verdicts": "donne son avis", "answers": "clôture",
	"goods-imports": "importe les marchandises",
}

// upload puts a PDF in the store and returns the name a step knows it by.
func (a *actor) upload(ctx context.Context, d *dossier, data []byte) (string, error) {
	return a.putFile(ctx, d, "uploads", map[string]any{"size": len(data)}, "document.pdf", "application/pdf", data)
}

// putFile asks for a form and posts a file with it, straight to the store.
func (a *actor) putFile(ctx context.Context, d *dossier, noun string, asked map[string]any, filename, contentType string, data []byte) (string, error) {
	var granted struct {
		Upload string      `json:"upload"`
		Form   client.Form `json:"form"`
	}
	answer, err := a.post(ctx, "/api/conformity/dossiers/"+d.ID+"/"+noun, asked, http.StatusCreated)
	if err != nil {
		return "", err
	}
	if err := answer.Decode(&granted); err != nil {
		return "", err
	}
	answer, _, err = a.retry(ctx, func() (*client.Answer, error) {
		return a.Post(ctx, granted.Form, filename, contentType, data)
	})
	if err != nil {
		return "", err
	}
	if answer.Status >= 300 {
		return "", surprise("upload: %s", told(answer))
	}
	return granted.Upload, nil
}

// refused does a request that the portal must refuse with this problem.
func (a *actor) refused(ctx context.Context, method, path string, body any, status int, code string, options ...client.Option) error {
	answer, _, err := a.retry(ctx, func() (*client.Answer, error) { return a.Do(ctx, method, path, body, options...) })
	if err != nil {
		return err
	}
	if answer.Status != status || answer.Problem().Code != code {
		return surprise("%s %s: %s, expected to be refused with %d %s", method, path, told(answer), status, code)
	}
	a.say("refusé comme il se doit : %s", answer.Problem().Title)
	return nil
}

// mail waits for the newest letter of a kind whose subject names something,
// while the portal may be away.
func (a *actor) mail(ctx context.Context, kind, about string) (client.Mail, error) {
	ctx, cancel := context.WithTimeout(ctx, a.away+10*time.Second)
	defer cancel()
	for {
		mails, err := a.Mails(ctx, a.Email)
		if i := slices.IndexFunc(mails, func(m client.Mail) bool { return m.Kind == kind && strings.Contains(m.Subject, about) }); err == nil && i >= 0 {
			return mails[i], nil
		}
		select {
		case <-ctx.Done():
			return client.Mail{}, surprise("no letter %s about %q came", kind, about)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (a *actor) say(format string, args ...any) {
	fmt.Fprintf(a.out, "  %-22s %s\n", a.Name, fmt.Sprintf(format, args...))
}

func tag(d *dossier) string { return fmt.Sprintf("%q", fmt.Sprint(d.Version)) }

func told(a *client.Answer) string {
	p := a.Problem()
	if p.Code == "" {
		return fmt.Sprint(a.Status)
	}
	faults, _ := json.Marshal(p.Errors)
	return fmt.Sprintf("%d %s %s", a.Status, p.Code, faults)
}
