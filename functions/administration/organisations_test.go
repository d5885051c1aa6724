package administration

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
)

func TestTheDirectoryComesByPagesAndIsNarrowed(t *testing.T) {
	p := open(t)
	admin := as(p, "admin")
	get := func(query string) (names []string, cursor string) {
		t.Helper()
		var out struct {
			Organisations []registry.Listed
			Cursor        string
		}
		admin.Do(http.MethodGet, organisations+query, nil).Want(http.StatusOK, "").JSON(&out)
		for _, o := range out.Organisations {
			names = append(names, o.ID)
		}
		return names, out.Cursor
	}
	whole, _ := get("")
	if fmt.Sprint(whole) != "[bureau-AP bureau-BV bureau-IT bureau-SG bureau-TR customs ministry demo-atlas demo-rif portal]" {
		t.Errorf("%v", whole)
	}
	var paged []string
	for cursor, pages := "", 0; ; pages++ {
		page, next := get("?limit=3&cursor=" + cursor)
		paged = append(paged, page...)
		if cursor = next; cursor == "" || pages > 9 {
			break
		}
	}
	if !slices.Equal(paged, whole) {
		t.Errorf("by pages %v", paged)
	}
	for query, want := range map[string]string{
		"?kind=operator": "[demo-atlas demo-rif]", "?kind=operator&name=ATLAS+%C3%A9q": "[demo-atlas]", "?kind=bureau&name=bureau": "[bureau-BV]", "?kind=operator&name=zz": "[]", "?kind=ministry": "[ministry]",
	} {
		if got, _ := get(query); fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
	admin.Do(http.MethodGet, organisations+"?cursor=forged", nil).Want(http.StatusUnprocessableEntity, "invalid cursor:parameter")
	admin.Do(http.MethodGet, organisations+"?kind=company", nil).Want(http.StatusUnprocessableEntity, "invalid kind:parameter")
}

func TestRecordingASubscription(t *testing.T) {
	p := open(t)
	admin := as(p, "admin")
	put := func(organisation, code string) accounttest.Answer {
		return admin.Do(http.MethodPut, organisations+"/"+organisation+"/subscription", map[string]string{"code": code})
	}
	put("demo-rif", "10092023X00000001137").Want(http.StatusUnprocessableEntity, "invalid /code:subscription_operator")
	put("demo-rif", "").Want(http.StatusUnprocessableEntity, "invalid /code:required")
	put("bureau-BV", "10092023I00000001137").Want(http.StatusConflict, "not_an_operator")
	put("none", "10092023I00000001137").Want(http.StatusNotFound, "not_found")
	for range 2 {
		var o registry.Listed
		put("demo-rif", "10092023E00000000007").Want(http.StatusOK, "").JSON(&o)
		if o.Subscription != "10092023E00000000007" {
			t.Errorf("%+v", o)
		}
	}
	rows := p.Rows(registry.Directory, "operator#rif distribution sa#")
	if len(rows) != 1 || !strings.Contains(string(rows[0].Value), "10092023E00000000007") {
		t.Errorf("directory %v", rows)
	}
	o, err := registry.Organisation(t.Context(), p.Ports.People, "demo-rif")
	if err != nil || o.Subscription != "10092023E00000000007" || o.Version != 3 {
		t.Errorf("%+v %v", o, err)
	}
}
