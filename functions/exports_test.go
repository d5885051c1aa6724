package main

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/demo/client"
	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/xlsx"
)

// exported is an export as whoever asked for it sees it.
type exported struct {
	ID, State  string
	StateLabel string `json:"state_label"`
	Format     string
	Rows       int
	Expires    time.Time
	Files      []struct {
		Name  string
		Rows  int
		Bytes int
		URL   string
	}
}

const exportsPath = "/api/conformity/exports"

// wanting is the body of a request for an export.
func wanting(format, list string, more ...string) map[string]string {
	body := map[string]string{"format": format, "list": list}
	for i := 0; i < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	return body
}

// exports asks for a list and waits for nothing: the harness has settled.
func (b *browser) exports(body map[string]string, options ...client.Option) exported {
	b.h.t.Helper()
	var asked exported
	answer := b.wants(http.StatusAccepted, http.MethodPost, exportsPath, body, options...)
	answer.into(&asked)
	if answer.Header.Get("Location") != exportsPath+"/"+asked.ID {
		b.h.t.Errorf("the export is at %q", answer.Header.Get("Location"))
	}
	return b.export(asked.ID)
}

func (b *browser) export(id string) exported {
	b.h.t.Helper()
	var e exported
	b.reads(exportsPath+"/"+id, &e)
	return e
}

// getsFile gets the nth file, which works without a session.
func (b *browser) getsFile(e exported, n int) reply {
	b.h.t.Helper()
	if e.State != "ready" || n >= len(e.Files) {
		b.h.t.Fatalf("the export is %s with %d files", e.State, len(e.Files))
	}
	file := b.h.visitor().wants(http.StatusOK, http.MethodGet, e.Files[n].URL, nil)
	if len(file.Body) != e.Files[n].Bytes {
		b.h.t.Errorf("%d bytes, %d were told", len(file.Body), e.Files[n].Bytes)
	}
	if disposition := file.Header.Get("Content-Disposition"); !strings.Contains(disposition, url.PathEscape(e.Files[n].Name)) {
		b.h.t.Errorf("saved as %s, not %s", disposition, e.Files[n].Name)
	}
	return file
}

// table reads a CSV file.
func (r reply) table() [][]string {
	r.h.t.Helper()
	text, marked := strings.CutPrefix(string(r.Body), "\ufeff")
	read := csv.NewReader(strings.NewReader(text))
	read.Comma = ';'
	rows, err := read.ReadAll()
	if err != nil || !marked {
		r.h.t.Fatalf("%v: %s", err, r.Body)
	}
	return rows
}

