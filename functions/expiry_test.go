package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/functions/certificates"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/conformity"
)

// issued has a CoC valid until 30 November 2026 (mark coc) and an NCR (mark
// ncr), issued on 31 August.
var issued = &scene{from: judging, play: func(h *harness) {
	h.travel(time.Date(2026, 8, 31, 9, 0, 0, 0, time.UTC))
	p := h.closes(h.marks["judged1"], conformity.Conforming, conformity.Reserved, conformity.NonConforming)
	h.marks["coc"], h.marks["ncr"] = p.Certificates[0].Number, p.Certificates[1].Number
}}

const (
	expire = "sweeps/expire_certificates"
	lapse  = "sweeps/lapse_registrations"
	remind = "sweeps/remind_renewals"
	tellIt = "sweeps/tell_notices"
)

// noon is midday in Casablanca, so many days from the last day of the CoC.
func noon(days int) time.Time { return time.Date(2026, 11, 30+days, 11, 0, 0, 0, time.UTC) }

// toldOf are the letters about a certificate since the last call, each as
// "day id → name", in order.
func (h *harness) toldOf(number string, after *uint64) []string {
	var list []string
	for _, letter := range h.handovers(after) {
		if about, found := strings.CutPrefix(letter.ID, number+"-"); found {
			about, _, _ = strings.Cut(about, "expired-")
			if about == "" {
				about = "expired"
			}
			list = append(list, fmt.Sprintf("%s %s → %s", calendar.DateIn(letter.At), about, nameOf(letter.To)))
		}
	}
	return list
}

// everyReminder is what holder and bureau are told of the CoC when every sweep
// runs on its day.
var everyReminder = []string{
	"2026-10-31 reminder-30 → yasmine", "2026-11-15 reminder-15 → yasmine", "2026-11-23 reminder-7 → yasmine", "2026-11-30 reminder-0 → yasmine",
	"2026-12-01 expired → salma", "2026-12-01 expired → sara", "2026-12-01 expired → yasmine",
}

func TestACertificateIsRemindedOfAndExpiresOnItsDays(t *testing.T) {
	t.Parallel()
	h := issued.open(t, overHTTP)
	coc := h.marks["coc"]
	var told uint64
	h.handovers(&told)
	status := func() string {
		var public certificates.Public
		h.visitor().reads("/api/certificates/"+coc, &public)
		return public.Status
	}
	h.travel(time.Date(2026, 11, 30, 22, 59, 59, 0, time.UTC)) // the last second in Casablanca
	if status() != "valid" {
		t.Error("not valid to the end of its last day")
	}
	h.sleep(time.Date(2026, 11, 30, 23, 0, 2, 0, time.UTC))
	if status() != "expired" || h.certificate(coc).Status != certificate.Valid {
		t.Error("still valid after its last day, before the sweep")
	}
	h.travel(noon(40))
	if got := sorted(h.toldOf(coc, &told)...); !slices.Equal(got, everyReminder) {
		t.Errorf("told %v, want %v", got, everyReminder)
	}
	if status() != "expired" || h.certificate(coc).Status != certificate.Expired {
		t.Error("the sweep did not mark it")
	}
	var ncr certificates.Public
	h.visitor().reads("/api/certificates/"+h.marks["ncr"], &ncr)
	if ncr.Status != "nonconforming" || ncr.Expires != "" {
		t.Errorf("the NCR: %+v", ncr)
	}
	var list struct {
		Certificates []struct {
			Number, Status string
			Left           *int `json:"days_left"`
		}
	}
	h.as(yasmine).reads("/api/certificates", &list)
	if len(list.Certificates) != 2 || !slices.ContainsFunc(list.Certificates, func(c struct {
		Number, Status string
		Left           *int `json:"days_left"`
	}) bool {
		return c.Number == coc && c.Status == "expired" && c.Left == nil
	}) {
		t.Errorf("the holder's list: %+v", list)
	}
	h.as(omar).ask(http.MethodGet, "/api/certificates", nil).refused(http.StatusForbidden, "forbidden")
}

func TestSweepsMayRunTwice(t *testing.T) {
	t.Parallel()
	h := issued.open(t, overHTTP)
	var told uint64
	h.handovers(&told)
	for days := -31; days <= 2; days++ {
		h.travel(noon(days))
		for range 2 {
			h.run(expire)
			h.run(remind)
		}
	}
	if got := sorted(h.toldOf(h.marks["coc"], &told)...); !slices.Equal(got, everyReminder) {
		t.Errorf("told %v, want %v", got, everyReminder)
	}
}

func TestSweepsMayRunInParallel(t *testing.T) {
	t.Parallel()
	h := issued.open(t, overHTTP)
	var told uint64
	h.handovers(&told)
	for _, days := range []int{-30, -15, -7, 0, 1} {
		h.sleep(noon(days))
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				if _, err := h.portal.RunStep(context.Background(), []string{expire, remind}[n%2], nil); err != nil {
					t.Errorf("day %d: %v", days, err)
				}
			})
		}
		all.Wait()
		h.settle()
	}
	if got := sorted(h.toldOf(h.marks["coc"], &told)...); !slices.Equal(got, everyReminder) {
		t.Errorf("told %v, want %v", got, everyReminder)
	}
}

