package story

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"portal/demo/client"
)

// now is the portal's time: it may have travelled.
func (p *play) now(ctx context.Context) (time.Time, error) {
	var clock struct {
		Now time.Time `json:"now"`
	}
	return clock.Now, p.declarant.get(ctx, "/local/clock", &clock)
}

func party(name, address, country string) map[string]string {
	return map[string]string{"name": name, "address": address, "country": country}
}

// fillIn creates a draft and saves each step of the form.
func (p *play) fillIn(ctx context.Context) error {
	a := p.declarant
	answer, err := a.post(ctx, "/api/conformity/dossiers", map[string]string{"organisation": p.company}, http.StatusCreated)
	if err != nil {
		return err
	}
	d := &p.dossier
	if err := d.read(answer); err != nil {
		return err
	}
	at := "/api/conformity/dossiers/" + d.ID
	a.say("ouvre un brouillon ; il manque %d indications", len(d.Missing))
	now, err := p.now(ctx)
	if err != nil {
		return err
	}
	day := func(days int) string { return now.AddDate(0, 0, days).Format("2006-01-02") }
	sections := []struct {
		name string
		body any
	}{
		{"object", map[string]string{"object": "coc", "type": "new", "route": "A", "bureau": "BV"}},
		{"parties", map[string]any{
			"importer":     party("Comptoir Chaouia SARL", "27, rue Ibn Batouta, Casablanca", "MA"),
			"exporter":     party("Ningbo Home Ltd", "88 Beilun Road, Ningbo", "CN"),
			"manufacturer": party("Yuyao Appliance Works", "5 Simen Street, Yuyao", "CN"),
			"payer":        party("Comptoir Chaouia SARL", "27, rue Ibn Batouta, Casablanca", "MA"),
		}},
		{"inspection", map[string]any{
			"place": map[string]string{"address": "88 Beilun Road, Ningbo", "country": "CN", "contact": "Li Wei", "wished_date": day(10)},
			"shipment": map[string]any{
				"mode": "1", "loading_port": "CNNBG", "discharge_port": "MAPTM", "incoterm": "FOB",
				"invoice":    map[string]any{"kind": "proforma", "number": "PI-2026-0417", "date": day(-5), "currency": "USD", "value": 48250.5},
				"containers": []string{"MSKU1234565"}, "departure": day(20), "arrival": day(48),
			},
		}},
	}
	for _, s := range sections {
		if err := a.put(ctx, d, at+"/form/"+s.name, s.body); err != nil {
			return err
		}
		a.say("enregistre « %s » ; il manque %d indications", s.name, len(d.Missing))
	}
	if err := a.put(ctx, d, at+"/goods", map[string]any{"lines": goods()}); err != nil {
		return err
	}
	a.say("enregistre douze lignes ; il manque %d indications", len(d.Missing))
	return p.attach(ctx)
}

// attach uploads the three documents; what is no PDF is refused.
func (p *play) attach(ctx context.Context) error {
	a, d := p.declarant, &p.dossier
	for _, document := range []struct{ kind, name string }{
		{"invoice", "Facture pro forma PI-2026-0417"}, {"packing_list", "Liste de colisage"}, {"test_report", "Rapport d'essai EN 60335"},
	} {
		if err := p.document(ctx, a, "documents", document.kind, document.name); err != nil {
			return err
		}
	}
	fake, err := a.upload(ctx, d, []byte("MZ this is no PDF"))
	if err != nil {
		return err
	}
	return a.refused(ctx, http.MethodPost, "/api/conformity/dossiers/"+d.ID+"/documents",
		map[string]string{"upload": fake, "kind": "other", "name": "Faux PDF"}, http.StatusUnprocessableEntity, "document_refused", client.IfMatch(tag(d)))
}

func (p *play) document(ctx context.Context, a *actor, step, kind, name string) error {
	paper, err := printed(name)
	if err != nil {
		return err
	}
	upload, err := a.upload(ctx, &p.dossier, paper)
	if err != nil {
		return err
	}
	return a.step(ctx, &p.dossier, step, map[string]string{"upload": upload, "kind": kind, "name": name}, p.dossier.Status)
}

// printed is a one-page PDF with a title.
func printed(title string) ([]byte, error) {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AddPage()
	doc.SetFont("Helvetica", "B", 18)
	translate := doc.UnicodeTranslatorFromDescriptor("")
	doc.Cell(0, 12, translate(title))
	var out bytes.Buffer
	err := doc.Output(&out)
	return out.Bytes(), err
}

// goods are twelve lines, one of which will be found non-conforming.
func goods() []map[string]any {
	var lines []map[string]any
	for i, name := range []string{
		"Bouilloire électrique 1,7 L", "Grille-pain deux fentes", "Mixeur plongeant 600 W", "Fer à repasser vapeur",
		"Sèche-cheveux 2000 W", "Aspirateur sans sac", "Plaque chauffante double", "Machine à café filtre",
		"Ventilateur sur pied", "Radiateur soufflant", "Presse-agrumes", "Multiprise six postes sans terre",
	} {
		lines = append(lines, map[string]any{
			"hs": fmt.Sprintf("8516.%02d.00.90", 10+i%8*10), "designation": name, "brand": "Maisonia", "reference": fmt.Sprintf("MS-%03d", 100+i),
			"origin": "CN", "manufacturer": "Yuyao Appliance Works", "quantity": 100 + 25*i, "unit": "C62", "value": 1850.25 + float64(i)*410, "norm": "NM EN 60335-1",
		})
	}
	return lines
}

// deposit deposits the complete draft and reads the receipt.
func (p *play) deposit(ctx context.Context) error {
	a, d := p.declarant, &p.dossier
	if len(d.Missing) > 0 {
		return surprise("the draft still lacks %v", d.Missing)
	}
	if err := a.step(ctx, d, "deposits", nil, "submitted"); err != nil {
		return err
	}
	a.say("reçoit le numéro %s", d.Number)
	letter, err := a.mail(ctx, "conformity_deposited")
	if err != nil {
		return err
	}
	a.say("courriel : « %s »", letter.Subject)
	return nil
}
