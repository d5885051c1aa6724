package story

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"portal/demo/client"
)

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

// public is what anybody is told of a certificate.
type public struct {
	Status     string `json:"status"`
	Label      string `json:"status_label"`
	Lines      int    `json:"lines"`
	Until      string `json:"expires"`
	ReplacedBy string `json:"replaced_by"`
}

// check asks the public page of a certificate, without a session.
func (p *play) check(ctx context.Context, number, status string, lines int) (public, error) {
	anybody := p.actor("Quiconque", "")
	var is public
	if err := anybody.get(ctx, "/api/certificates/"+number, &is); err != nil {
		return is, err
	}
	if is.Status != status || is.Lines != lines {
		return is, surprise("the public check of %s says %s with %d lines, expected %s with %d", number, is.Status, is.Lines, status, lines)
	}
	answer, _, err := anybody.retry(ctx, func() (*client.Answer, error) { return anybody.Do(ctx, http.MethodGet, "/c/"+number, nil) })
	if err != nil {
		return is, err
	}
	for _, secret := range []string{p.declarant.Email, p.importer.name, p.importer.company} {
		if strings.Contains(string(answer.Body), secret) {
			return is, surprise("the public page tells who it was for")
		}
	}
	anybody.say("vérifie %s : %s, jusqu'au %s", number, is.Label, is.Until)
	return is, nil
}
