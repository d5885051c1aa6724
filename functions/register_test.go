package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/demo/client"
	"portal/shared/calendar"
)

// record is a certificate as its holder or its bureau reads it.
type record struct {
	Number   string `json:"number"`
	Status   string `json:"status"`
	Version  int64  `json:"version"`
	Former   string `json:"former"`
	Expires  string `json:"expires"`
	Editions int    `json:"editions"`
	Under    string `json:"under"`
	Lines    int    `json:"lines"`
	Next     int    `json:"next"`
	Goods    []struct {
		N  int    `json:"n"`
		HS string `json:"hs"`
	} `json:"goods"`
	Holder struct {
		Organisation string `json:"organisation"`
		Name         string `json:"name"`
		TaxID        string `json:"tax_id"`
	} `json:"holder"`
	Parties *struct {
		Exporter struct {
			Name string `json:"name"`
		} `json:"exporter"`
	} `json:"parties"`
	Revoked *struct {
		Reason    string `json:"reason"`
		Withdrawn bool   `json:"withdrawn"`
	} `json:"revoked"`
	Allowed []string `json:"allowed_actions"`
}

func cert(number string) string { return "/api/certificates/" + number }

func (b *browser) record(number string) (r record) {
	b.h.t.Helper()
	b.reads(cert(number)+"/record", &r)
	return r
}

// revokes asks for a revocation of a certificate as it stands.
func (b *browser) revokes(number, kind string, options ...client.Option) reply {
	b.h.t.Helper()
	options = append([]client.Option{client.IfMatch(fmt.Sprintf("%q", fmt.Sprint(b.h.certificate(number).Rev)))}, options...)
	return b.ask(http.MethodPost, cert(number)+"/revocations", map[string]string{"kind": kind, "reason": "Rapport d'essai falsifié."}, options...)
}

func (b *browser) clears(number, declaration, date string) reply {
	b.h.t.Helper()
	return b.ask(http.MethodPost, cert(number)+"/clearances", map[string]string{"declaration": declaration, "date": date})
}

// happened are the actions of a certificate's history, each with who did it.
func (b *browser) happened(number string) []string {
	b.h.t.Helper()
	var page struct {
		Events []struct{ Action, To, By, Reason string }
	}
	b.reads(cert(number)+"/history", &page)
	var list []string
	for _, e := range page.Events {
		list = append(list, strings.TrimSpace(e.Action+" → "+e.To+" "+e.By))
	}
	return list
}

