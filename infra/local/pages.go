package local

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"sync"
	"time"

	"portal/shared/calendar"
	"portal/shared/i18n"
	"portal/shared/problem"
)

//go:embed home.html
var homeHTML string

//go:embed home.css
var homeCSS string

// homePolicy lets the page use its own style and nothing else.
var homePolicy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(homeCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

var homeTemplate = sync.OnceValues(func() (*template.Template, error) { return template.New("home").Parse(homeHTML) })

// home shows where things are on this machine.
func (p *Portal) home(w http.ResponseWriter, r *http.Request) {
	t, err := homeTemplate()
	if err != nil {
		problem.Write(w, problem.New("internal"), i18n.Default)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", homePolicy())
	_ = t.Execute(w, map[string]any{"Now": p.clock.Now().In(calendar.Casablanca()).Format("02/01/2006 15:04"), "Settings": p.Ports.Settings, "Style": template.CSS(homeCSS)})
}

type clockView struct {
	Now time.Time `json:"now"`
}

func (p *Portal) showClock(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(clockView{Now: p.clock.Now()})
}

// travel puts this machine's clock forward, for demonstrations. AWS has no
// such thing.
func (p *Portal) travel(w http.ResponseWriter, r *http.Request) {
	lang := i18n.Negotiate(r.Header.Get("Accept-Language"))
	var in struct {
		To time.Time `json:"to"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&in); err != nil {
		problem.Write(w, problem.New("not_json"), lang)
		return
	}
	if !in.To.After(p.clock.Now()) || in.To.After(p.clock.Now().AddDate(5, 0, 0)) {
		problem.Write(w, &problem.Problem{Code: "invalid", Faults: []problem.Fault{{Pointer: "/to", Code: "date_past"}}}, lang)
		return
	}
	if err := p.Travel(r.Context(), in.To); err != nil {
		p.Log.Error("travel", "error", err.Error())
		problem.Write(w, problem.New("internal"), lang)
		return
	}
	p.showClock(w, r)
}
