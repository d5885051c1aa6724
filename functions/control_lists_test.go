package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"portal/demo/client"
	"portal/functions/products"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/control"
)

func TestOnlyTheMinistryPublishes(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overGateway)
	h.as(driss).publishes(h.toasters("v1", 10))
	before := h.dump()
	for _, name := range []string{"", yasmine, hamza, salma, omar, imane, admin} {
		b, status, code := h.visitor(), http.StatusUnauthorized, "unauthenticated"
		if name != "" {
			b, status, code = h.as(name), http.StatusForbidden, "forbidden"
		}
		b.ask(http.MethodPost, controlLists, h.toasters("v2", 20)).refused(status, code)
		b.ask(http.MethodPost, controlLists+"?preview=true", h.toasters("v2", 20)).refused(status, code)
		b.ask(http.MethodPost, controlLists+"/v1/withdrawals", reason).refused(status, code)
	}
	if changed := differs(before, h.dump()); len(changed) > 0 {
		t.Errorf("changed %q", changed)
	}
	h.as(driss).ask(http.MethodGet, dossiers, nil).refused(http.StatusForbidden, "forbidden")
}

func TestEveryFaultOfAListIsNamedAndNothingIsPublished(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overGateway)
	officer := h.as(driss)
	officer.publishes(h.toasters("v1", 10))
	entry := func(hs, control string, more map[string]any) map[string]any {
		e := map[string]any{"hs": hs, "control": control, "names": map[string]string{"fr": "Produit"}, "family": "electrical"}
		for name, value := range more {
			e[name] = value
		}
		return e
	}
	list := func(version, inForce string, entries ...map[string]any) map[string]any {
		return map[string]any{"version": version, "in_force": inForce, "source": "Arrêté", "entries": entries}
	}
	good := entry("8516", "origin", nil)
	before := h.dump()
	for name, tc := range map[string]struct {
		body any
		want string
	}{
		"nothing":                  {map[string]any{}, "[/entries entries_or_csv /in_force required /source required /version required]"},
		"a name that was used":     {list("v1", h.day(20), good), "[/version version_taken]"},
		"the name of the shipped":  {list(control.Shipped().Version, h.day(20), good), "[/version version_taken]"},
		"current is no name":       {list("current", h.day(20), good), "[/version version_taken]"},
		"a name with a slash":      {list("v/2", h.day(20), good), "[/version format]"},
		"a day that is no day":     {list("v2", "2026-02-30", good), "[/in_force date]"},
		"today":                    {list("v2", h.day(0), good), "[/in_force date_after]"},
		"yesterday":                {list("v2", h.day(-1), good), "[/in_force date_after]"},
		"before the newest":        {list("v2", h.day(9), good), "[/in_force date_after]"},
		"the day of the newest":    {list("v2", h.day(10), good), "[/in_force date_after]"},
		"no entries":               {list("v2", h.day(20), []map[string]any{}...), "[/entries entries_or_csv]"},
		"entries and CSV":          {map[string]any{"version": "v2", "in_force": h.day(20), "source": "x", "entries": []any{good}, "csv": "hs"}, "[/entries entries_or_csv]"},
		"a CSV that is none":       {map[string]any{"version": "v2", "in_force": h.day(20), "source": "x", "csv": "hs;name_fr\n8516;x\n"}, "[/csv/1/control required]"},
		"cells of a CSV":           {map[string]any{"version": "v2", "in_force": h.day(20), "source": "x", "csv": "hs;control;name_fr\n85;none;x\n8517;none;y\n8517;none;\n"}, "[/csv/2/hs hs_prefix /csv/4/hs duplicate /csv/4/name_fr required]"},
		"entries of a wrong type":  {map[string]any{"version": "v1", "in_force": h.day(0), "source": 7, "entries": []any{good, 7, entry("85", "none", nil)}}, "[/entries/1 type /entries/2/hs hs_prefix /in_force date_after /source type /version version_taken]"},
		"whatever an entry can be": {list("v2", h.day(20), good, entry("85.16", "origin", nil), entry("85", "moon", map[string]any{"family": "spaceships"}), entry("9503", "none", map[string]any{"threshold": map[string]any{"value": 1}}), entry("9504", "origin", map[string]any{"threshold": map[string]any{"quantity": 1, "unit": "BAG"}, "extra": 1}), entry("9505", "import", map[string]any{"names": map[string]string{"ar": "x"}})), "[/entries/1/hs duplicate /entries/2/control choice /entries/2/family choice /entries/2/hs hs_prefix /entries/3/threshold threshold_without_control /entries/4 unknown_field /entries/4/threshold/unit choice /entries/5/names/fr required]"},
	} {
		if got := faults(officer.ask(http.MethodPost, controlLists, tc.body).refused(http.StatusUnprocessableEntity, "invalid")); fmt.Sprint(got) != tc.want {
			t.Errorf("%s:\n%v, want\n%s", name, got, tc.want)
		}
	}
	officer.ask(http.MethodPost, controlLists, []byte("hs;control")).refused(http.StatusBadRequest, "not_json")
	officer.ask(http.MethodPost, controlLists, []byte(`{"csv":"`+strings.Repeat("a", 4<<20)+`"}`)).refused(http.StatusRequestEntityTooLarge, "body_too_large")
	if changed := differs(before, h.dump()); len(changed) > 0 {
		t.Errorf("changed %q", changed)
	}
}

