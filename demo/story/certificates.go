package story

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/demo/client"
)

// certificates waits for the CoC and the NCR, downloads both, and checks the
// CoC as anybody can.
func (p *play) certificates(ctx context.Context) error {
	letter, err := p.declarant.mail(ctx, "conformity_closed")
	if err != nil {
		return err
	}
	p.declarant.say("courriel : « %s »", letter.Subject)
	if err := p.declarant.reload(ctx, &p.dossier); err != nil {
		return err
	}
	for _, c := range p.dossier.Certificates {
		switch c.Kind {
		case "COC":
			p.coc = c.Number
		case "NCR":
			p.ncr = c.Number
		}
	}
	if p.coc == "" || p.ncr == "" || len(p.dossier.Certificates) != 2 {
		return surprise("the dossier has the certificates %v", p.dossier.Certificates)
	}
	for _, number := range []string{p.coc, p.ncr} {
		if err := p.download(ctx, number); err != nil {
			return err
		}
	}
	return p.check(ctx, "valid")
}

func (p *play) download(ctx context.Context, number string) error {
	var link struct {
		URL string `json:"url"`
	}
	if err := p.declarant.get(ctx, "/api/certificates/"+number+"/paper", &link); err != nil {
		return err
	}
	answer, _, err := p.declarant.retry(ctx, func() (*client.Answer, error) { return p.declarant.Do(ctx, http.MethodGet, link.URL, nil) })
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK || !bytes.HasPrefix(answer.Body, []byte("%PDF-")) {
		return surprise("download of %s: %s", number, told(answer))
	}
	p.declarant.say("télécharge %s (%d ko)", number, len(answer.Body)/1024)
	return nil
}

// check asks the public page, without a session.
func (p *play) check(ctx context.Context, want string) error {
	anybody := p.actor("Quiconque", "")
	var public struct {
		Status string `json:"status"`
		Label  string `json:"status_label"`
		Lines  int    `json:"lines"`
		Until  string `json:"expires"`
	}
	if err := anybody.get(ctx, "/api/certificates/"+p.coc, &public); err != nil {
		return err
	}
	if public.Status != want || public.Lines != 11 {
		return surprise("the public check says %s with %d lines, expected %s with 11", public.Status, public.Lines, want)
	}
	answer, _, err := anybody.retry(ctx, func() (*client.Answer, error) { return anybody.Do(ctx, http.MethodGet, "/c/"+p.coc, nil) })
	if err != nil {
		return err
	}
	page := string(answer.Body)
	for _, secret := range []string{p.declarant.Email, "Samira Bennani", "Comptoir Chaouia"} {
		if strings.Contains(page, secret) {
			return surprise("the public page tells who it was for")
		}
	}
	anybody.say("vérifie %s : %s, jusqu'au %s", p.coc, public.Label, public.Until)
	return nil
}

// expire travels three months: four reminders, then the expiry, each once.
func (p *play) expire(ctx context.Context) error {
	now, err := p.now(ctx)
	if err != nil {
		return err
	}
	to := now.AddDate(0, 3, 2)
	_, _, err = p.declarant.retry(ctx, func() (*client.Answer, error) {
		return p.declarant.Do(ctx, http.MethodPost, "/local/clock", map[string]time.Time{"to": to})
	})
	if err != nil {
		return err
	}
	if _, err := p.declarant.mail(ctx, "certificate_expired"); err != nil {
		return err
	}
	if err := p.check(ctx, "expired"); err != nil {
		return err
	}
	if err := p.reminded(ctx); err != nil {
		return err
	}
	// The session has ended with the hours that passed.
	if err := p.declarant.refused(ctx, http.MethodGet, "/api/accounts/me", nil, http.StatusUnauthorized, "unauthenticated"); err != nil {
		return err
	}
	return p.declarant.signIn(ctx, newPassword)
}

// reminded counts the letters: every reminder of the CoC came exactly once.
func (p *play) reminded(ctx context.Context) error {
	mails, err := p.declarant.Mails(ctx, p.declarant.Email)
	if err != nil {
		return err
	}
	var ids []string
	for _, m := range mails {
		if strings.HasPrefix(m.Kind, "certificate_") {
			ids = append(ids, m.ID)
			p.declarant.say("courriel : « %s »", m.Subject)
		}
	}
	slices.Sort(ids)
	want := []string{p.coc + "-expired", p.coc + "-reminder-0", p.coc + "-reminder-15", p.coc + "-reminder-30", p.coc + "-reminder-7"}
	if p.Killed {
		ids = slices.Compact(ids)
		want = slices.DeleteFunc(want, func(id string) bool { return !slices.Contains(ids, id) && id != p.coc+"-expired" })
	}
	if !slices.Equal(ids, want) {
		return surprise("letters about the certificate: %v", ids)
	}
	return nil
}
