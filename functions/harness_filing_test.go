package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"portal/demo/client"
	"portal/shared/conformity"
)

// paper is a dossier as its people read it.
type paper struct {
	ID        string            `json:"id"`
	Number    string            `json:"number"`
	Status    string            `json:"status"`
	Version   int64             `json:"version"`
	Bureau    string            `json:"bureau"`
	BureauWhy []string          `json:"bureau_why"`
	Agent     string            `json:"agent"`
	Due       string            `json:"due"`
	Lines     int               `json:"lines"`
	Response  string            `json:"response"`
	Tally     *conformity.Tally `json:"tally"`
	Allowed   []string          `json:"allowed_actions"`
	Missing   []struct {
		Pointer string `json:"pointer"`
		Code    string `json:"code"`
	} `json:"missing"`
	ControlList string `json:"control_list"`
	Warnings    []struct {
		Code string `json:"code"`
	} `json:"warnings"`
	Form      map[string]any `json:"form"`
	Documents []struct {
		ID    string `json:"id"`
		Kind  string `json:"kind"`
		Name  string `json:"name"`
		Asked int64  `json:"asked"`
	} `json:"documents"`
	Asked []struct {
		N        int64  `json:"n"`
		Action   string `json:"action"`
		Message  string `json:"message"`
		Open     bool   `json:"open"`
		Answered string `json:"answered"`
		Result   string `json:"result"`
	} `json:"asked"`
	Certificates []struct {
		Kind    string `json:"kind"`
		Number  string `json:"number"`
		Expires string `json:"expires"`
		Check   string `json:"check"`
	} `json:"certificates"`

	etag string
}

const dossiers = "/api/conformity/dossiers"

func at(id string) string { return dossiers + "/" + id }

func (p *paper) tag() string { return fmt.Sprintf("%q", fmt.Sprint(p.Version)) }

func (r reply) paper() *paper {
	r.h.t.Helper()
	p := &paper{etag: r.Header.Get("ETag")}
	r.into(p)
	return p
}

// looks reads a dossier.
func (b *browser) looks(id string) *paper {
	b.h.t.Helper()
	return b.wants(http.StatusOK, http.MethodGet, at(id), nil).paper()
}

// does a step on the dossier as it stands, which must succeed.
func (b *browser) does(id, step string, body any, options ...client.Option) *paper {
	b.h.t.Helper()
	options = append([]client.Option{client.IfMatch(b.looks(id).tag())}, options...)
	return b.wants(http.StatusOK, http.MethodPost, at(id)+"/"+step, body, options...).paper()
}

// sample is a PDF of shared/pdf's tests.
func sample(name string) []byte {
	data, err := os.ReadFile(filepath.Join("..", "shared", "pdf", "testdata", name+".pdf"))
	if err != nil {
		panic(err)
	}
	return data
}

var goodPDF = sync.OnceValue(func() []byte { return sample("reportlab") })

// requestsUpload asks for a form to upload a file of this size.
func (b *browser) requestsUpload(id string, size int) (upload string, form client.Form) {
	b.h.t.Helper()
	var granted struct {
		Upload string      `json:"upload"`
		Form   client.Form `json:"form"`
		Max    int64       `json:"max_bytes"`
	}
	b.wants(http.StatusCreated, http.MethodPost, at(id)+"/uploads", map[string]int{"size": size}).into(&granted)
	return granted.Upload, granted.Form
}

// uploads puts a file in the store and returns the name that steps know it by.
func (b *browser) uploads(id string, data []byte) string {
	b.h.t.Helper()
	upload, form := b.requestsUpload(id, len(data))
	if answer := b.posts(form, "application/pdf", data); answer.Status >= 300 {
		b.h.t.Fatalf("upload: %d %s", answer.Status, answer.Body)
	}
	return upload
}

func (b *browser) posts(form client.Form, contentType string, data []byte) reply {
	b.h.t.Helper()
	answer, err := b.Post(b.h.context(), form, "file.pdf", contentType, data)
	if err != nil {
		b.h.t.Fatalf("upload: %v", err)
	}
	return reply{answer, b.h}
}

// answering is the body of an answer to a request for documents.
func (b *browser) answering(id string) map[string]any {
	b.h.t.Helper()
	return map[string]any{"documents": []map[string]string{{"upload": b.uploads(id, goodPDF()), "name": "Notice"}}}
}

// Bodies of steps, right as they stand.
var (
	message   = map[string]string{"message": "Merci de joindre la notice."}
	reason    = map[string]string{"reason": "Le navire est dérouté."}
	noBody    any
	emptyBody = map[string]string{}
)