// An index that has not heard of the first sweep leads the second to the same
// certificates.
func TestSweepsMayReadALateIndex(t *testing.T) {
	t.Parallel()
	h := issued.open(t, overHTTP)
	var told uint64
	h.handovers(&told)
	for _, days := range []int{-30, -15, -7, 0, 1} {
		h.sleep(noon(days))
		for n := range 4 {
			if _, err := h.portal.RunStep(context.Background(), []string{expire, remind}[n%2], nil); err != nil {
				t.Errorf("day %d: %v", days, err)
			}
		}
		h.settle()
	}
	if got := sorted(h.toldOf(h.marks["coc"], &told)...); !slices.Equal(got, everyReminder) {
		t.Errorf("told %v, want %v", got, everyReminder)
	}
}

func TestSweepsMayRunLate(t *testing.T) {
	t.Parallel()
	expired := func(day string) []string {
		return []string{day + " expired → salma", day + " expired → sara", day + " expired → yasmine"}
	}
	for _, late := range []struct {
		name string
		off  []int // days, from the last one, on which the portal is turned on
		told []string
	}{
		{"a week late, the reminder says how many days are left", []int{-23}, []string{"2026-11-07 reminder-30 → yasmine"}},
		{"of two missed reminders only the nearer goes out", []int{-10}, []string{"2026-11-20 reminder-15 → yasmine"}},
		{"after the last day there is only the expiry", []int{5}, expired("2026-12-05")},
		{"off for months, twice", []int{-3, 200}, append([]string{"2026-11-27 reminder-7 → yasmine"}, expired("2027-06-18")...)},
	} {
		t.Run(late.name, func(t *testing.T) {
			h := issued.open(t, overHTTP)
			var told uint64
			h.handovers(&told)
			for _, days := range late.off {
				h.sleep(noon(days))
				h.run(remind)
				h.run(expire)
				h.run(remind)
			}
			if got := sorted(h.toldOf(h.marks["coc"], &told)...); !slices.Equal(got, late.told) {
				t.Errorf("told %v, want %v", got, late.told)
			}
		})
	}
}

// A sweep that dies after any of its writes and letters leaves nothing undone:
// the next day's finds the certificate marked or not, told or not. Reminders
// are never sent twice; the expiry may be, under one id.
func TestSweepsMayBeInterrupted(t *testing.T) {
	t.Parallel()
	for _, sweep := range []struct {
		name string
		days int
		once string // never told twice
		must []string
	}{
		{expire, 1, "", []string{"expired → salma", "expired → sara", "expired → yasmine"}},
		{remind, -30, "reminder-30 → yasmine", nil},
	} {
		finished := false
		for most := 0; !finished; most++ {
			t.Run(fmt.Sprintf("%s after %d", sweep.name, most), func(t *testing.T) {
				h := issued.open(t, overHTTP)
				var told uint64
				h.handovers(&told)
				h.sleep(noon(sweep.days))
				finished = h.runMortal(sweep.name, most) == nil
				h.sleep(noon(sweep.days + 1))
				h.run(sweep.name)
				h.run(tellIt)
				h.sleep(noon(sweep.days + 2))
				if report := h.run(sweep.name) + h.run(tellIt); report != `{"done":0,"skipped":0}{"done":0,"skipped":0}` {
					t.Errorf("something was left to do: %s", report)
				}
				count := map[string]int{}
				for _, line := range h.toldOf(h.marks["coc"], &told) {
					_, what, _ := strings.Cut(line, " ")
					count[what]++
				}
				if count[sweep.once] > 1 {
					t.Errorf("told %v", count)
				}
				for _, what := range sweep.must {
					if count[what] == 0 || finished && count[what] != 1 {
						t.Errorf("told %v", count)
					}
				}
				if sweep.name == expire && h.certificate(h.marks["coc"]).Status != certificate.Expired {
					t.Error("not marked")
				}
			})
			if most > 20 {
				t.Fatal("no end")
			}
		}
	}
}

// runMortal runs a step whose ports break after so many writes and letters.
func (h *harness) runMortal(name string, most int) error {
	ports := h.portal.Ports
	fuse := &fuse{left: most}
	ports.Dossiers, ports.People, ports.Mail = mortalTable{ports.Dossiers, fuse}, mortalTable{ports.People, fuse}, mortalMail{ports.Mail, fuse}
	for _, make := range makers() {
		if s := make(ports); s.Name == name {
			_, err := s.Run(context.Background(), json.RawMessage(nil))
			return err
		}
	}
	h.t.Fatalf("no step %s", name)
	return nil
}
