package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portal/shared/problem"
	"portal/shared/step"
)

type agent struct{ name string }

func (a *agent) FromRequest(r *http.Request) { a.name = r.UserAgent() }

type paged struct {
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type view string

type everything struct {
	agent
	paged
	ID      string `path:"id" maxLength:"4"`
	View    view   `query:"view" enum:"new,mine"`
	Preview bool   `query:"preview"`
	IfMatch string `header:"If-Match"`
	Since   int64  `query:"since"`
	RawBody []byte
}

// mounted is a step of these structs, declared as it should be.
func mounted[I, O any](adjust ...func(*step.Operation)) *step.Step {
	s := step.HTTP(step.Declaration{Name: "room/step", Who: step.Anyone()}, http.MethodPost, "/things/{id}",
		func(context.Context, *I) (*O, error) { return new(O), nil }, adjust...)
	return &s
}

// taken is what a request becomes; the error is a problem.
func taken(in *input, r *http.Request) (any, error) {
	var given any
	var err error
	mux := http.NewServeMux()
	mux.HandleFunc("POST /things/{id}", func(_ http.ResponseWriter, r *http.Request) {
		body, refused := in.body(r)
		if refused == nil {
			given, refused = in.read(r, body)
		}
		if refused != nil {
			err = refused
		}
	})
	mux.ServeHTTP(httptest.NewRecorder(), r)
	return given, err
}

func request(target, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "lynx")
	return r
}

func TestRequestsAreReadIntoTheStructsOfSteps(t *testing.T) {
	in := newInput(mounted[everything, struct{}](step.Draft("anything", 8)))
	for target, want := range map[string]string{
		"/things/a":           `{{lynx} {20} a  false  0 [123 125]}`,
		"/things/a%2Fb":       `{{lynx} {20} a/b  false  0 [123 125]}`,
		"/things/éàùô":        `{{lynx} {20} éàùô  false  0 [123 125]}`,
		"/things/a?limit=100": `{{lynx} {100} a  false  0 [123 125]}`,
		"/things/a?limit=":    `{{lynx} {20} a  false  0 [123 125]}`,
		"/things/a?limit=5&limit=x&preview=true&view=mine&since=-4": `{{lynx} {5} a mine true  -4 [123 125]}`,
		"/things/a?other=1":                             `{{lynx} {20} a  false  0 [123 125]}`,
		"/things/abcde":                                 "id",
		"/things/a?limit=0":                             "limit",
		"/things/a?limit=101":                           "limit",
		"/things/a?limit=1.0":                           "limit",
		"/things/a?limit=1e1":                           "limit",
		"/things/a?since=9223372036854775808":           "since",
		"/things/abcde?view=all&preview=perhaps&since=": "id view preview",
	} {
		given, err := taken(in, request(target, "{}"))
		got := ""
		if err == nil {
			got = fmt.Sprint(*given.(*everything))
		}
		var names []string
		for _, f := range problem.Of(err).Faults {
			if f.Code != "parameter" {
				t.Errorf("%s: %+v", target, f)
			}
			names = append(names, f.Pointer)
		}
		if err != nil {
			got = strings.Join(names, " ")
		}
		for _, name := range strings.Fields(want) {
			if err != nil && !strings.Contains(got, name) || err == nil && got != want {
				t.Errorf("%s: %s, want %s", target, got, want)
				break
			}
		}
	}
}

