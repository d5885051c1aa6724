package story

import (
	"context"
	"net/http"

	"portal/demo/client"
	"portal/shared/calendar"
)

// lots is how many lines the shipment of the licence's story has: more than
// anybody types.
const lots = 240

// licence is a SoL, a CoC of route C that rests on it and that customs use up,
// and the end of the licence: the bureau revokes it.
func (p *play) licence() []chapter {
	asked := request{
		title: "Demande de licence (SoL)", object: map[string]string{"object": "sol", "type": "new", "bureau": "BV"}, goods: registered(products),
		documents: []document{{"technical_file", "Dossier technique"}, {"test_report", "Rapport d'essai EN 60335"}},
	}
	return []chapter{
		{title: "Au bureau", play: func(ctx context.Context) error {
			if err := p.officers(ctx); err != nil {
				return err
			}
			return p.glance(ctx)
		}},
		{title: "Demande de licence (SoL) : six produits", play: func(ctx context.Context) error { return p.fills(ctx, asked) }},
		{title: "Dépôt", play: p.deposit},
		{title: "Examen et attestation", play: func(ctx context.Context) error {
			return p.attests(ctx, conforming(len(products), false), "SOL", len(products))
		}},
		{title: "CoC, route C, sur la licence : 240 lignes par fichier", play: p.ship},
		{title: "Passage en douane", play: p.clear},
		{title: "Révocation de la licence", play: p.revoke},
		{title: "Une demande sur la licence révoquée", play: func(ctx context.Context) error {
			if err := p.fills(ctx, resting("C", p.statement, shipped(products[:1]))); err != nil {
				return err
			}
			if err := p.refusedDeposit(ctx, "/object/statement certificate_revoked"); err != nil {
				return err
			}
			return p.discard(ctx)
		}},
		{title: "Tableau de bord du bureau", play: func(ctx context.Context) error {
			if err := p.figures(ctx, 2); err != nil {
				return err
			}
			return p.export(ctx)
		}},
	}
}

// ship asks for a CoC for a shipment that comes in a file.
func (p *play) ship(ctx context.Context) error {
	if err := p.fills(ctx, resting("C", p.statement, nil)); err != nil {
		return err
	}
	if err := p.importGoods(ctx, filled(products, lots)); err != nil {
		return err
	}
	return p.certify(ctx, lots)
}

// clear has customs report that the shipment was cleared, which uses the CoC
// up: the same declaration again changes nothing, another is refused.
func (p *play) clear(ctx context.Context) error {
	customs, err := p.signedIn(ctx, "Douane", p.Customs)
	if err != nil {
		return err
	}
	now, err := p.now(ctx)
	if err != nil {
		return err
	}
	at := "/api/certificates/" + p.coc + "/clearances"
	report := map[string]string{"declaration": "300/010/2026/001234", "date": calendar.DateIn(now).String()}
	for range 2 {
		if _, err := customs.post(ctx, at, report, http.StatusOK); err != nil {
			return err
		}
		customs.say("impute la déclaration %s sur %s", report["declaration"], p.coc)
	}
	report["declaration"] = "300/010/2026/005678"
	if err := customs.refused(ctx, http.MethodPost, at, report, http.StatusConflict, "already_cleared"); err != nil {
		return err
	}
	if _, err := p.check(ctx, p.coc, "used_up", lots); err != nil {
		return err
	}
	return p.promptly(ctx, p.coc, "", "used_up")
}

// revoke has the supervisor revoke the licence: the public page says so at
// once, but not why.
func (p *play) revoke(ctx context.Context) error {
	at := "/api/certificates/" + p.statement
	record, _, err := p.supervisor.retry(ctx, func() (*client.Answer, error) { return p.supervisor.Do(ctx, http.MethodGet, at+"/record", nil) })
	if err != nil {
		return err
	}
	body := map[string]string{"kind": "revoked", "reason": "Le rapport d'essai n'est pas celui du laboratoire."}
	if err := p.declarant.refused(ctx, http.MethodPost, at+"/revocations", body, http.StatusForbidden, "forbidden", client.IfMatch(record.Header.Get("ETag"))); err != nil {
		return err
	}
	if _, err := p.supervisor.post(ctx, at+"/revocations", body, http.StatusOK, client.IfMatch(record.Header.Get("ETag"))); err != nil {
		return err
	}
	p.supervisor.say("révoque %s : %s", p.statement, body["reason"])
	if _, err := p.check(ctx, p.statement, "revoked", len(products)); err != nil {
		return err
	}
	return p.promptly(ctx, p.statement, "", "revoked")
}
