package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/demo/client"
)

const statements = "/api/certificates/statements"

// formerly is a licence of Atlas's from before the portal, valid until 30
// November 2026.
func formerly(number string, change ...func(map[string]any)) map[string]any {
	body := map[string]any{
		"kind": "SOL", "former": number, "issued": "2025-12-01", "expires": "2026-11-30",
		"holder": map[string]any{"name": "Atlas Équipements SARL", "country": "MA", "organisation": atlas},
		"lines": []map[string]any{
			{"hs": "8516.10.00.90", "designation": "Chauffe-eau", "brand": "Maisonia", "origin": "CN"},
			{"hs": "8516.20.00.90", "designation": "Radiateur", "origin": "CN", "quantity": 12, "unit": "C62"},
		},
	}
	for _, edit := range change {
		edit(body)
	}
	return body
}

func lacking(name string) func(map[string]any) {
	return func(body map[string]any) { delete(body, name) }
}

func having(name string, value any) func(map[string]any) {
	return func(body map[string]any) { body[name] = value }
}

func holding(change ...func(map[string]any)) func(map[string]any) {
	return func(body map[string]any) {
		holder := maps.Clone(body["holder"].(map[string]any))
		for _, edit := range change {
			edit(holder)
		}
		body["holder"] = holder
	}
}

func TestABureauRecordsAStatementOfBeforeThePortal(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		answer := h.as(omar).wants(http.StatusCreated, http.MethodPost, statements, formerly("lic 2025/117"), client.Once("k"))
		var shown record
		answer.into(&shown)
		number := shown.Number
		if !strings.HasPrefix(number, "SOL-2026-") || shown.Former != "lic 2025/117" || shown.Holder.Organisation != atlas || shown.Holder.TaxID == "" ||
			shown.Status != "valid" || shown.Lines != 2 || shown.Editions != 0 || answer.Header.Get("Location") != cert(number)+"/record" {
			t.Errorf("%s", answer.Body)
		}
		var again record
		h.as(omar).wants(http.StatusCreated, http.MethodPost, statements, formerly("lic 2025/117"), client.Once("k")).into(&again)
		if again.Number != number {
			t.Errorf("the same once more is %s", again.Number)
		}
		taken := h.as(salma).ask(http.MethodPost, statements, formerly(" LIC2025 /117"))
		if got := faults(taken.refused(http.StatusUnprocessableEntity, "invalid")); !slices.Equal(got, []string{"/former taken"}) {
			t.Errorf("%v", got)
		}
		h.as(karim).wants(http.StatusCreated, http.MethodPost, statements, formerly("LIC 2025/118"))

		for _, cited := range []string{number, strings.ToLower(number), "LIC 2025/117", "lic2025/117"} {
			p := h.as(yasmine).fills(request{object: resting("C", cited), lines: 2})
			if len(p.Missing) > 0 {
				t.Errorf("a CoC on %q lacks %v", cited, p.Missing)
			}
		}
		if page := h.visitor().wants(http.StatusOK, http.MethodGet, "/c/"+number+"?lang=fr", nil); strings.Contains(string(page.Body), "2025/117") || strings.Contains(string(page.Body), "Atlas") ||
			!strings.Contains(string(page.Body), "Chauffe-eau") || !strings.Contains(string(page.Body), "30/11/2026") {
			t.Errorf("the public is shown %s", page.Body)
		}
		h.as(yasmine).ask(http.MethodGet, cert(number)+"/paper", nil).refused(http.StatusNotFound, "not_found")
		if got := h.as(yasmine).happened(number); !slices.Equal(got, []string{"record → valid Omar Tazi"}) {
			t.Errorf("it happened %v", got)
		}
		var told uint64
		h.handovers(&told)
		h.travel(time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC))
		want := []string{number + "-lapsed", number + "-lapsed-" + h.marks[sara], number + "-lapsed-demo-salma"}
		for _, offset := range []int{60, 30, 7, 0} { // to those who file for the holder
			want = append(want, fmt.Sprintf("%s-reminder-%d", number, offset))
		}
		got := h.lettersAbout(number, &told)
		got = slices.DeleteFunc(got, func(id string) bool {
			return strings.HasSuffix(id, "-"+h.marks[anas]) || strings.HasSuffix(id, "-demo-yasmine")
		})
		if !slices.Equal(sorted(got...), sorted(want...)) {
			t.Errorf("told %v, want %v", sorted(got...), sorted(want...))
		}
	})
}