func TestABureauRevokesACertificateAndSaysWhyToItsPeopleAlone(t *testing.T) {
	t.Parallel()
	issued.onEach(t, func(t *testing.T, h *harness) {
		coc := h.marks["coc"]
		before := h.as(salma).record(coc)
		if !slices.Contains(before.Allowed, "revoke") || before.Parties == nil || before.Parties.Exporter.Name != "Ningbo Home Ltd" {
			t.Errorf("the supervisor reads %+v", before)
		}
		var told uint64
		h.handovers(&told)
		answer := h.as(salma).revokes(coc, "revoked", client.Once("k1"))
		var shown record
		answer.into(&shown)
		if answer.Status != http.StatusOK || shown.Status != "revoked" || shown.Revoked.Reason != "Rapport d'essai falsifié." || slices.Contains(shown.Allowed, "revoke") {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
		if got := sorted(h.toldOf(coc, &told)...); !slices.Equal(got, sorted(
			"2026-08-31 revoked → yasmine", "2026-08-31 revoked-demo-salma → salma", "2026-08-31 revoked-"+h.marks[sara]+" → sara",
		)) {
			t.Errorf("told %v", got)
		}
		again := h.as(salma).revokes(coc, "revoked", client.Once("k1"))
		if again.Status != http.StatusOK || again.Header.Get("ETag") != answer.Header.Get("ETag") || len(h.toldOf(coc, &told)) > 0 {
			t.Errorf("the same once more: %d %s", again.Status, again.Body)
		}
		h.as(salma).revokes(coc, "withdrawn").refused(http.StatusConflict, "not_allowed_for_certificate")

		public := h.visitor().wants(http.StatusOK, http.MethodGet, cert(coc), nil)
		page := h.visitor().wants(http.StatusOK, http.MethodGet, "/c/"+coc+"?lang=fr", nil)
		for _, said := range [][]byte{public.Body, page.Body} {
			if !strings.Contains(string(said), "Révoqué") && !strings.Contains(string(said), `"revoked"`) || strings.Contains(string(said), "falsifié") {
				t.Errorf("the public is told %s", said)
			}
		}
		want := []string{"issue → valid Omar Tazi", "revoke → revoked Salma Idrissi"}
		for _, name := range []string{yasmine, omar, amina} {
			if got := h.as(name).happened(coc); !slices.Equal(got, want) {
				t.Errorf("%s reads that it happened %v", name, got)
			}
		}
		h.travel(noon(2))
		if got := h.toldOf(coc, &told); len(got) > 0 {
			t.Errorf("reminded of what was revoked: %v", got)
		}
	})
}

func TestOnlyItsBureausSupervisorsRevokeACertificateAsTheySawIt(t *testing.T) {
	t.Parallel()
	h := issued.open(t, overHTTP)
	coc := h.marks["coc"]
	h.as(omar).revokes(coc, "revoked").refused(http.StatusForbidden, "forbidden")
	h.as(yasmine).revokes(coc, "revoked").refused(http.StatusForbidden, "forbidden")
	h.as(karim).revokes(coc, "revoked").refused(http.StatusNotFound, "not_found")
	h.as(salma).ask(http.MethodPost, cert("COC-2026-1-00")+"/revocations", reason, client.IfMatch("*")).refused(http.StatusNotFound, "not_found")
	h.as(salma).revokes(coc, "revoked", client.IfMatch("")).refused(http.StatusPreconditionRequired, "precondition_required")
	stale := h.as(salma).revokes(coc, "revoked", client.IfMatch(`"7"`))
	stale.refused(http.StatusPreconditionFailed, "stale")
	if !strings.Contains(string(stale.Body), coc) {
		t.Errorf("stale says %s", stale.Body)
	}
	bad := h.as(salma).ask(http.MethodPost, cert(coc)+"/revocations", map[string]any{"kind": "annulled", "reason": " ", "by": "me"}, client.IfMatch("*"))
	if got := faults(bad.refused(http.StatusUnprocessableEntity, "invalid")); fmt.Sprint(got) != "[ unknown_field /kind choice /reason format]" {
		t.Errorf("%v", got)
	}
	for _, path := range []string{"/record", "/history"} {
		h.as(hamza).ask(http.MethodGet, cert(coc)+path, nil).refused(http.StatusNotFound, "not_found")
		h.as(nadia).ask(http.MethodGet, cert(coc)+path, nil).refused(http.StatusNotFound, "not_found")
		h.visitor().ask(http.MethodGet, cert(coc)+path, nil).refused(http.StatusUnauthorized, "unauthenticated")
	}
	if got := h.certificate(coc); got.Status != "valid" || got.Rev != 1 {
		t.Errorf("refusals changed it: %+v", got)
	}
}

func TestARefusalReportIsWithdrawn(t *testing.T) {
	t.Parallel()
	h := issued.open(t, overHTTP)
	var told uint64
	h.handovers(&told)
	if answer := h.as(salma).revokes(h.marks["ncr"], "withdrawn"); answer.Status != http.StatusOK {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	if got := h.letters(&told); !slices.Contains(got, "certificate_withdrawn → yasmine") || !slices.Contains(got, "certificate_withdrawn_bureau → salma") {
		t.Errorf("told %v", got)
	}
	if got := h.checks(h.marks["ncr"]); got.Status != "revoked" {
		t.Errorf("%+v", got)
	}
	if got := h.as(yasmine).record(h.marks["ncr"]); !got.Revoked.Withdrawn {
		t.Errorf("%+v", got)
	}
}

func TestAClearanceUsesACertificateUpOnce(t *testing.T) {
	t.Parallel()
	issued.onEach(t, func(t *testing.T, h *harness) {
		coc := h.marks["coc"]
		var told uint64
		h.handovers(&told)
		for _, wrong := range []struct{ date, code string }{
			{"2026-09-30", "/date date_future"}, {"2026-08-30", "/date date_before_issue"}, {"hier", "/date date"},
		} {
			if got := faults(h.as(amina).clears(coc, "300 2026 1", wrong.date).refused(http.StatusUnprocessableEntity, "invalid")); !slices.Equal(got, []string{wrong.code}) {
				t.Errorf("cleared on %s: %v", wrong.date, got)
			}
		}
		for range 2 {
			var done struct{ Status, Declaration, Date string }
			h.as(amina).clears(coc, "300 2026 001234 k", "2026-08-31").into(&done)
			if done.Status != "used_up" || done.Declaration != "3002026001234K" || done.Date != "2026-08-31" {
				t.Fatalf("%+v", done)
			}
		}
		h.as(amina).clears(coc, "300 2026 009999 A", "2026-08-31").refused(http.StatusConflict, "already_cleared")
		if got := h.letters(&told); !slices.Equal(got, []string{"certificate_used_up → yasmine"}) {
			t.Errorf("told %v", got)
		}
		if got := h.checks(coc); got.Status != "used_up" {
			t.Errorf("%+v", got)
		}
		h.as(salma).revokes(coc, "revoked").refused(http.StatusConflict, "not_allowed_for_certificate")
		h.as(amina).clears(h.marks["ncr"], "300 2026 1", "2026-08-31").refused(http.StatusConflict, "not_allowed_for_certificate")
		h.as(amina).clears("COC-2026-1-00", "300 2026 1", "2026-08-31").refused(http.StatusNotFound, "not_found")
		for _, name := range []string{yasmine, salma, omar} {
			h.as(name).clears(coc, "300 2026 1", "2026-08-31").refused(http.StatusForbidden, "forbidden")
		}
		h.as(amina).ask(http.MethodGet, cert(coc)+"/record", nil).refused(http.StatusForbidden, "forbidden")
		h.travel(noon(2))
		if got := h.toldOf(coc, &told); len(got) > 0 {
			t.Errorf("reminded of what was used up: %v", got)
		}
	})
}

func TestCustomsMayReportLateWhatWasClearedInTime(t *testing.T) {
	t.Parallel()
	h := issued.open(t, overHTTP)
	h.travel(noon(5))
	if got := faults(h.as(amina).clears(h.marks["coc"], "300/1", "2026-12-01").refused(http.StatusUnprocessableEntity, "invalid")); !slices.Equal(got, []string{"/date date_after_expiry"}) {
		t.Errorf("%v", got)
	}
	if answer := h.as(amina).clears(h.marks["coc"], "300/1", "2026-11-30"); answer.Status != http.StatusOK {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
	if got := h.checks(h.marks["coc"]).Status; got != "used_up" {
		t.Errorf("it is %s", got)
	}
}

func TestARenewalIsAnotherEditionAndTheFormerStays(t *testing.T) {
	t.Parallel()
	h := registered.open(t, overHTTP)
	sor, year := h.marks["sor"], h.portal.Clock().Now().AddDate(1, 0, 0)
	var told uint64
	h.handovers(&told)
	h.travel(year.AddDate(0, 0, -20))
	if got := h.letters(&told); !slices.Equal(got, []string{
		"statement_reminder → yasmine", "statement_reminder → yasmine", "statement_reminder → yasmine", "statement_reminder → yasmine",
	}) {
		t.Errorf("60 and 30 days before, of two statements: %v", got)
	}
	p := h.as(yasmine).begins(map[string]string{"renews": sor})
	p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
	p = h.as(yasmine).attachesAll(p, map[string]string{"object": "sor", "type": "renewal"})
	h.as(yasmine).does(p.ID, "deposits", noBody)
	if got := h.as(yasmine).record(sor); got.Under != p.ID || len(got.Allowed) > 0 {
		t.Errorf("while it is renewed: %+v", got)
	}
	h.as(salma).does(p.ID, "assignments", h.assignment(omar))
	if h.as(omar).does(p.ID, "takings-in-charge", noBody).Status == "under_evaluation" {
		h.as(omar).does(p.ID, "reviews", emptyBody)
	}
	h.as(omar).does(p.ID, "verdicts", verdictsOn(all("conforming", 3)...))
	h.as(omar).does(p.ID, "answers", emptyBody)
	h.settle()
	if got := h.as(yasmine).record(sor); got.Editions != 2 || got.Under != "" || got.Status != "valid" {
		t.Errorf("renewed: %+v", got)
	}
	papers := map[string]string{}
	for _, edition := range []string{"", "?edition=1", "?edition=2"} {
		papers[edition] = h.as(yasmine).fetches(cert(sor) + "/paper" + edition)
	}
	if papers[""] != papers["?edition=2"] || papers["?edition=1"] == papers["?edition=2"] {
		t.Error("the last edition is not the one that is given, or the first was overwritten")
	}
	h.as(yasmine).ask(http.MethodGet, cert(sor)+"/paper?edition=3", nil).refused(http.StatusNotFound, "not_found")
	if got := h.as(yasmine).happened(sor); !slices.Equal(got, []string{"issue → valid Omar Tazi", "renew → valid Omar Tazi"}) {
		t.Errorf("it happened %v", got)
	}
	var page strings.Builder
	page.Write(h.visitor().wants(http.StatusOK, http.MethodGet, "/c/"+sor+"?lang=fr", nil).Body)
	if !strings.Contains(page.String(), "Renouvelé le") || !strings.Contains(page.String(), "Cette attestation est valable") {
		t.Errorf("its page says %s", page.String())
	}
	// The other statement lapses; this one's old reminders and last day are gone.
	h.handovers(&told)
	h.travel(year.AddDate(0, 0, 10))
	if got := h.toldOf(sor, &told); len(got) > 0 {
		t.Errorf("told of its old last day: %v", got)
	}
	h.travel(year.AddDate(1, 0, -50))
	if got := h.lettersAbout(sor, &told); !slices.Equal(got, []string{sor + "-1-reminder-60"}) {
		t.Errorf("a year later: %v", got)
	}
}

func TestAStatementLapsesAndIsValidAgainWhenRenewed(t *testing.T) {
	t.Parallel()
	h := registered.open(t, overHTTP)
	sol := h.marks["sol"]
	last, err := calendar.ParseDate(h.checks(sol).Expires)
	if err != nil {
		t.Fatal(err)
	}
	var told uint64
	h.travel(last.AddDays(1).StartOfDay().Add(6 * time.Minute))
	h.handovers(&told)
	if got := h.certificate(sol).Status; got != "valid" {
		t.Errorf("marked %s before the sweep", got)
	}
	h.travel(last.AddDays(3).StartOfDay())
	if got := sorted(h.lettersAbout(sol, &told)...); len(got) != 3 || got[0] != sol+"-lapsed" {
		t.Errorf("told %v", got)
	}
	p := h.as(yasmine).begins(map[string]string{"renews": sol})
	p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
	p = h.as(yasmine).attachesAll(p, map[string]string{"object": "sol", "type": "renewal"})
	today := calendar.DateIn(h.portal.Clock().Now())
	h.certifies(p, all("conforming", 2)...)
	if got := h.checks(sol); got.Status != "valid" || got.Expires != today.AddMonths(12).String() {
		t.Errorf("renewed three days late: %+v", got)
	}
	want := []string{"issue → valid Omar Tazi", "expire → expired", "renew → valid Omar Tazi"}
	if got := h.as(omar).happened(sol); !slices.Equal(got, want) {
		t.Errorf("it happened %v", got)
	}
}

// lettersAbout are the ids of the letters about a certificate.
func (h *harness) lettersAbout(number string, after *uint64) []string {
	h.t.Helper()
	var list []string
	for _, letter := range h.handovers(after) {
		if strings.HasPrefix(letter.ID, number) {
			list = append(list, letter.ID)
		}
	}
	return list
}

// fetches follows a download link.
func (b *browser) fetches(path string) string {
	b.h.t.Helper()
	var link struct{ URL string }
	b.reads(path, &link)
	return string(b.h.visitor().wants(http.StatusOK, http.MethodGet, strings.TrimPrefix(link.URL, site), nil).Body)
}
