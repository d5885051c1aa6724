package story

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/demo/client"
)

// travel puts the portal's clock forward; every schedule on the way runs.
func (p *play) travel(ctx context.Context, to time.Time) error {
	answer, again, err := p.declarant.retry(ctx, func() (*client.Answer, error) {
		return p.declarant.Do(ctx, http.MethodPost, "/local/clock", map[string]time.Time{"to": to})
	})
	if err != nil {
		return err
	}
	// After a lost answer it may be that late already.
	if answer.Status != http.StatusOK && !again {
		return surprise("clock: %s", told(answer))
	}
	return nil
}

// reunite has everybody sign in again: their sessions have ended with the hours
// that passed.
func (p *play) reunite(ctx context.Context) error {
	if err := p.declarant.signIn(ctx, newPassword); err != nil {
		return err
	}
	return p.officers(ctx)
}

// letters checks that exactly these letters about a certificate came to the
// declarant, each once, and that each leads to where something can be done
// about it, if link says where.
func (p *play) letters(ctx context.Context, number, link string, want ...string) error {
	mails, err := p.declarant.Mails(ctx, p.declarant.Email)
	if err != nil {
		return err
	}
	var got []string
	for _, m := range slices.Backward(mails) {
		what, about := strings.CutPrefix(m.ID, number+"-")
		if !about {
			continue
		}
		got = append(got, what)
		p.declarant.say("courriel : « %s »", m.Subject)
		if !strings.Contains(m.Text, link) {
			return surprise("« %s » does not lead to %s", m.Subject, link)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if p.Killed {
		got = slices.Compact(got)
		want = slices.DeleteFunc(want, func(what string) bool { return strings.HasPrefix(what, "reminder-") && !slices.Contains(got, what) })
	}
	if !slices.Equal(got, want) {
		return surprise("letters about %s: %v, expected %v", number, got, want)
	}
	return nil
}
