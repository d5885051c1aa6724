package story

import (
	"context"
	"net/http"
	"time"

	"portal/demo/client"
)

// shipment is a CoC of route A for one container, from its request to its
// expiry.
func (p *play) shipment() []chapter {
	asked := request{
		title: "Demande de CoC, route A", object: map[string]string{"object": "coc", "type": "new", "route": "A", "bureau": "BV"}, goods: container(),
		documents: []document{{"invoice", "Facture pro forma PI-2026-0417"}, {"packing_list", "Liste de colisage"}, {"test_report", "Rapport d'essai EN 60335"}},
	}
	partial := review{response: "partial", label: "Partiellement conforme", verdicts: []map[string]any{
		{"line": 1, "to": 11, "verdict": "conforming"},
		{"line": 12, "verdict": "nonconforming", "text": "Absence de contact de terre : NM EN 60884-1, § 11."},
	}}
	return []chapter{
		{title: "Demande de CoC, route A : douze lignes, trois PDF", play: func(ctx context.Context) error {
			if err := p.fills(ctx, asked); err != nil {
				return err
			}
			return p.attachFake(ctx)
		}},
		{title: "Dépôt", play: p.deposit},
		{title: "Affectation et prise en charge", play: p.takeUp},
		{title: "Complément", play: p.complement},
		{title: "Visite d'inspection", play: p.inspect},
		{title: "Avis et clôture", play: func(ctx context.Context) error {
			if err := p.closeTooEarly(ctx); err != nil {
				return err
			}
			return p.decide(ctx, partial)
		}},
		{title: "Certificats", play: p.certificates},
		{title: "Trois mois plus tard", play: p.expire, later: true},
	}
}

// takeUp has the dossier assigned and taken in charge for a full review.
func (p *play) takeUp(ctx context.Context) error {
	if err := p.officers(ctx); err != nil {
		return err
	}
	if err := p.looksAtLoad(ctx); err != nil {
		return err
	}
	if err := p.assign(ctx); err != nil {
		return err
	}
	// The version is that of the assignment: a stale one must be refused.
	if err := p.agent.refused(ctx, http.MethodPost, "/api/conformity/dossiers/"+p.dossier.ID+"/takings-in-charge", nil,
		http.StatusPreconditionFailed, "stale", client.IfMatch(`"1"`)); err != nil {
		return err
	}
	return p.agent.step(ctx, &p.dossier, "takings-in-charge", nil, "under_evaluation")
}

// looksAtLoad tells who of the bureau is free.
func (p *play) looksAtLoad(ctx context.Context) error {
	var load struct {
		Agents []struct {
			Name   string `json:"name"`
			Open   int    `json:"open"`
			Closed int    `json:"closed"`
		} `json:"agents"`
	}
	if err := p.supervisor.get(ctx, "/api/conformity/agents", &load); err != nil {
		return err
	}
	for _, a := range load.Agents {
		p.supervisor.say("charge de %s : %d en cours, %d clôturées", a.Name, a.Open, a.Closed)
	}
	return nil
}

// complement has the agent ask for a document during the review, and the
// declarant give it: the dossier returns by itself.
func (p *play) complement(ctx context.Context) error {
	if err := p.agent.step(ctx, &p.dossier, "complement-requests", map[string]string{"message": "Merci de joindre la notice de sécurité en français."}, "awaiting_complement"); err != nil {
		return err
	}
	if err := p.reads(ctx, p.declarant, "conformity_complement"); err != nil {
		return err
	}
	if err := p.declarant.reload(ctx, &p.dossier); err != nil {
		return err
	}
	upload, err := p.uploads(ctx, p.declarant, "Notice de sécurité")
	if err != nil {
		return err
	}
	return p.declarant.step(ctx, &p.dossier, "complement-answers",
		map[string]any{"documents": []map[string]string{{"upload": upload, "name": "Notice de sécurité"}}}, "in_processing")
}

// inspect plans a visit and closes it with its report.
func (p *play) inspect(ctx context.Context) error {
	now, err := p.now(ctx)
	if err != nil {
		return err
	}
	visit := map[string]string{"date": now.Add(72 * time.Hour).Format("2006-01-02"), "place": "88 Beilun Road, Ningbo", "message": "Prévoir l'accès à l'entrepôt."}
	if err := p.agent.step(ctx, &p.dossier, "visits", visit, "under_inspection"); err != nil {
		return err
	}
	if err := p.reads(ctx, p.declarant, "conformity_visit_planned"); err != nil {
		return err
	}
	upload, err := p.uploads(ctx, p.agent, "Procès-verbal de visite")
	if err != nil {
		return err
	}
	report := map[string]string{"result": "favourable_reserved", "note": "La ligne 12 n'a pas de borne de terre.", "upload": upload, "name": "Procès-verbal"}
	return p.agent.step(ctx, &p.dossier, "visit-reports", report, "in_processing")
}

// closeTooEarly tries to close without a verdict on any line.
func (p *play) closeTooEarly(ctx context.Context) error {
	return p.agent.refused(ctx, http.MethodPost, "/api/conformity/dossiers/"+p.dossier.ID+"/answers", map[string]string{},
		http.StatusConflict, "verdicts_missing", client.IfMatch(tag(&p.dossier)))
}

// certificates downloads the CoC and the NCR, and checks the CoC as anybody
// can.
func (p *play) certificates(ctx context.Context) (err error) {
	if p.coc, err = p.certified("COC"); err != nil {
		return err
	}
	if p.ncr, err = p.certified("NCR"); err != nil {
		return err
	}
	for _, number := range []string{p.coc, p.ncr} {
		if err := p.download(ctx, number); err != nil {
			return err
		}
	}
	_, err = p.check(ctx, p.coc, "valid", 11)
	return err
}

// expire travels three months: four reminders, then the expiry, each once.
func (p *play) expire(ctx context.Context) error {
	now, err := p.now(ctx)
	if err != nil {
		return err
	}
	if err := p.travel(ctx, now.AddDate(0, 3, 2)); err != nil {
		return err
	}
	if _, err := p.check(ctx, p.coc, "expired", 11); err != nil {
		return err
	}
	if err := p.letters(ctx, p.coc, "/conformite/"+p.dossier.ID, "reminder-30", "reminder-15", "reminder-7", "reminder-0", "expired"); err != nil {
		return err
	}
	// The session has ended with the hours that passed.
	if err := p.declarant.refused(ctx, http.MethodGet, "/api/accounts/me", nil, http.StatusUnauthorized, "unauthenticated"); err != nil {
		return err
	}
	return p.declarant.signIn(ctx, newPassword)
}