func TestBodiesAreJSONAndNotTooLong(t *testing.T) {
	in := newInput(mounted[everything, struct{}](step.Draft("anything", 8)))
	for name, tc := range map[string]struct {
		body, media, want string
	}{
		"as long as can be": {"12345678", "application/json", ""},
		"too long":          {"123456789", "application/json", "body_too_large"},
		"none":              {"", "application/json", "bad_request"},
		"a form":            {"a=b", "application/x-www-form-urlencoded", "unsupported_media"},
		"plain text":        {"{}", "text/plain", "unsupported_media"},
		"no media type":     {"{}", "", "unsupported_media"},
		"no media type's":   {"{}", "application/json/x;;", "unsupported_media"},
		"not even JSON":     {"{", "application/json", ""}, // forms tell
	} {
		r := request("/things/a", tc.body)
		r.Header.Set("Content-Type", tc.media)
		_, err := taken(in, r)
		if tc.want == "" && err != nil || tc.want != "" && !problem.Is(err, tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

func TestAStepThatCannotBeMountedIsFoundAtOnce(t *testing.T) {
	for name, mount := range map[string]func(){
		"a parameter of another type": func() {
			newInput(mounted[struct {
				On float64 `query:"on"`
			}, struct{}]())
		},
		"a bound that is none": func() {
			newInput(mounted[struct {
				On int `query:"on" minimum:"one"`
			}, struct{}]())
		},
		"a body not declared": func() { newInput(mounted[everything, struct{}]()) },
		"a body not taken":    func() { newInput(mounted[struct{}, struct{}](step.Form("conformity/review", 8))) },
		"a field that is no part of an answer": func() {
			newOutput(mounted[struct{}, struct{ Count int }]())
		},
		"nobody who may": func() {
			s := mounted[struct{}, struct{}]()
			s.Who = step.Who{}
			New([]step.Step{*s}, noPorts, discard)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is mounted", name)
				}
			}()
			mount()
		}()
	}
}

type page struct {
	Status      int
	ContentType string        `header:"Content-Type"`
	SetCookie   []http.Cookie `header:"Set-Cookie"`
	Body        []byte
}

type card struct {
	Location string `header:"Location"`
	Body     struct {
		Name string `json:"name"`
		Bad  any    `json:"bad,omitempty"`
	}
}

func TestAnswersAreWrittenFromTheStructsOfSteps(t *testing.T) {
	whole := &card{Location: "/things/1"}
	whole.Body.Name = "<é>"
	for name, tc := range map[string]struct {
		step   *step.Step
		answer any
		want   string
	}{
		"JSON":           {mounted[struct{}, card](), whole, "200 map[Content-Type:[application/json] Location:[/things/1]] {\"name\":\"<é>\"}\n"},
		"made":           {mounted[struct{}, card](step.Created), &card{}, "201 map[Content-Type:[application/json]] {\"name\":\"\"}\n"},
		"bytes":          {mounted[struct{}, page](), &page{ContentType: "text/plain", Body: []byte("x")}, "200 map[Content-Type:[text/plain]] x"},
		"another status": {mounted[struct{}, page](), &page{Status: 404, ContentType: "text/plain"}, "404 map[Content-Type:[text/plain]] "},
		"cookies": {mounted[struct{}, page](), &page{ContentType: "a/b", SetCookie: []http.Cookie{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}},
			"200 map[Content-Type:[a/b] Set-Cookie:[a=1 b=2]] "},
		"nothing":        {mounted[struct{}, struct{}](), &struct{}{}, "204 map[] "},
		"nothing at all": {mounted[struct{}, card](), (*card)(nil), "200 map[] "},
	} {
		w := httptest.NewRecorder()
		if err := newOutput(tc.step).write(w, tc.answer); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := fmt.Sprint(w.Code, " ", map[string][]string(w.Header()), " ", w.Body); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	w := httptest.NewRecorder()
	whole.Body.Bad = func() {}
	if err := newOutput(mounted[struct{}, card]()).write(w, whole); err == nil || w.Body.Len() > 0 {
		t.Errorf("what is no JSON is answered as %q, %v", w.Body, err)
	}
}

func TestWhatIsOurFaultIsLoggedAndABareProblem(t *testing.T) {
	var log bytes.Buffer
	failing := step.HTTP(step.Declaration{Name: "room/step", Who: step.Anyone()}, http.MethodGet, "/x",
		func(context.Context, *struct{}) (*card, error) { return nil, fmt.Errorf("the disk is full") })
	refusing := step.HTTP(step.Declaration{Name: "room/other", Who: step.Anyone()}, http.MethodGet, "/y",
		func(context.Context, *struct{}) (*card, error) { return nil, problem.New("not_found") })
	api := New([]step.Step{failing, refusing}, noPorts, logTo(&log))
	for path, want := range map[string]int{"/x": http.StatusInternalServerError, "/y": http.StatusNotFound} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want || w.Header().Get("Content-Type") != problem.ContentType || strings.Contains(w.Body.String(), "disk") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "the disk is full") || !strings.Contains(said, "room/step") {
		t.Errorf("logged %q", said)
	}
}
