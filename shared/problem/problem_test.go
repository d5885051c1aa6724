package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"portal/shared/i18n"
)

func TestEveryProblemHasItsWordsInEveryLanguage(t *testing.T) {
	for code, status := range Kinds {
		if status < 400 || status > 599 {
			t.Errorf("%s answers %d", code, status)
		}
		for _, lang := range i18n.Langs {
			for _, key := range []string{"problem." + code, "problem." + code + ".detail"} {
				if !i18n.Has(lang, key) {
					t.Errorf("%s is not in %s", key, lang)
				}
			}
		}
	}
}

func TestAProblemIsAnsweredAsRFC9457SaysInTheReadersLanguage(t *testing.T) {
	p := &Problem{Code: "invalid", Faults: []Fault{{Pointer: "/lines/0/hs", Code: "hs"}, {Pointer: "/lines/1/hs", Code: "too_long", Params: map[string]any{"max": 13}}}}
	w := httptest.NewRecorder()
	Write(w, p, "en")
	if w.Code != 422 || w.Header().Get("Content-Type") != ContentType || w.Header().Get("Content-Language") != "en" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	var body Body
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if body.Type != "urn:portal:problem:invalid" || body.Status != 422 || len(body.Errors) != 2 || !strings.Contains(body.Errors[1].Message, "13") {
		t.Errorf("%+v", body)
	}
}

func TestAConflictNamesTheStatusByItsLabel(t *testing.T) {
	body := (&Problem{Code: "not_allowed_in_status", Status: "closed", Allowed: []string{}}).Render("fr")
	if body.Dossier != "closed" || !strings.Contains(body.Detail, "Clôturé") {
		t.Errorf("%+v", body)
	}
}

func TestAnErrorThatIsNoProblemTellsNothingOfItself(t *testing.T) {
	secret := errors.New("password of samira@example.ma is wrong in table people")
	raw, err := json.Marshal(Of(fmt.Errorf("step: %w", secret)).Render("fr"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "samira") || Of(secret).HTTPStatus() != 500 {
		t.Errorf("%s", raw)
	}
	if wrapped := fmt.Errorf("step: %w", New("stale")); Of(wrapped).Code != "stale" || !Is(wrapped, "stale") || Is(secret, "stale") {
		t.Error("a wrapped problem is not found")
	}
}

func TestNoFaultsAreNoProblem(t *testing.T) {
	if Invalid(nil) != nil || Field("/a", "required") == nil {
		t.Error("Invalid")
	}
}
