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

// letters waits until exactly these letters about a certificate have come to
// the declarant, each once, and checks that each leads to where something can
// be done about it.
func (p *play) letters(ctx context.Context, number, link string, want ...string) error {
	slices.Sort(want)
	deadline := time.Now().Add(p.Away + 10*time.Second)
	for {
		mails, err := p.declarant.Mails(ctx, p.declarant.Email)
		if err == nil {
			about := slices.DeleteFunc(mails, func(m client.Mail) bool { return !strings.HasPrefix(m.ID, number+"-") })
			if got, complete := p.complete(number, about, want); complete {
				return p.follow(about, link)
			} else if time.Now().After(deadline) {
				return surprise("letters about %s: %v, expected %v", number, got, want)
			}
		} else if time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// promptly is letters about what has just been done. A portal that is killed may
// leave them to the next day's sweep.
func (p *play) promptly(ctx context.Context, number, link string, want ...string) error {
	if p.Killed || p.Still {
		return nil
	}
	return p.letters(ctx, number, link, want...)
}

// complete tells what letters say, and whether that is all, each once.
func (p *play) complete(number string, letters []client.Mail, want []string) ([]string, bool) {
	var got []string
	for _, m := range letters {
		got = append(got, strings.TrimPrefix(m.ID, number+"-"))
	}
	slices.Sort(got)
	if !p.Killed {
		return got, slices.Equal(got, want)
	}
	got = slices.Compact(got)
	sent := slices.DeleteFunc(slices.Clone(want), func(what string) bool {
		return strings.HasPrefix(what, "reminder-") && !slices.Contains(got, what)
	})
	return got, slices.Equal(got, sent)
}

// follow tells the letters, oldest first, and looks where they lead.
func (p *play) follow(letters []client.Mail, link string) error {
	for _, m := range slices.Backward(letters) {
		p.declarant.say("courriel : « %s »", m.Subject)
		if !strings.Contains(m.Text, p.Base+link) {
			return surprise("« %s » does not lead to %s", m.Subject, link)
		}
	}
	return nil
}
