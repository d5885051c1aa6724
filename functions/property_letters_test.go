package main

import (
	"fmt"
	"slices"
	"strings"

	"portal/functions/certificates"
	"portal/infra/local"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// post is every letter that went out, and how often.
type post struct {
	read   uint64
	sent   map[string]int
	warned map[string]calendar.Date // of the drafts about to be swept away, when
	fresh  []local.Handover         // not yet held against what calls for them
}

// collect reads the letters that went out since; each went out once.
func (p *post) collect(r *rivalry) {
	r.Helper()
	for _, letter := range r.h.handovers(&p.read) {
		if p.sent[letter.ID]++; p.sent[letter.ID] > 1 {
			r.Errorf("%d times the letter %s", p.sent[letter.ID], letter.ID)
		}
		if letter.Kind == "stale_draft" {
			p.warned[letter.ID] = calendar.DateIn(letter.At)
		}
		p.fresh = append(p.fresh, letter)
		r.tried.saw("letter " + letter.Kind)
	}
}

// expectedLetters are the letters that a dossier's events call for.
func expectedLetters(id string, events []dossier.Event) map[string]bool {
	kinds := map[dossier.Action]string{
		conformity.Submit: "conformity_deposited", conformity.Assign: "conformity_assigned", conformity.Reassign: "conformity_assigned",
		conformity.AskComplement: "conformity_complement", conformity.AskAnalyses: "conformity_analyses",
		conformity.PlanVisit: "conformity_visit_planned", conformity.CloseVisit: "conformity_visit_closed", conformity.Close: "conformity_closed",
	}
	letters := map[string]bool{}
	for _, e := range events {
		if kind := kinds[e.Action]; kind != "" {
			letters[fmt.Sprintf("%s-%d-%s", id, e.N, kind)] = true
		}
	}
	return letters
}

// call is the letters that a change of a certificate calls for: the holder's,
// under an id, and one to each supervisor of the bureau, or none.
type call struct {
	id     string
	bureau bool
}

// callFor is what a change of a certificate calls for; an empty id for nothing.
func callFor(e certificates.Entry, event certificates.Event, edition int) call {
	number := e.Number.String()
	if edition > 0 {
		number = fmt.Sprintf("%s-%d", number, edition)
	}
	switch event.Action {
	case certificates.ActionExpire:
		if e.IsStatement() {
			return call{number + "-lapsed", true}
		}
		return call{number + "-expired", true}
	case certificates.ActionReplace:
		if event.To == certificate.Replaced {
			return call{number + "-replaced", true}
		}
	case certificates.ActionRevoke:
		return call{number + "-revoked", true}
	case certificates.ActionWithdraw:
		return call{number + "-withdrawn", true}
	case certificates.ActionUseUp:
		return call{number + "-used_up", false}
	}
	return call{}
}

// told holds the letters against what events call for: each once.
func (r *rivalry) told(want map[string]bool) {
	r.Helper()
	r.post.collect(r)
	for _, letter := range r.post.fresh {
		switch {
		case strings.HasPrefix(letter.Kind, "conformity_") && !want[letter.ID]:
			r.Errorf("nothing calls for the letter %s", letter.ID)
		case strings.Contains(letter.Kind, "_reminder"):
			r.timely(letter.ID, calendar.DateIn(letter.At))
		}
	}
	r.post.fresh = nil
	for id := range want {
		if r.post.sent[id] == 0 {
			r.Errorf("the letter %s never went out", id)
		}
	}
	for _, k := range r.register {
		for _, c := range k.calls {
			r.answered(k, c)
		}
	}
}

// answered checks that holder and bureau were told of a change.
func (r *rivalry) answered(k *kept, c call) {
	r.Helper()
	if k.Holder != "" && r.post.sent[c.id] == 0 {
		r.Errorf("%s never went out", c.id)
	}
	for _, name := range supervisors[k.Body] {
		if id := c.id + "-" + r.h.marks[name]; c.bureau && r.post.sent[id] == 0 {
			r.Errorf("%s never went out", id)
		}
	}
}

// timely checks that a reminder is one of the policy's and went out between its
// day and the last day of the certificate.
func (r *rivalry) timely(id string, on calendar.Date) {
	r.Helper()
	number, what, _ := strings.Cut(id, "-reminder-")
	if parts := strings.Split(number, "-"); len(parts) == 5 {
		number = strings.Join(parts[:4], "-") // without the edition
	}
	var offset int
	if _, err := fmt.Sscanf(what, "%d", &offset); err != nil {
		r.Errorf("reminder %s: %v", id, err)
	}
	k := r.register[number]
	if k == nil || !slices.Contains(certificate.DefaultPolicy().Reminders(k.Kind()), offset) {
		r.Errorf("reminder %s of %+v", id, k)
		return
	}
	if left := on.DaysUntil(k.Expires); k.Edition == 0 && (left < 0 || left > offset) {
		r.Errorf("reminder %s on %s, the last day is %s", id, on, k.Expires)
	}
}
