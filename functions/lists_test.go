package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/demo/client"
	"portal/shared/conformity"
)

// archive has a week's dossiers, under the names of what became of them. The
// first evening's is deposited in the last second of 26 August in Casablanca,
// the next in the first second of the 27th.
var archive = &scene{from: staged, play: func(h *harness) {
	h.tick = 0
	file := func(name, by, bureau string, when time.Time) string {
		id := h.as(by).drafts(bureau, 2).ID
		h.marks[name] = id
		h.travel(when)
		h.as(by).does(id, "deposits", noBody)
		return id
	}
	day := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, 8, day, hour, minute, second, 0, time.UTC)
	}
	closed := file("closed", yasmine, "BV", day(24, 10, 0, 0))
	mine := file("mine", anas, "BV", day(25, 10, 0, 0))
	evening := file("evening", yasmine, "BV", day(26, 22, 59, 59))
	file("midnight", yasmine, "BV", day(26, 23, 0, 0))
	cancelled := file("cancelled", yasmine, "BV", day(27, 10, 0, 0))
	file("rif's", hamza, "BV", day(28, 10, 0, 0))
	file("elsewhere", yasmine, "SG", day(29, 10, 0, 0))
	h.marks["draft"] = h.as(yasmine).opens().ID
	for _, id := range []string{closed, mine} {
		h.as(salma).does(id, "assignments", h.assignment(omar))
	}
	h.as(salma).does(evening, "assignments", h.assignment(leila))
	h.as(yasmine).does(cancelled, "cancellations", reason)
	for _, leg := range road[2:] {
		leg.walk(h, closed)
	}
	h.closes(closed, conformity.Conforming, conformity.Conforming)
}}

// lists gives the names of the dossiers on a page, and the next page's cursor.
func (b *browser) lists(path string) (names []string, cursor string) {
	b.h.t.Helper()
	var page struct {
		Dossiers []struct {
			ID      string   `json:"id"`
			Allowed []string `json:"allowed_actions"`
		} `json:"dossiers"`
		Cursor string `json:"cursor"`
	}
	b.reads(path, &page)
	for _, card := range page.Dossiers {
		name := "?" + card.ID
		for mark, id := range b.h.marks {
			if id == card.ID {
				name = mark
			}
		}
		names = append(names, name)
		if shown := b.looks(card.ID).Allowed; !slices.Equal(shown, card.Allowed) {
			b.h.t.Errorf("%s: the list lets %s %v, the dossier %v", name, b.name, card.Allowed, shown)
		}
	}
	return names, page.Cursor
}