// names are the dossiers of a file by their marks, in its order.
func (h *harness) names(rows [][]string) string {
	var names []string
	for _, row := range rows[1:] {
		name := "?" + row[0]
		for mark, id := range h.marks {
			if len(id) == 26 && row[0] != "" && h.head(id).Number == row[0] {
				name = mark
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestAListComesAsAFile(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		number := h.head(h.marks["mine"]).Number
		for _, list := range []struct {
			by   string
			body map[string]string
			want string
		}{
			{salma, wanting("csv", "bureau"), "closed mine evening midnight cancelled rif's"},
			{salma, wanting("csv", "bureau", "view", "new"), "midnight rif's"},
			{salma, wanting("csv", "bureau", "view", "history"), "closed"},
			{salma, wanting("csv", "bureau", "status", "awaiting_evaluation"), "mine evening"},
			{salma, wanting("csv", "bureau", "from", "2026-08-26", "to", "2026-08-26"), "evening"},
			{salma, wanting("csv", "bureau", "reference", number), "mine"},
			{salma, wanting("csv", "bureau", "reference", number, "status", "closed"), ""},
			{karim, wanting("csv", "bureau", "reference", number), ""},
			{omar, wanting("csv", "bureau", "view", "mine"), "mine"},
			{omar, wanting("csv", "bureau", "view", "mine_closed"), "closed"},
			{yasmine, wanting("csv", "own", "status", "submitted"), "midnight elsewhere"},
			{anas, wanting("csv", "own", "organisation", atlas, "to", "2026-08-28"), "closed mine evening midnight cancelled"},
			{hamza, wanting("csv", "own"), "rif's"},
		} {
			h.travel(h.portal.Clock().Now().Add(time.Minute)) // so that three at once are never too many
			e := h.as(list.by).exports(list.body)
			rows := h.as(list.by).getsFile(e, 0).table()
			if got := h.names(rows); got != list.want || e.Rows != len(rows)-1 || e.Files[0].Rows != e.Rows {
				t.Errorf("%s, %v: %s, want %s (%d rows told)", list.by, list.body, got, list.want, e.Rows)
			}
		}
	})
}

func TestAFileSaysWhatTheListShows(t *testing.T) {
	t.Parallel()
	h := archive.open(t, overHTTP)
	e := h.as(salma).exports(wanting("csv", "bureau", "view", "history"))
	rows := h.as(salma).getsFile(e, 0).table()
	d := h.head(h.marks["closed"])
	want := [][]string{
		{"Numéro", "Date de dépôt", "Objet", "Type", "Route", "Exportateur", "Bureau", "Statut", "Réponse", "Agent", "Échéance", "Lignes", "SoR ou SoL", "Certificat révisé ou renouvelé", "Dernière modification"},
		{d.Number, "2026-08-24 11:00", "CoC", "Nouvelle", "A", "Ningbo Home Ltd", "BV", "Clôturé", "Conforme", d.AgentName, d.Due, "2", "", "", "2026-08-29 11:00"},
	}
	for i := range want {
		if !slices.Equal(rows[i], want[i]) {
			t.Errorf("row %d: %q, want %q", i, rows[i], want[i])
		}
	}
	if e.Files[0].Name != "demandes-2026-08-29.csv" {
		t.Errorf("called %s", e.Files[0].Name)
	}
	own := h.as(yasmine).exports(wanting("csv", "own", "status", "closed"))
	if heads := h.as(yasmine).getsFile(own, 0).table()[0]; slices.Contains(heads, "Agent") || len(heads) != 14 {
		t.Errorf("a declarant's columns: %q", heads)
	}
	arabic := h.as(salma).exports(wanting("xlsx", "bureau"), func(r *http.Request) { r.Header.Set("Accept-Language", "ar") })
	file := h.as(salma).getsFile(arabic, 0)
	book, err := xlsx.Open(file.Body, xlsx.Limits{Unpacked: 1 << 20, Strings: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	err = book.Rows(0, func(r xlsx.Row) error {
		if r.N <= 2 {
			cells = append(cells, r.Cells[0].Text)
		}
		return nil
	})
	if want := []string{"الرقم", d.Number}; err != nil || !slices.Equal(cells, want) || arabic.Rows != 6 || file.Header.Get("Content-Type") != xlsx.ContentType {
		t.Errorf("%q, want %q; %d rows, %s, %v", cells, want, arabic.Rows, file.Header.Get("Content-Type"), err)
	}
}

func TestExportsAreTheirAskersAlone(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		e := h.as(karim).exports(wanting("csv", "bureau"))
		for _, name := range []string{salma, nadia, yasmine} {
			h.as(name).ask(http.MethodGet, exportsPath+"/"+e.ID, nil).refused(http.StatusNotFound, "not_found")
			var list struct{ Exports []exported }
			if h.as(name).reads(exportsPath, &list); len(list.Exports) != 0 {
				t.Errorf("%s sees %v", name, list.Exports)
			}
		}
		var list struct{ Exports []exported }
		if h.as(karim).reads(exportsPath, &list); len(list.Exports) != 1 || list.Exports[0].Files[0].URL != "" || list.Exports[0].StateLabel != "Prêt" {
			t.Errorf("Karim sees %+v", list.Exports)
		}
		for _, answer := range []struct {
			by   string
			body map[string]string
			want string
		}{
			{yasmine, wanting("csv", "bureau"), "/organisation choice"},
			{omar, wanting("csv", "own"), "/organisation choice"},
			{salma, wanting("csv", "bureau", "organisation", "bureau-SG"), "/organisation choice"},
			{hamza, wanting("xlsx", "own", "organisation", atlas, "view", "new", "from", "2026-08-24"), "/organisation choice,/view not_with_own"},
			{salma, wanting("csv", "bureau", "view", "mine", "status", "closed"), "/status not_with_view"},
			{salma, wanting("pdf", "all", "status", "lost", "from", "yesterday"), "/format choice,/from date,/list choice,/status choice"},
		} {
			if got := strings.Join(faults(h.as(answer.by).ask(http.MethodPost, exportsPath, answer.body).refused(http.StatusUnprocessableEntity, "invalid")), ","); got != answer.want {
				t.Errorf("%s %v: %s, want %s", answer.by, answer.body, got, answer.want)
			}
		}
		h.as(admin).ask(http.MethodPost, exportsPath, wanting("csv", "own")).refused(http.StatusForbidden, "forbidden")
		// Whoever leaves the bureau loses what they asked for.
		h.as(admin).wants(http.StatusNoContent, http.MethodDelete, "/api/administration/organisations/bureau-SG/members/demo-karim", nil)
		if answer := h.as(karim).ask(http.MethodGet, exportsPath+"/"+e.ID, nil); answer.Status != http.StatusForbidden && answer.Status != http.StatusNotFound {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
	})
}

func TestAnExportAskedForTwiceIsOne(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		ask := func() reply {
			return h.as(salma).ask(http.MethodPost, exportsPath, wanting("csv", "bureau"), client.Once("double click"))
		}
		first, again := ask(), ask()
		again.sameAs(first)
		if first.Status != http.StatusAccepted {
			t.Fatalf("%d %s", first.Status, first.Body)
		}
		var list struct{ Exports []exported }
		if h.as(salma).reads(exportsPath, &list); len(list.Exports) != 1 {
			t.Errorf("%+v", list.Exports)
		}
		h.as(salma).ask(http.MethodPost, exportsPath, wanting("xlsx", "bureau"), client.Once("double click")).refused(http.StatusUnprocessableEntity, "idempotency_key_reused")
	})
}

func TestFewExportsAreMadeAtOnceAndNoneIsKeptForEver(t *testing.T) {
	t.Parallel()
	h := archive.open(t, overHTTP)
	h.lazy = true
	for range 3 {
		if e := h.as(omar).exports(wanting("csv", "bureau")); e.State != "building" || len(e.Files) != 0 {
			t.Errorf("%+v", e)
		}
		if err := h.portal.Store.Settle(); err != nil { // the index
			t.Fatal(err)
		}
	}
	h.as(omar).ask(http.MethodPost, exportsPath, wanting("csv", "bureau")).refused(http.StatusConflict, "too_many_exports")
	h.settle()
	h.lazy = false
	e := h.as(omar).exports(wanting("csv", "bureau"))
	h.as(omar).getsFile(e, 0)
	h.sleep(e.Expires.Add(time.Second))
	h.as(omar).ask(http.MethodGet, exportsPath+"/"+e.ID, nil).refused(http.StatusNotFound, "not_found")
	h.sleep(e.Expires.AddDate(0, 0, 2))
	if swept, err := h.portal.Sweep(h.context()); err != nil || len(h.files("exports")) != 0 || swept.Files == 0 {
		t.Errorf("left: %d files, %v", len(h.files("exports")), err)
	}
}

// fills puts so many more dossiers in a bureau's lists, as heads alone.
func (h *harness) fills(bureau, prefix string, n int, since time.Time) {
	h.t.Helper()
	like := h.head(h.marks["mine"])
	for i := range n {
		d := like
		d.ID, d.Number, d.Body = h.portal.Ports.IDs.New(), fmt.Sprint(prefix, i+1), bureau
		d.Deposited = since.Add(time.Duration(i/7) * time.Second) // several a second
		put := infra.Put{
			Key: infra.Key{PK: dossier.PK(d.ID), SK: dossier.SKHead}, Value: d,
			Index: map[string]infra.Key{"body": {PK: "body#" + bureau, SK: dossier.SortKey(d.Deposited) + "#" + d.ID}},
		}
		if err := h.portal.Dossiers().Write(h.context(), put); err != nil {
			h.t.Fatalf("%v", err)
		}
	}
	if err := h.portal.Store.Settle(); err != nil { // the indexes
		h.t.Fatalf("%v", err)
	}
}

// A long list is read page by page while dossiers come and go: each of those
// that were there is in the file once.
func TestALongListIsReadInPartsWhileItGrows(t *testing.T) {
	t.Parallel()
	h := archive.open(t, overHTTP)
	const many = 2500
	h.fills("bureau-AP", "AP-2026-", many, opening)
	h.as(admin).wants(http.StatusCreated, http.MethodPost, "/api/administration/organisations/bureau-AP/members",
		map[string]any{"name": "Karim", "email": emailOf(karim), "lang": "fr", "roles": []string{"bureau_supervisor"}})
	h.lazy = true
	e := h.as(karim).exports(wanting("csv", "bureau", "organisation", "bureau-AP"))
	for bits := 1; ; bits++ {
		if bits == 2 {
			h.now.Add(int64(time.Hour))
			h.fills("bureau-AP", "new", 9, h.portal.Clock().Now())
		}
		before := h.as(karim).export(e.ID)
		if before.State != "building" {
			if bits < 3 {
				t.Errorf("ready after %d bits", bits)
			}
			break
		}
		h.now.Add(int64(11 * time.Minute))
		if _, err := h.portal.RunStep(h.context(), "conformity/resume_exports", nil); err != nil {
			t.Fatal(err)
		}
	}
	rows := h.as(karim).getsFile(h.as(karim).export(e.ID), 0).table()
	seen := map[string]int{}
	for _, row := range rows[1:] {
		seen[row[0]]++
	}
	if len(rows) != many+1 || len(seen) != many {
		t.Errorf("%d rows of %d dossiers, want %d", len(rows)-1, len(seen), many)
	}
}

func TestAnExportOfWhoeverLostTheListIsGivenUp(t *testing.T) {
	t.Parallel()
	h := archive.open(t, overHTTP)
	h.lazy = true
	e := h.as(karim).exports(wanting("csv", "bureau"))
	h.as(admin).wants(http.StatusNoContent, http.MethodDelete, "/api/administration/organisations/bureau-SG/members/demo-karim", nil)
	h.settle()
	var job struct {
		State string
		Rows  int
	}
	if !h.row("export#"+e.ID, "export", &job) || job.State != "refused" || job.Rows != 0 {
		t.Errorf("%+v", job)
	}
	if left := h.files("exports"); len(left) != 0 {
		t.Errorf("%d files", len(left))
	}
}
