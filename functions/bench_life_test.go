//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"portal/demo/client"
	"portal/functions/administration"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/infra/local"
	"portal/shared/people"
)

const benchSite = "http://portal.bench"

// The people of the demonstration who live through a dossier.
const (
	benchDeclarant  = "demo-yasmine"
	benchSupervisor = "demo-salma"
	benchAgent      = "demo-omar"
)

// benchMemory is a folder in memory: where no disk shall be measured.
func benchMemory(t *testing.T) string {
	t.Helper()
	root := "/dev/shm"
	if _, err := os.Stat(root); err != nil {
		root = ""
	}
	dir, err := os.MkdirTemp(root, "portal-bench")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// benchSeeded opens a store with the people of the demonstration.
func benchSeeded(t *testing.T, dir string, o local.Options) *local.Store {
	t.Helper()
	o.BaseURL = benchSite
	store, err := local.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if _, err := administration.Seed(context.Background(), benchPorts(store)); err != nil {
		t.Fatal(err)
	}
	return store
}

// benchPorts are a store's ports without state machines.
func benchPorts(store *local.Store) infra.Ports { return store.Ports(nil, localSettings(benchSite)) }

// benchAPI is every step over HTTP on some ports.
func benchAPI(ports infra.Ports) http.Handler {
	return httpapi.New(httpapi.Build(makers(), ports), ports, slog.New(slog.DiscardHandler))
}

// benchSession opens a session, as signing in does, and gives its cookie.
func benchSession(t *testing.T, store *local.Store, person string) *http.Cookie {
	t.Helper()
	secret := store.IDs().Secret()
	value, now := hex.EncodeToString(secret[:]), store.Clock().Now()
	err := store.People().Write(context.Background(), infra.Put{
		Key:     infra.Key{PK: people.PersonPK(person), SK: people.SessionSK(httpapi.SessionHash(value))},
		Value:   people.Session{Created: now, LastSeen: now, Agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140"},
		Expires: now.Add(people.SessionMax),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &http.Cookie{Name: "session", Value: person + "." + value}
}

// benchDoor is a way to the portal: in memory, or over a socket.
type benchDoor struct {
	carrier http.RoundTripper
	cookie  *http.Cookie
}

func (d benchDoor) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.AddCookie(d.cookie)
	return d.carrier.RoundTrip(r)
}

// benchInside answers requests without a socket.
type benchInside struct{ handler http.Handler }

func (in benchInside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	in.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// benchTroupe is a declarant, a supervisor and an agent with their browsers.
type benchTroupe struct{ declarant, supervisor, agent *client.Client }

func benchCast(t *testing.T, store *local.Store, base string, carrier http.RoundTripper) benchTroupe {
	t.Helper()
	as := func(person string) *client.Client {
		return client.New(base, benchDoor{carrier, benchSession(t, store, person)})
	}
	return benchTroupe{as(benchDeclarant), as(benchSupervisor), as(benchAgent)}
}

// benchLife is one dossier in the making.
type benchLife struct {
	benchTroupe
	id, etag string
	now      time.Time
	// after hears of every step that was answered.
	after func(step string, took time.Duration)
}

// does a step and remembers the dossier's version.
func (l *benchLife) does(who *client.Client, step, method, path string, body any) (*client.Answer, error) {
	options := []client.Option{client.IfMatch(l.etag)}
	if method == http.MethodPost {
		options = append(options, client.Once(step+l.id+l.etag+fmt.Sprint(time.Now().UnixNano())))
	}
	start := time.Now()
	a, err := who.Do(context.Background(), method, path, body, options...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", step, err)
	}
	if a.Status >= 300 {
		return nil, fmt.Errorf("%s: %d %s", step, a.Status, a.Body)
	}
	if l.after != nil {
		l.after(step, time.Since(start))
	}
	if tag := a.Header.Get("ETag"); tag != "" {
		l.etag = tag
	}
	return a, nil
}

func (l *benchLife) at(path string) string { return "/api/conformity/dossiers/" + l.id + path }

// move does a step on the dossier.
func (l *benchLife) move(who *client.Client, step, path string, body any) error {
	_, err := l.does(who, "conformity/"+step, http.MethodPost, l.at(path), body)
	return err
}

func (l *benchLife) save(step, path string, body any) error {
	_, err := l.does(l.declarant, "conformity/"+step, http.MethodPut, l.at(path), body)
	return err
}

// create opens the draft.
func (l *benchLife) create() error {
	a, err := l.does(l.declarant, "conformity/create", http.MethodPost, "/api/conformity/dossiers", map[string]string{})
	if err != nil {
		return err
	}
	var made struct{ ID string }
	if err := a.Decode(&made); err != nil {
		return err
	}
	l.id = made.ID
	return nil
}

// fillIn makes a complete draft of twelve lines and three documents.
func (l *benchLife) fillIn() error {
	if err := l.create(); err != nil {
		return err
	}
	for _, section := range []struct {
		name string
		body any
	}{{"object", benchObject}, {"parties", benchParties}, {"inspection", l.inspection()}} {
		if err := l.save("save_form", "/form/"+section.name, section.body); err != nil {
			return err
		}
	}
	if err := l.save("save_goods", "/goods", benchGoods()); err != nil {
		return err
	}
	for _, kind := range []string{"invoice", "packing_list", "test_report"} {
		if err := l.attach(kind); err != nil {
			return err
		}
	}
	return nil
}

func (l *benchLife) attach(kind string) error {
	upload, err := l.upload(l.declarant)
	if err != nil {
		return err
	}
	return l.move(l.declarant, "attach_document", "/documents", map[string]string{"upload": upload, "kind": kind, "name": "Pièce " + kind})
}

// toAgent deposits and assigns the draft.
func (l *benchLife) toAgent() error {
	if err := l.move(l.declarant, "submit", "/deposits", nil); err != nil {
		return err
	}
	return l.move(l.supervisor, "assign", "/assignments", map[string]string{"agent": benchAgent})
}

// review takes the dossier in charge and accepts its documents.
func (l *benchLife) review() error {
	if err := l.move(l.agent, "take_charge", "/takings-in-charge", nil); err != nil {
		return err
	}
	return l.move(l.agent, "accept_review", "/reviews", map[string]string{})
}

// decide finds eleven lines conforming and one not, and closes.
func (l *benchLife) decide() error {
	if err := l.move(l.agent, "give_verdicts", "/verdicts", benchVerdicts()); err != nil {
		return err
	}
	return l.move(l.agent, "close_dossier", "/answers", map[string]string{})
}

// upload puts a PDF in the store.
func (l *benchLife) upload(who *client.Client) (string, error) {
	data, err := benchPDF()
	if err != nil {
		return "", err
	}
	return l.uploadAs(who, "conformity/request_upload", "/uploads", map[string]any{"size": len(data)}, "application/pdf", data)
}

// uploadAs asks a step for an upload form and posts a file with it.
func (l *benchLife) uploadAs(who *client.Client, step, path string, body any, contentType string, data []byte) (string, error) {
	a, err := l.does(who, step, http.MethodPost, l.at(path), body)
	if err != nil {
		return "", err
	}
	var granted struct {
		Upload string
		Form   client.Form
	}
	if err := a.Decode(&granted); err != nil {
		return "", err
	}
	a, err = who.Post(context.Background(), granted.Form, "file", contentType, data)
	if err != nil {
		return "", err
	}
	if a.Status >= 300 {
		return "", fmt.Errorf("upload: %d", a.Status)
	}
	return granted.Upload, nil
}

// benchPDF is a one-page PDF.
var benchPDF = sync.OnceValues(func() ([]byte, error) {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AddPage()
	doc.SetFont("Helvetica", "B", 18)
	doc.Cell(0, 12, "Facture")
	var out bytes.Buffer
	err := doc.Output(&out)
	return out.Bytes(), err
})

var benchObject = map[string]string{"object": "coc", "type": "new", "route": "A", "bureau": "BV"}

var benchParties = func() map[string]any {
	party := func(name, address, country string) map[string]string {
		return map[string]string{"name": name, "address": address, "country": country}
	}
	return map[string]any{
		"importer":     party("Atlas Équipements SARL", "12, boulevard Zerktouni, Casablanca", "MA"),
		"exporter":     party("Ningbo Home Ltd", "88 Beilun Road, Ningbo", "CN"),
		"manufacturer": party("Yuyao Appliance Works", "5 Simen Street, Yuyao", "CN"),
		"payer":        party("Atlas Équipements SARL", "12, boulevard Zerktouni, Casablanca", "MA"),
	}
}()

func (l *benchLife) inspection() map[string]any {
	day := func(days int) string { return l.now.AddDate(0, 0, days).Format("2006-01-02") }
	return map[string]any{
		"place": map[string]string{"address": "88 Beilun Road, Ningbo", "country": "CN", "contact": "Li Wei", "wished_date": day(10)},
		"shipment": map[string]any{
			"mode": "1", "loading_port": "CNNBG", "discharge_port": "MAPTM", "incoterm": "FOB",
			"invoice":    map[string]any{"kind": "proforma", "number": "PI-2026-0417", "date": day(-5), "currency": "USD", "value": 48250.5},
			"containers": []string{"MSKU1234565"}, "departure": day(20), "arrival": day(48),
		},
	}
}

func benchGoods() map[string]any {
	list := []map[string]any{}
	for i := range 12 {
		list = append(list, map[string]any{
			"hs": fmt.Sprintf("8516.%02d.00.90", 10+i%8*10), "designation": fmt.Sprintf("Appareil de cuisson électrique n° %d", i+1),
			"brand": "Maisonia", "reference": fmt.Sprintf("MS-%03d", 100+i), "origin": "CN", "manufacturer": "Yuyao Appliance Works",
			"quantity": 100 + 25*i, "unit": "C62", "value": 1850.25, "norm": "NM EN 60335-1",
		})
	}
	return map[string]any{"lines": list}
}

func benchVerdicts() map[string]any {
	var list []map[string]any
	for line := 1; line <= 12; line++ {
		v := map[string]any{"line": line, "verdict": "conforming"}
		if line == 12 {
			v = map[string]any{"line": line, "verdict": "nonconforming", "text": "Absence de contact de terre : NM EN 60884-1, § 11."}
		}
		list = append(list, v)
	}
	return map[string]any{"verdicts": list}
}

// benchJSON is a body as it is sent.
func benchJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// benchRequest is a signed-in request that its server can read.
func benchRequest(method, path string, body []byte, cookie *http.Cookie, header map[string]string) *http.Request {
	r := httptest.NewRequest(method, path, io.NopCloser(bytes.NewReader(body)))
	r.AddCookie(cookie)
	r.Header.Set("Accept-Language", "fr-MA,fr;q=0.9,ar;q=0.8,en;q=0.7")
	r.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return r
}
