package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/functions/administration/almanac"
	"portal/infra"
)

const holidays = "/api/administration/holidays"

// dayOff is an exceptional one.
func dayOff(first string) map[string]any {
	return map[string]any{"occasion": "exceptional", "first": first, "days": 1, "name_fr": "Jour chômé", "name_ar": "يوم عطلة", "name_en": "Day off"}
}

func feast(occasion string, hijri int, first string) map[string]any {
	return map[string]any{"occasion": occasion, "hijri": hijri, "first": first, "days": 2}
}

type year struct {
	Year int
	Days []struct {
		Date, Name string
		Estimated  bool
	}
	Recorded []struct {
		ID, Occasion, First string
		Hijri, Days         int
	}
}

// off are the days of a name, those that are estimates marked by a question mark.
func (y year) off(name string) []string {
	var list []string
	for _, d := range y.Days {
		if d.Name == name {
			list = append(list, d.Date+map[bool]string{true: "?"}[d.Estimated])
		}
	}
	return list
}

func TestAnAdministratorRecordsHolidays(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		read := func(query string) (y year) { h.as(admin).reads(holidays+query, &y); return y }
		const birthday = "Aïd Al Mawlid Annabaoui"
		if y := read(""); y.Year != 2026 || len(y.Days) != 18 || !slices.Equal(y.off(birthday), []string{"2026-08-26?", "2026-08-27?"}) || len(y.Recorded) != 0 {
			t.Errorf("%+v", y)
		}
		for range 2 { // once more is no more
			r := h.as(admin).wants(http.StatusCreated, http.MethodPost, holidays, feast("mawlid", 1448, "2026-08-25"))
			if r.Header.Get("Location") != holidays+"/mawlid-1448" {
				t.Errorf("at %s", r.Header.Get("Location"))
			}
		}
		h.as(admin).wants(http.StatusCreated, http.MethodPost, holidays, dayOff("2027-01-04"))
		if y := read("?year=2026"); !slices.Equal(y.off(birthday), []string{"2026-08-25", "2026-08-26"}) || len(y.Recorded) != 2 || y.Recorded[0].Days != 2 {
			t.Errorf("%+v", y)
		}
		if y := read("?year=2027"); !slices.Equal(y.off("Jour chômé"), []string{"2027-01-04"}) {
			t.Errorf("%+v", y)
		}
		h.as(admin).wants(http.StatusNoContent, http.MethodDelete, holidays+"/mawlid-1448", nil)
		h.as(admin).wants(http.StatusNoContent, http.MethodDelete, holidays+"/exceptional-2027-01-04", nil)
		h.as(admin).ask(http.MethodDelete, holidays+"/mawlid-1448", nil).refused(http.StatusNotFound, "not_found")
		if y := read(""); !slices.Equal(y.off(birthday), []string{"2026-08-26?", "2026-08-27?"}) || len(y.Recorded) != 0 {
			t.Errorf("taken back: %+v", y)
		}
	})
}

func TestAHolidayThatCannotBeIsRefusedWhole(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overGateway)
	for _, c := range []struct {
		name   string
		body   map[string]any
		faults []string
	}{
		{"nothing", map[string]any{}, []string{"/days required", "/first required", "/occasion required"}},
		{"a feast without its year, with a name", map[string]any{"occasion": "fitr", "first": "2027-03-10", "days": 2, "name_fr": "Aïd"}, []string{"/hijri required", "/name_fr not_applicable"}},
		{"a feast in another year", feast("fitr", 1448, "2029-03-10"), []string{"/hijri hijri_year"}},
		{"a day off without a name, with a Hijri year", map[string]any{"occasion": "exceptional", "first": "2027-03-10", "days": 1, "hijri": 1448, "name_fr": "Jour"},
			[]string{"/hijri not_applicable", "/name_ar required", "/name_en required"}},
		{"no such day, too many days", map[string]any{"occasion": "fitr", "hijri": 1448, "first": "2027-02-30", "days": 16}, []string{"/days too_large", "/first date"}},
	} {
		refused := h.as(admin).ask(http.MethodPost, holidays, c.body).refused(http.StatusUnprocessableEntity, "invalid")
		if got := faults(refused); !slices.Equal(got, c.faults) {
			t.Errorf("%s: %v, want %v", c.name, got, c.faults)
		}
	}
	for name, status := range map[string]int{yasmine: 403, salma: 403} {
		if got := h.as(name).ask(http.MethodPost, holidays, dayOff("2027-01-04")).Status; got != status {
			t.Errorf("%s: %d", name, got)
		}
	}
	if recorded, err := almanac.Load(h.context(), h.portal.Dossiers()); err != nil || recorded.Rev != 0 {
		t.Errorf("something was recorded: %+v, %v", recorded, err)
	}
}