func visit(h *harness) map[string]string {
	return map[string]string{"date": h.day(3), "place": "88 Beilun Road, Ningbo", "message": "Prévoir l'accès."}
}

func (b *browser) report(id string) map[string]string {
	return map[string]string{"result": "favourable_reserved", "note": "Étiquettes à compléter.", "upload": b.uploads(id, goodPDF()), "name": "Procès-verbal"}
}

func (h *harness) assignment(agent string) map[string]string {
	return map[string]string{"agent": h.marks[agent], "reason": "Charge de travail."}
}

// verdictsOn gives one verdict after the other to the lines.
func verdictsOn(list ...conformity.Verdict) map[string]any {
	var verdicts []map[string]any
	for i, verdict := range list {
		v := map[string]any{"line": i + 1, "verdict": verdict}
		if verdict.NeedsText() {
			v["text"] = fmt.Sprintf("Constat sur la ligne %d.", i+1)
		}
		verdicts = append(verdicts, v)
	}
	return map[string]any{"verdicts": verdicts}
}

// day is the date so many days from now.
func (h *harness) day(days int) string {
	return h.portal.Clock().Now().AddDate(0, 0, days).Format("2006-01-02")
}

// opens makes an empty draft.
func (b *browser) opens() *paper {
	b.h.t.Helper()
	return b.wants(http.StatusCreated, http.MethodPost, dossiers, emptyBody).paper()
}

// saves replaces a part of a draft.
func (b *browser) saves(p *paper, part string, body any) *paper {
	b.h.t.Helper()
	return b.wants(http.StatusOK, http.MethodPut, at(p.ID)+"/"+part, body, client.IfMatch(p.tag())).paper()
}

// attaches uploads a PDF and attaches it to a draft.
func (b *browser) attaches(p *paper, kind string) *paper {
	b.h.t.Helper()
	body := map[string]string{"upload": b.uploads(p.ID, goodPDF()), "kind": kind, "name": "Pièce " + kind}
	return b.wants(http.StatusOK, http.MethodPost, at(p.ID)+"/documents", body, client.IfMatch(p.tag())).paper()
}

// drafts fills in a complete draft for a bureau with so many goods lines.
func (b *browser) drafts(bureau string, lines int) *paper {
	b.h.t.Helper()
	p := b.opens()
	p = b.saves(p, "form/object", object(bureau))
	p = b.saves(p, "form/parties", parties())
	p = b.saves(p, "form/inspection", b.h.inspection())
	p = b.saves(p, "goods", goods(lines))
	for _, kind := range []string{"invoice", "packing_list", "test_report"} {
		p = b.attaches(p, kind)
	}
	if len(p.Missing) > 0 {
		b.h.t.Fatalf("the draft lacks %v", p.Missing)
	}
	return p
}

func object(bureau string) map[string]string {
	return map[string]string{"object": "coc", "type": "new", "route": "A", "bureau": bureau}
}

func party(name, address, country string) map[string]string {
	return map[string]string{"name": name, "address": address, "country": country}
}

func parties() map[string]any {
	return map[string]any{
		"importer":     party("Atlas Équipements SARL", "12, boulevard Zerktouni, Casablanca", "MA"),
		"exporter":     party("Ningbo Home Ltd", "88 Beilun Road, Ningbo", "CN"),
		"manufacturer": party("Yuyao Appliance Works", "5 Simen Street, Yuyao", "CN"),
		"payer":        party("Atlas Équipements SARL", "12, boulevard Zerktouni, Casablanca", "MA"),
	}
}

func (h *harness) inspection() map[string]any {
	return map[string]any{
		"place": map[string]string{"address": "88 Beilun Road, Ningbo", "country": "CN", "contact": "Li Wei", "wished_date": h.day(10)},
		"shipment": map[string]any{
			"mode": "1", "loading_port": "CNNBG", "discharge_port": "MAPTM", "incoterm": "FOB",
			"invoice":    map[string]any{"kind": "proforma", "number": "PI-2026-0417", "date": h.day(-5), "currency": "USD", "value": 48250.5},
			"containers": []string{"MSKU1234565"}, "departure": h.day(20), "arrival": h.day(48),
		},
	}
}

func goods(lines int) map[string]any {
	list := []map[string]any{}
	for i := range lines {
		list = append(list, map[string]any{
			"hs": fmt.Sprintf("8516.%02d.00.90", 10+i%8*10), "designation": fmt.Sprintf("Appareil %d", i+1), "brand": "Maisonia",
			"reference": fmt.Sprintf("MS-%03d", 100+i), "origin": "CN", "quantity": 100 + i, "unit": "C62", "value": 1850.25, "norm": "NM EN 60335-1",
		})
	}
	return map[string]any{"lines": list}
}