func TestAFormerNumberOfTwoBureauxNamesNeither(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overHTTP)
	for _, name := range []string{salma, karim} {
		h.as(name).wants(http.StatusCreated, http.MethodPost, statements, formerly("7"))
	}
	if got := h.as(yasmine).fills(request{object: resting("C", "7"), lines: 1}).faults(); !slices.Equal(got, []string{"/object/statement statement_unknown"}) {
		t.Errorf("%v", got)
	}
}

func TestEverythingWrongWithAStatementIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overHTTP)
	salma := h.as(salma)
	lines := func(line map[string]any) func(map[string]any) { return having("lines", []map[string]any{line}) }
	for name, tc := range map[string]struct {
		body map[string]any
		want string
	}{
		"nothing":                 {map[string]any{}, "[/expires required /former required /holder required /issued required /kind required /lines required]"},
		"a CoC":                   {formerly("1", having("kind", "COC")), "[/kind choice]"},
		"a number of ours":        {formerly("SOL-2025-1-5X", having("former", "COC-2026-1088-3O")), "[/former number_of_portal]"},
		"issued tomorrow":         {formerly("1", having("issued", "2026-08-25"), having("expires", "2027-08-25")), "[/issued date_future]"},
		"over before it began":    {formerly("1", having("expires", "2025-11-30")), "[/expires date_before_issue]"},
		"more than a year":        {formerly("1", having("expires", "2026-12-02")), "[/expires validity_too_long]"},
		"over for long":           {formerly("1", having("issued", "2025-05-25"), having("expires", "2026-05-25")), "[/expires date_long_past]"},
		"a holder of nowhere":     {formerly("1", holding(having("country", "QQ"), having("organisation", "nobody"))), "[/holder/country choice /holder/organisation choice]"},
		"a bureau as holder":      {formerly("1", holding(having("organisation", bureauBV))), "[/holder/organisation choice]"},
		"another company's ICE":   {formerly("1", holding(having("tax_id", "001525714000099"))), "[/holder/organisation holder_differs]"},
		"another bureau":          {formerly("1", having("bureau", "bureau-SG")), "[/bureau choice]"},
		"goods that are none":     {formerly("1", lines(map[string]any{"hs": "85", "designation": "", "origin": "QQ", "unit": "ZZZ"})), "[/lines/0/designation required /lines/0/hs hs /lines/0/origin choice /lines/0/unit choice]"},
		"no goods, and a mistype": {formerly("1", having("lines", []any{}), having("issued", "1/12/2025")), "[/issued date /lines too_few]"},
		"more lines than a form":  {formerly("1", having("lines", slices.Repeat([]map[string]any{{"hs": "8516.10.00.90", "designation": "A", "origin": "CN"}}, 501))), "[/lines too_many]"},
	} {
		if got := faults(salma.ask(http.MethodPost, statements, tc.body).refused(http.StatusUnprocessableEntity, "invalid")); fmt.Sprint(got) != tc.want {
			t.Errorf("%s: %v, want %s", name, got, tc.want)
		}
	}
	h.as(yasmine).ask(http.MethodPost, statements, formerly("1")).refused(http.StatusForbidden, "forbidden")
	salma.wants(http.StatusCreated, http.MethodPost, statements, formerly("1"))
	salma.wants(http.StatusCreated, http.MethodPost, statements, formerly("2", having("issued", "2025-06-01"), having("expires", "2026-06-01")))
	salma.wants(http.StatusCreated, http.MethodPost, statements, formerly("3", holding(lacking("organisation"), having("name", "Usine de Yuyao"), having("country", "CN"))))
}