func TestAPublicationRepeatedUnderItsKeyIsDoneOnce(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		officer, once := h.as(driss), client.Once("double click")
		publish := func() reply { return officer.ask(http.MethodPost, controlLists, h.toasters("v1", 10), once) }
		first := publish()
		if first.Status != http.StatusCreated || first.Header.Get("Location") != controlLists+"/v1" {
			t.Fatalf("%d %v %s", first.Status, first.Header, first.Body)
		}
		before := h.dump()
		again := publish()
		if again.sameAs(first); string(again.Body) != string(first.Body) {
			t.Errorf("%s\nthen\n%s", first.Body, again.Body)
		}
		officer.ask(http.MethodPost, controlLists, h.toasters("v2", 20), once).refused(http.StatusUnprocessableEntity, "idempotency_key_reused")
		if changed := differs(before, h.dump()); len(changed) > 0 {
			t.Errorf("changed %q", changed)
		}
	})
}

// long is a list of so many entries, in forty chapters.
func (h *harness) long(version string, entries int) map[string]any {
	list := make([]map[string]any, entries)
	for i := range list {
		list[i] = map[string]any{
			"hs": fmt.Sprintf("%02d%08d", 10+i%40, i), "control": "origin", "family": "electrical", "norms": []string{fmt.Sprintf("NM EN %05d", i)},
			"names": map[string]string{"fr": fmt.Sprintf("Appareil n° %05d pour usage domestique", i), "ar": fmt.Sprintf("جهاز رقم %05d للاستعمال المنزلي", i), "en": fmt.Sprintf("Appliance No. %05d for domestic use", i)},
		}
	}
	return map[string]any{"version": version, "in_force": h.day(1), "source": "Arrêté", "entries": list}
}

func TestTenThousandEntriesArePublishedAndFoundChapterByChapter(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("ten thousand entries")
	}
	h := staged.open(t, overGateway)
	v := h.as(driss).publishes(h.long("long", control.MostEntries), client.Once("long"))
	if v.Entries != control.MostEntries || v.Changes.Added != control.MostEntries || len(v.Changes.First.Added) != 50 {
		t.Errorf("%d entries, %d added", v.Entries, v.Changes.Added)
	}
	var chapters []string
	for _, row := range h.rows(infra.Query{PK: "control#entries#" + h.digest("long")}) {
		if len(row.Value) > infra.MaxRowBytes {
			t.Errorf("a row of %d bytes", len(row.Value))
		}
		chapters = append(chapters, row.SK[:2])
	}
	if len(slices.Compact(chapters)) != 40 {
		t.Errorf("chapters %v", chapters)
	}
	h.travel(h.portal.Clock().Now().AddDate(0, 0, 1))
	b := h.visitor()
	if a := b.asks("hs=1700007047"); a.Outcome != control.ControlledAtOrigin || a.Entry == nil || a.Entry.Norms[0] != "NM EN 07047" {
		t.Errorf("%+v", a)
	}
	if a := b.asks("hs=1700007048"); a.Outcome != control.NotSubject {
		t.Errorf("%+v", a)
	}
	var found struct {
		Total    int
		Products []products.EntryView
	}
	if b.reads("/api/products?q=appareil+07047", &found); found.Total != 1 {
		t.Errorf("%d found", found.Total)
	}
	if file := b.wants(http.StatusOK, http.MethodGet, controlLists+"/long/csv", nil); strings.Count(string(file.Body), "\r\n") != control.MostEntries+1 {
		t.Error("the file has another number of lines")
	}
}

// digest names the entries of a version.
func (h *harness) digest(version string) string {
	h.t.Helper()
	var l products.Listing
	if !h.row("control#lists", "name#"+version, &l) {
		h.t.Fatalf("no version %s", version)
	}
	return l.Digest
}

// A crash between the staging of a list and its publication leaves no version;
// doing it again uses the rows that are there.
func TestAListIsPublishedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overHTTP)
	all := h.portal.Ports
	for writes := range 3 {
		dying := all
		dying.Dossiers = mortalTable{all.Dossiers, &fuse{left: writes}}
		published := h.publishesOn(dying, fmt.Sprintf("v%d", writes))
		rows := h.rows(infra.Query{PK: "control#lists"})
		if published != (writes == 2) || len(rows) != map[bool]int{false: 0, true: 3}[published] {
			t.Errorf("dead after %d writes: published %v, rows %v", writes, published, rows)
		}
	}
	if staged := h.rows(infra.Query{PK: "control#entries#" + h.digest("v2")}); len(staged) != 1 {
		t.Errorf("%d rows of entries", len(staged))
	}
}

// publishesOn tells whether an officer's list is published by steps on these
// ports.
func (h *harness) publishesOn(ports infra.Ports, version string) bool {
	h.t.Helper()
	body, err := json.Marshal(h.toasters(version, 10))
	if err != nil {
		h.t.Fatalf("%v", err)
	}
	r := httptest.NewRequest(http.MethodPost, controlLists, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: "session", Value: h.openSession(h.marks[driss])})
	w := httptest.NewRecorder()
	httpapi.New(httpapi.Build(products.Steps, ports), ports, slog.New(slog.DiscardHandler)).ServeHTTP(w, r)
	if w.Code != http.StatusCreated && w.Code != http.StatusInternalServerError {
		h.t.Errorf("%d %s", w.Code, w.Body)
	}
	return w.Code == http.StatusCreated
}
