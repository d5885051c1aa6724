package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portal/shared/forms"
	"portal/shared/problem"
	"portal/shared/step"
)

func TestTheDescriptionIsThatOfTheGoldenFile(t *testing.T) {
	t.Parallel()
	got, err := describe(onAWS)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(got, '\n'), want) {
		t.Errorf("the API has changed; read the difference, then go test ./functions -run Description -update\n%s", difference(string(want), string(got)))
	}
	h := staged.open(t, overGateway)
	here, err := describe(localSettings(site))
	if err != nil {
		t.Fatal(err)
	}
	if served := h.visitor().wants(http.StatusOK, http.MethodGet, "/api/openapi.json", nil); !bytes.Equal(served.Body, here) {
		t.Error("the portal serves another description")
	}
	// One machine speaks plain HTTP: its cookie cannot have the prefix.
	if there := bytes.Replace(here, []byte(`"name": "session"`), []byte(`"name": "__Host-session"`), 1); !bytes.Equal(there, got) {
		t.Errorf("one machine is described otherwise than AWS\n%s", difference(string(got), string(there)))
	}
}

// operations calls do with every operation of the description.
func operations(do func(path, method string, operation map[string]any)) {
	paths := description().doc["paths"].(map[string]any)
	for _, path := range keysOf(paths) {
		item := paths[path].(map[string]any)
		for _, method := range keysOf(item) {
			do(path, method, item[method].(map[string]any))
		}
	}
}

func TestEveryStepIsDescribedAndNothingElse(t *testing.T) {
	t.Parallel()
	var described, declared []string
	operations(func(path, method string, operation map[string]any) {
		described = append(described, strings.ToUpper(method)+" "+path)
		for _, name := range []string{"operationId", "summary", "responses"} {
			if operation[name] == nil || operation[name] == "" {
				t.Errorf("%s %s has no %s", method, path, name)
			}
		}
	})
	for _, s := range allSteps() {
		if s.Kind == step.KindHTTP {
			declared = append(declared, s.Route.Method+" "+s.Route.Path)
		}
	}
	if a, b := sorted(described...), sorted(declared...); !slices.Equal(a, b) {
		t.Errorf("described %q\ndeclared %q", a, b)
	}
}

func TestEveryDescribedProblemExists(t *testing.T) {
	t.Parallel()
	operations(func(path, method string, operation map[string]any) {
		for status, answer := range operation["responses"].(map[string]any) {
			answer := answer.(map[string]any)
			content, _ := answer["content"].(map[string]any)
			if content[problem.ContentType] == nil {
				if status >= "4" && content["text/html"] == nil {
					t.Errorf("%s %s %s is no problem", method, path, status)
				}
				continue
			}
			for _, code := range strings.Split(answer["description"].(string), ", ") {
				if declared, known := problem.Kinds[code]; !known || fmt.Sprint(declared) != status {
					t.Errorf("%s %s says %s is a %s", method, path, code, status)
				}
			}
		}
	})
}

// Every schema of the description compiles, with everything it refers to.
func TestTheDescriptionsSchemasCompile(t *testing.T) {
	t.Parallel()
	c := description()
	compile := func(at ...string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if _, err := c.compiler.Compile(site + "/api/openapi.json#" + fragment(at)); err != nil {
			t.Errorf("%v: %v", at, err)
		}
	}
	schemas := c.doc["components"].(map[string]any)["schemas"].(map[string]any)
	for name := range schemas {
		compile("components", "schemas", name)
	}
	for _, name := range forms.Names() {
		if component := "Form." + strings.ReplaceAll(name, "/", "."); schemas[component] == nil {
			t.Errorf("no component %s", component)
		}
	}
	operations(func(path, method string, operation map[string]any) {
		if body, given := operation["requestBody"].(map[string]any); given {
			for media := range body["content"].(map[string]any) {
				compile("paths", path, method, "requestBody", "content", media, "schema")
			}
		}
		for status, answer := range operation["responses"].(map[string]any) {
			content, _ := answer.(map[string]any)["content"].(map[string]any)
			for media := range content {
				compile("paths", path, method, "responses", status, "content", media, "schema")
			}
		}
	})
}

// The portal's own pages: forms, lists and bureaux, which other tests have no
// reason to read. The description is held against each.
func TestFormsAndListsAreServedAsDescribed(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		b := h.visitor()
		for _, name := range forms.Names() {
			want, err := forms.Raw(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.wants(http.StatusOK, http.MethodGet, "/api/forms/"+name, nil); !bytes.Equal(got.Body, want) || got.Header.Get("Content-Type") != "application/schema+json" {
				t.Errorf("%s is served as %s", name, got.Header.Get("Content-Type"))
			}
		}
		for _, list := range []string{"countries", "currencies", "units", "incoterms", "transport_modes", "ports", "hs_families"} {
			b.wants(http.StatusOK, http.MethodGet, "/api/lists/"+list, nil)
		}
		b.wants(http.StatusOK, http.MethodGet, "/api/conformity/bureaux", nil)
		for _, path := range []string{"/api/forms/conformity/nothing", "/api/lists/nothing"} {
			b.ask(http.MethodGet, path, nil).refused(http.StatusNotFound, "not_found")
		}
		for _, path := range []string{"", "?kind=operator", "?kind=bureau", "?limit=1", "/bureau-BV/members", "/bureau-BV/members?limit=1"} {
			h.as(admin).wants(http.StatusOK, http.MethodGet, "/api/administration/organisations"+path, nil)
		}
		h.as(admin).ask(http.MethodGet, "/api/administration/organisations?limit=0&kind=nothing", nil)
		h.as(admin).ask(http.MethodGet, "/api/administration/organisations?cursor=x", nil)
		h.as(admin).ask(http.MethodGet, "/api/administration/organisations/bureau-BV/members?limit=0&cursor=x", nil)
		h.as(yasmine).wants(http.StatusOK, http.MethodGet, "/api/accounts/me", nil)
		h.as(yasmine).wants(http.StatusOK, http.MethodGet, "/api/accounts/sessions", nil)
		b.ask(http.MethodPost, "/api/accounts/password-strengths", map[string]string{"password": "lune"})
		b.wants(http.StatusAccepted, http.MethodPost, "/api/accounts/password-forgotten", map[string]string{"email": "nobody@demo.example"})
	})
}