func TestARecordedHolidayMovesDueDates(t *testing.T) {
	t.Parallel()
	h := waiting.open(t, overHTTP)
	id, asked := h.marks["waiting"], h.marks["asked"]
	h.as(admin).wants(http.StatusCreated, http.MethodPost, holidays, dayOff("2026-09-01"))
	if c := h.as(yasmine).clockOf(id); c.Due != "2026-09-03" { // not 2 September
		t.Errorf("its clock says %s", c.Due)
	}
	h.run(watchOfClocks)
	if p := h.as(yasmine).looks(id); p.Due != "2026-09-03" {
		t.Errorf("its page says %s", p.Due)
	}
	if d := h.head(asked); d.StatusDue != "2026-09-10" || d.Due != "" {
		t.Errorf("a suspended one: %s, due %q", d.StatusDue, d.Due)
	}
	h.as(salma).does(id, "assignments", h.assignment(omar))
	if p := h.as(yasmine).looks(id); p.Due != "2026-09-03" {
		t.Errorf("after a step its page says %s", p.Due)
	}
	h.isWhole(id)
	if report := h.run(watchOfClocks); report != `{"done":0,"skipped":0}` {
		t.Errorf("settled, it still did %s", report)
	}
	h.as(admin).wants(http.StatusNoContent, http.MethodDelete, holidays+"/exceptional-2026-09-01", nil)
	h.travel(time.Date(2026, time.September, 3, 11, 0, 0, 0, time.UTC))
	if got := h.urgent("late"); !slices.Contains(got, "waiting 2026-09-02 true") {
		t.Errorf("taken back: late are %v", got)
	}
	h.isWhole(id)
}

func TestDatesAreWorkedOutAnewWhateverDies(t *testing.T) {
	t.Parallel()
	finished := false
	for most := 0; !finished; most++ {
		h := waiting.open(t, overHTTP)
		h.as(admin).wants(http.StatusCreated, http.MethodPost, holidays, dayOff("2026-09-01"))
		finished = h.runMortal(watchOfClocks, most) == nil
		h.run(watchOfClocks)
		for _, mark := range []string{"waiting", "visited"} {
			if d := h.head(h.marks[mark]); d.Due != "2026-09-03" {
				t.Errorf("after %d: %s is due on %s", most, mark, d.Due)
			}
			h.isWhole(h.marks[mark])
		}
		if left, err := almanac.Unsettled(h.context(), h.portal.Dossiers()); left || err != nil {
			t.Errorf("after %d: the record is not settled (%v)", most, err)
		}
		h.close()
	}
}

func TestTwoAdministratorsWhoRecordAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overHTTP)
	h.lazy = true
	answers := atOnce(
		func() reply { return h.as(admin).ask(http.MethodPost, holidays, dayOff("2027-01-04")) },
		func() reply { return h.as(admin).ask(http.MethodPost, holidays, dayOff("2027-01-05")) },
		func() reply { return h.as(admin).ask(http.MethodPost, holidays, feast("fitr", 1448, "2027-03-09")) },
	)
	for _, a := range answers {
		if a.Status != http.StatusCreated {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	}
	recorded, err := almanac.Load(h.context(), h.portal.Dossiers())
	if err != nil || len(recorded.Holidays) != 3 || recorded.Rev != 3 {
		t.Errorf("%+v, %v", recorded, err)
	}
}

func TestTheRecordOfHolidaysHasAnEnd(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overHTTP)
	full := almanac.Recorded{Rev: 1}
	for len(full.Holidays) < almanac.MaxHolidays {
		full.Holidays = append(full.Holidays, almanac.Holiday{By: "somebody"})
	}
	if err := h.portal.Dossiers().Write(h.context(), infra.Put{Key: infra.Key{PK: "holidays#recorded", SK: "holidays"}, Value: full}); err != nil {
		t.Fatal(err)
	}
	h.as(admin).ask(http.MethodPost, holidays, dayOff("2027-01-04")).refused(http.StatusConflict, "too_many_holidays")
}

func TestAnAgentIsToldWhatRemainsOfASuspendedDelay(t *testing.T) {
	t.Parallel()
	h := waiting.open(t, overHTTP)
	h.as(salma).does(h.marks["asked"], "assignments", h.assignment(omar))
	letters, err := h.portal.Mail().Letters(emailOf(omar), 0, 0, 1)
	if err != nil || len(letters) != 1 || letters[0].Kind != "conformity_assigned" {
		t.Fatalf("%v %+v", err, letters)
	}
	if !strings.Contains(letters[0].Text, "il restera 5 jours ouvrés") {
		t.Errorf("%s", letters[0].Text)
	}
}
