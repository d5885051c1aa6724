package story

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"portal/demo/client"
)

// request is what a story asks for. A draft that begins with something keeps
// what it began with, unless the request says otherwise.
type request struct {
	title     string
	begin     map[string]string // {"renews": number} and the like; nil for an empty draft
	object    map[string]string
	goods     []map[string]any
	documents []document
}

// shipped tells whether there is something to ship: a statement is about
// products.
func (r request) shipped() bool { return r.object["object"] == "coc" }

// fills opens a draft and saves each step of its form.
func (p *play) fills(ctx context.Context, r request) error {
	if err := p.begins(ctx, r); err != nil {
		return err
	}
	sections, err := p.sections(ctx, r)
	if err != nil {
		return err
	}
	at := "/api/conformity/dossiers/" + p.dossier.ID
	for _, s := range sections {
		if err := p.declarant.put(ctx, &p.dossier, at+"/form/"+s.name, s.body); err != nil {
			return err
		}
	}
	if r.goods != nil {
		if err := p.declarant.put(ctx, &p.dossier, at+"/goods", map[string]any{"lines": r.goods}); err != nil {
			return err
		}
	}
	p.declarant.say("enregistre le formulaire, lignes de marchandises : %d ; indications manquantes : %d", p.dossier.Lines, len(p.dossier.Missing))
	for _, d := range r.documents {
		if err := p.attach(ctx, d); err != nil {
			return err
		}
	}
	p.declarant.say("joint %d PDF ; indications manquantes : %d", len(r.documents), len(p.dossier.Missing))
	return nil
}

func (p *play) begins(ctx context.Context, r request) error {
	body := map[string]string{"organisation": p.company}
	for name, value := range r.begin {
		body[name] = value
	}
	answer, err := p.declarant.post(ctx, "/api/conformity/dossiers", body, http.StatusCreated)
	if err != nil {
		return err
	}
	if err := p.dossier.read(answer); err != nil {
		return err
	}
	p.filed = append(p.filed, filed{p.dossier.ID, r.title})
	if r.begin != nil {
		p.declarant.say("ouvre un brouillon prérempli, lignes de marchandises : %d", p.dossier.Lines)
		return nil
	}
	p.declarant.say("ouvre un brouillon ; indications manquantes : %d", len(p.dossier.Missing))
	return nil
}

type section struct {
	name string
	body any
}

// sections are the steps of the form to save: of a draft that began with
// something only the inspection, whose dates have passed.
func (p *play) sections(ctx context.Context, r request) ([]section, error) {
	now, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	day := func(days int) string { return now.AddDate(0, 0, days).Format("2006-01-02") }
	inspection := map[string]any{
		"place": map[string]string{"address": "88 Beilun Road, Ningbo", "country": "CN", "contact": "Li Wei", "wished_date": day(10)},
	}
	if r.shipped() {
		inspection["shipment"] = map[string]any{
			"mode": "1", "loading_port": "CNNBG", "discharge_port": "MAPTM", "incoterm": "FOB",
			"invoice":    map[string]any{"kind": "proforma", "number": "PI-2026-0417", "date": day(-5), "currency": "USD", "value": 48250.5},
			"containers": []string{"MSKU1234565"}, "departure": day(20), "arrival": day(48),
		}
	}
	last := section{"inspection", inspection}
	if r.begin != nil {
		return []section{last}, nil
	}
	importer := party(p.importer.company, p.importer.address, "MA")
	return []section{{"object", r.object}, {"parties", map[string]any{
		"importer": importer, "exporter": party("Ningbo Home Ltd", "88 Beilun Road, Ningbo", "CN"),
		"manufacturer": party("Yuyao Appliance Works", "5 Simen Street, Yuyao", "CN"), "payer": importer,
	}}, last}, nil
}

func party(name, address, country string) map[string]string {
	return map[string]string{"name": name, "address": address, "country": country}
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
	return p.reads(ctx, a, "conformity_deposited")
}

// reads reads the letter of a kind about the dossier at hand.
func (p *play) reads(ctx context.Context, a *actor, kind string) error {
	letter, err := a.mail(ctx, kind, p.dossier.Number)
	if err != nil {
		return err
	}
	a.say("courriel : « %s »", letter.Subject)
	return nil
}

// refusedDeposit tries to deposit a draft that must be refused for exactly
// these faults, each "pointer code".
func (p *play) refusedDeposit(ctx context.Context, faults ...string) error {
	a := p.declarant
	answer, _, err := a.retry(ctx, func() (*client.Answer, error) {
		return a.Do(ctx, http.MethodPost, "/api/conformity/dossiers/"+p.dossier.ID+"/deposits", nil, client.IfMatch(tag(&p.dossier)))
	})
	if err != nil {
		return err
	}
	problem := answer.Problem()
	var got []string
	for _, f := range problem.Errors {
		got = append(got, f.Pointer+" "+f.Code)
		a.say("refusé comme il se doit : %s", f.Message)
	}
	if answer.Status != http.StatusUnprocessableEntity || fmt.Sprint(got) != fmt.Sprint(faults) {
		return surprise("deposit: %s, expected to be refused for %v", told(answer), faults)
	}
	return nil
}

// discard throws the draft at hand away.
func (p *play) discard(ctx context.Context) error {
	a := p.declarant
	answer, again, err := a.retry(ctx, func() (*client.Answer, error) {
		return a.Do(ctx, http.MethodDelete, "/api/conformity/dossiers/"+p.dossier.ID, nil, client.IfMatch(tag(&p.dossier)))
	})
	if err != nil {
		return err
	}
	if answer.Status != http.StatusNoContent && !(again && answer.Status == http.StatusNotFound) {
		return surprise("discard: %s", told(answer))
	}
	p.filed = slices.DeleteFunc(p.filed, func(f filed) bool { return f.id == p.dossier.ID })
	a.say("supprime le brouillon")
	return nil
}

// now is the portal's time: it may have travelled.
func (p *play) now(ctx context.Context) (time.Time, error) {
	var clock struct {
		Now time.Time `json:"now"`
	}
	return clock.Now, p.declarant.get(ctx, "/local/clock", &clock)
}