func TestListsAndTheirFilters(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		const queue = "/api/conformity/queue"
		number := func(name string) string { return h.head(h.marks[name]).Number }
		for _, list := range []struct{ by, path, want string }{
			{yasmine, dossiers, "draft elsewhere cancelled midnight evening mine closed"},
			{anas, dossiers + "?organisation=" + atlas, "draft elsewhere cancelled midnight evening mine closed"},
			{hamza, dossiers, "rif's"},
			{yasmine, dossiers + "?status=draft", "draft"},
			{yasmine, dossiers + "?status=submitted", "elsewhere midnight"},
			{yasmine, dossiers + "?status=closed", "closed"},
			{yasmine, dossiers + "?status=cancelled", "cancelled"},
			{yasmine, dossiers + "?from=2026-08-27", "draft elsewhere cancelled midnight"},
			{yasmine, dossiers + "?to=2026-08-26", "evening mine closed"},
			{yasmine, dossiers + "?from=2026-08-26&to=2026-08-26", "evening"},
			{yasmine, dossiers + "?from=2026-08-25&to=2026-08-27", "cancelled midnight evening mine"},
			{yasmine, dossiers + "?from=2026-08-27&to=2026-08-25", ""},
			{yasmine, dossiers + "?from=2026-08-27&status=submitted", "elsewhere midnight"},
			{yasmine, dossiers + "?to=2026-08-27&status=submitted", "midnight"},
			{yasmine, dossiers + "?reference=" + number("mine"), "mine"},
			{yasmine, dossiers + "?reference=" + number("mine") + "&status=closed", ""},
			{yasmine, dossiers + "?reference=" + number("rif's"), ""},
			{yasmine, dossiers + "?reference=BV-2026-99", ""},
			{salma, queue, "rif's cancelled midnight evening mine closed"},
			{leila, queue + "?view=all&bureau=" + bureauBV, "rif's cancelled midnight evening mine closed"},
			{salma, queue + "?view=new", "rif's midnight"},
			{salma, queue + "?view=history", "closed"},
			{salma, queue + "?status=awaiting_evaluation", "evening mine"},
			{salma, queue + "?from=2026-08-27&to=2026-08-27", "cancelled midnight"},
			{salma, queue + "?view=new&to=2026-08-27", "midnight"},
			{salma, queue + "?reference=" + number("closed"), "closed"},
			{salma, queue + "?reference=" + number("elsewhere"), ""},
			{omar, queue + "?view=mine", "mine"},
			{omar, queue + "?view=mine_closed", "closed"},
			{leila, queue + "?view=mine", "evening"},
			{salma, queue + "?view=mine", ""},
			{karim, queue, "elsewhere"},
			{nadia, queue + "?view=mine", ""},
		} {
			if names, cursor := h.as(list.by).lists(list.path); strings.Join(names, " ") != list.want || cursor != "" {
				t.Errorf("%s: %s: %v, cursor %q; want %s", list.by, list.path, names, cursor, list.want)
			}
		}
		p := h.as(omar).ask(http.MethodGet, queue+"?view=mine&status=closed", nil).refused(http.StatusUnprocessableEntity, "invalid")
		if got := faults(p); !slices.Equal(got, []string{"status not_with_view"}) {
			t.Errorf("mine with a status: %q", got)
		}
		for _, list := range []struct{ by, path, want string }{
			{yasmine, dossiers + "?status=nothing", "status choice"},
			{yasmine, dossiers + "?status=nothing&from=yesterday&to=2026-02-30", "from date,status choice,to date"},
			{salma, queue + "?view=new&status=lost&from=x", "from date,status choice,status not_with_view"},
			{salma, queue + "?view=history&status=submitted", "status not_with_view"},
			{salma, queue + "?status=lost&reference=BV-2026-1", "status choice"},
		} {
			p := h.as(list.by).ask(http.MethodGet, list.path, nil).refused(http.StatusUnprocessableEntity, "invalid")
			if got := strings.Join(faults(p), ","); got != list.want {
				t.Errorf("%s: %s, want %s", list.path, got, list.want)
			}
		}
	})
}

func TestPagesOfListsJoinWithoutGapOrDouble(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		for _, list := range []struct{ by, path string }{
			{yasmine, dossiers + "?"}, {yasmine, dossiers + "?status=submitted&"}, {yasmine, dossiers + "?from=2026-08-25&to=2026-08-27&"},
			{salma, "/api/conformity/queue?"}, {salma, "/api/conformity/queue?view=new&"},
		} {
			b := h.as(list.by)
			whole, _ := b.lists(list.path)
			for limit := 1; limit <= 3; limit++ {
				var joined []string
				pages := 0
				for cursor := ""; ; pages++ {
					names, next := b.lists(fmt.Sprint(list.path, "limit=", limit, "&cursor=", cursor))
					if len(names) > limit {
						t.Errorf("%s: a page of %d", list.path, len(names))
					}
					joined = append(joined, names...)
					if cursor = next; cursor == "" || pages > 20 {
						break
					}
				}
				if !slices.Equal(joined, whole) {
					t.Errorf("%s by %d: %v, want %v", list.path, limit, joined, whole)
				}
			}
		}
		_, cursor := h.as(yasmine).lists(dossiers + "?limit=1")
		for _, other := range []struct{ by, path string }{
			{hamza, dossiers + "?"}, {yasmine, dossiers + "?status=draft&"}, {yasmine, dossiers + "?from=2026-08-25&"}, {salma, "/api/conformity/queue?"},
			{yasmine, at(h.marks["mine"]) + "/events?"}, {yasmine, "/api/certificates?"},
		} {
			p := h.as(other.by).ask(http.MethodGet, other.path+"cursor="+cursor, nil).refused(http.StatusUnprocessableEntity, "invalid")
			if got := faults(p); !slices.Equal(got, []string{"cursor format"}) {
				t.Errorf("%s: %q", other.path, got)
			}
		}
	})
}