// shelf lists certificates, page by page, by what the test calls them.
func (b *browser) shelf(path string, size int) []string {
	b.h.t.Helper()
	list := []string{}
	for cursor, pages := "", 0; ; pages++ {
		var page struct {
			Certificates []struct{ Number, Former string }
			Cursor       string
		}
		b.reads(fmt.Sprintf("%s&limit=%d&cursor=%s", path, size, cursor), &page)
		for _, c := range page.Certificates {
			name := c.Former
			for mark, number := range b.h.marks {
				if number == c.Number {
					name = mark
				}
			}
			list = append(list, name)
		}
		if cursor = page.Cursor; cursor == "" || pages > 50 {
			return list
		}
		if len(page.Certificates) == 0 && pages > 5 {
			b.h.t.Fatalf("%s: pages without end", path)
		}
	}
}

func TestCertificatesAreListedByKindStatusAndLastDay(t *testing.T) {
	t.Parallel()
	issued.onEach(t, func(t *testing.T, h *harness) {
		record := func(former, issued, expires string) {
			h.as(salma).wants(http.StatusCreated, http.MethodPost, statements, formerly(former, having("issued", issued), having("expires", expires)))
		}
		record("soon", "2025-09-10", "2026-09-10")
		record("later", "2026-03-01", "2027-03-01")
		record("over", "2025-08-30", "2026-08-30")
		record("revoked", "2026-02-01", "2027-02-01")
		var recorded struct {
			Certificates []struct{ Number, Former string }
		}
		h.as(salma).reads("/api/certificates/issued?kind=SOL", &recorded)
		for _, c := range recorded.Certificates {
			if c.Former == "revoked" {
				h.as(salma).revokes(c.Number, "revoked")
			}
		}
		const mine, ours = "/api/certificates?a=b", "/api/certificates/issued?bureau=" + bureauBV
		for _, path := range []string{mine, ours} {
			who := map[string]string{mine: yasmine, ours: omar}[path]
			for filter, want := range map[string]string{
				"": "ncr coc later revoked soon over", "&kind=COC": "coc", "&kind=SOL": "soon later over revoked", "&kind=SOR": "", "&kind=NCR": "ncr",
				"&status=valid": "coc soon later ncr", "&status=expired": "over", "&status=revoked": "revoked", "&kind=SOL&status=valid": "soon later",
				"&expiring=9": "", "&expiring=10": "soon", "&expiring=91": "coc soon", "&expiring=366&kind=SOL": "soon later", "&status=used_up": "",
			} {
				for _, size := range []int{1, 2, 100} {
					got := h.as(who).shelf(path+filter, size)
					if filter == "" {
						// Two of one second come in no promised order.
						slices.Sort(got)
						want = "coc later ncr over revoked soon"
					}
					if strings.Join(got, " ") != want {
						t.Errorf("%s%s by %d: %v, want %s", path, filter, size, got, want)
					}
				}
			}
		}
		h.travel(time.Date(2026, 9, 10, 23, 1, 0, 0, time.UTC)) // a minute past midnight in Casablanca
		if got := h.as(yasmine).shelf(mine+"&status=expired", 1); strings.Join(got, " ") != "soon over" {
			t.Errorf("before the sweep has marked it, %v are expired", got)
		}
		if got := h.as(yasmine).shelf(mine+"&kind=SOL&status=valid", 1); strings.Join(got, " ") != "later" {
			t.Errorf("and %v valid", got)
		}
		for _, bad := range []string{"cursor=9.x", "cursor=x", "cursor=-1.", "cursor=0.abc", "status=lost", "kind=XXX", "expiring=0", "organisation=" + rif} {
			h.as(yasmine).ask(http.MethodGet, "/api/certificates?"+bad, nil).refused(http.StatusUnprocessableEntity, "invalid")
		}
		h.as(omar).ask(http.MethodGet, "/api/certificates/issued?bureau=bureau-SG", nil).refused(http.StatusUnprocessableEntity, "invalid")
		if got := h.as(hamza).shelf(mine, 100); len(got) > 0 {
			t.Errorf("another holder has %v", got)
		}
	})
}