func TestTheSupervisorSeesLoadsAndAbsences(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		type load struct {
			Person      string
			Open        int
			Closed      int
			AbsentUntil string `json:"absent_until"`
		}
		look := func() []load {
			var out struct{ Agents []load }
			h.as(salma).reads("/api/conformity/agents", &out)
			slices.SortFunc(out.Agents, func(a, b load) int { return strings.Compare(a.Person, b.Person) })
			return out.Agents
		}
		if got, want := fmt.Sprint(look()), "[{demo-leila 1 0 } {demo-omar 1 1 }]"; got != want {
			t.Errorf("loads %s, want %s", got, want)
		}
		var answered load
		absent := func(until map[string]string) {
			h.as(salma).wants(http.StatusOK, http.MethodPut, "/api/conformity/agents/demo-omar/absence", until).into(&answered)
		}
		absent(map[string]string{"until": "2026-09-04"})
		if got, want := fmt.Sprint(look(), answered), "[{demo-leila 1 0 } {demo-omar 1 1 2026-09-04}] {demo-omar 1 1 2026-09-04}"; got != want {
			t.Errorf("absent: %s, want %s", got, want)
		}
		answered = load{}
		absent(map[string]string{})
		if got, want := fmt.Sprint(look()), "[{demo-leila 1 0 } {demo-omar 1 1 }]"; got != want {
			t.Errorf("back: %s, want %s", got, want)
		}
	})
}

// Who supervises one bureau and is an agent of another supervises only the one.
func TestRolesInOneBureauGiveNoneInAnother(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		h.as(admin).wants(http.StatusCreated, http.MethodPost, "/api/administration/organisations/"+bureauBV+"/members",
			map[string]any{"name": "Karim", "email": emailOf(karim), "lang": "fr", "roles": []string{"bureau_agent"}})
		for _, answer := range []reply{
			h.as(karim).ask(http.MethodGet, "/api/conformity/agents?bureau="+bureauBV, nil),
			h.as(karim).ask(http.MethodPut, "/api/conformity/agents/demo-omar/absence?bureau="+bureauBV, map[string]string{"until": "2026-09-04"}),
		} {
			if got := faults(answer.refused(http.StatusUnprocessableEntity, "invalid")); !slices.Equal(got, []string{"bureau choice"}) {
				t.Errorf("%q", got)
			}
		}
		h.as(karim).ask(http.MethodPost, at(h.marks["midnight"])+"/assignments", h.assignment(omar), client.IfMatch("*")).refused(http.StatusForbidden, "forbidden")
		for bureau, want := range map[string]string{"": "elsewhere", "bureau-SG": "elsewhere", bureauBV: "rif's cancelled midnight evening mine closed"} {
			if names, _ := h.as(karim).lists("/api/conformity/queue?bureau=" + bureau); strings.Join(names, " ") != want {
				t.Errorf("the queue of %q: %v, want %s", bureau, names, want)
			}
		}
	})
}

// The portal chooses, among the bureaux accredited for the goods, the one with
// the fewest open dossiers, and says why.
func TestTheBureauIsChosenByItsLoad(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overGateway)
	var chosen []string
	for range 8 {
		p := h.as(yasmine).drafts("automatic", 1)
		p = h.as(yasmine).does(p.ID, "deposits", noBody)
		if len(p.BureauWhy) == 0 || !strings.HasPrefix(p.Number, p.Bureau+"-2026-") || p.Due == "" {
			t.Errorf("%+v", p)
		}
		chosen = append(chosen, p.Bureau)
	}
	if got := strings.Join(chosen, " "); got != "BV IT SG TR BV IT SG TR" {
		t.Errorf("chosen %s", got)
	}
}
