package story

import (
	"context"
	"net/http"
	"time"
)

// registration is a SoR for three products: a CoC of route B rests on it, a
// révision removes a product, a renewal gives it another year, and then it
// lapses.
func (p *play) registration() []chapter {
	three := products[:3]
	asked := request{
		title: "Demande d'enregistrement (SoR)", object: map[string]string{"object": "sor", "type": "new", "bureau": "BV"}, goods: registered(three),
		documents: []document{{"technical_file", "Dossier technique"}, {"test_report", "Rapport d'essai EN 60335"}},
	}
	return []chapter{
		{title: "Mon produit est-il soumis ?", play: func(ctx context.Context) error {
			if err := p.asks(ctx, three[1], 3, "exempt"); err != nil {
				return err
			}
			return p.asks(ctx, three[1], 100, "origin")
		}},
		{title: "Demande d'enregistrement (SoR) : trois produits", play: func(ctx context.Context) error { return p.fills(ctx, asked) }},
		{title: "Dépôt", play: p.deposit},
		{title: "Examen et attestation", play: func(ctx context.Context) error {
			if err := p.officers(ctx); err != nil {
				return err
			}
			return p.attests(ctx, conforming(3, false), "SOR", 3)
		}},
		{title: "CoC, route B, sur l'attestation", play: func(ctx context.Context) error {
			if err := p.fills(ctx, resting("B", p.statement, shipped(three[:2]))); err != nil {
				return err
			}
			return p.certify(ctx, 2)
		}},
		{title: "Révision : un produit de moins", play: p.revise},
		{title: "Une demande pour le produit retiré", play: func(ctx context.Context) error { return p.refusedAfterRevision(ctx, shipped(three)) }},
		{title: "Un an plus tard, le dernier jour", play: p.remind, later: true},
		{title: "Renouvellement", play: p.renew, later: true},
		{title: "Encore un an plus tard", play: p.lapse, later: true},
	}
}

// attests has the request at hand treated: the statement is then of its number.
func (p *play) attests(ctx context.Context, r review, kind string, lines int) error {
	if err := p.treats(ctx, r); err != nil {
		return err
	}
	number, err := p.certified(kind)
	if err != nil {
		return err
	}
	p.statement = number
	if err := p.download(ctx, number); err != nil {
		return err
	}
	_, err = p.check(ctx, number, "valid", lines)
	return err
}

// resting is a request for a CoC of route B or C.
func resting(route, statement string, goods []map[string]any) request {
	r := request{
		title: "Demande de CoC, route " + route, goods: goods,
		object:    map[string]string{"object": "coc", "type": "new", "route": route, "bureau": "BV", "statement": statement},
		documents: []document{{"invoice", "Facture pro forma PI-2026-0417"}},
	}
	if route == "B" {
		r.documents = append(r.documents, document{"packing_list", "Liste de colisage"})
	}
	return r
}

// certify deposits a request of route B or C and has it treated: its review is
// light, and the CoC is then of its number.
func (p *play) certify(ctx context.Context, lines int) (err error) {
	if err := p.deposit(ctx); err != nil {
		return err
	}
	if err := p.treats(ctx, conforming(lines, true)); err != nil {
		return err
	}
	if p.coc, err = p.certified("COC"); err != nil {
		return err
	}
	_, err = p.check(ctx, p.coc, "valid", lines)
	return err
}

// revise removes the last product: another statement replaces the first and
// lasts as long.
func (p *play) revise(ctx context.Context) error {
	p.before = p.statement
	old := p.before
	before, err := p.check(ctx, old, "valid", 3)
	if err != nil {
		return err
	}
	err = p.fills(ctx, request{
		title: "Révision du SoR", begin: map[string]string{"revises": old}, goods: registered(products[:2]),
		documents: []document{{"technical_file", "Dossier technique"}, {"test_report", "Rapport d'essai EN 60335"}},
	})
	if err != nil {
		return err
	}
	if err := p.deposit(ctx); err != nil {
		return err
	}
	if err := p.attests(ctx, conforming(2, false), "SOR", 2); err != nil {
		return err
	}
	now, err := p.check(ctx, p.statement, "valid", 2)
	if err != nil {
		return err
	}
	replaced, err := p.check(ctx, old, "replaced", 3)
	if err != nil {
		return err
	}
	if replaced.ReplacedBy != p.statement || now.Until != before.Until || p.statement == old {
		return surprise("%s until %s is replaced by %s, and %s lasts until %s", old, before.Until, replaced.ReplacedBy, p.statement, now.Until)
	}
	return p.promptly(ctx, old, "/c/"+p.statement, "replaced")
}

// refusedAfterRevision asks for goods one of which was removed: refused, naming
// the line; and the number that was replaced is no way round.
func (p *play) refusedAfterRevision(ctx context.Context, goods []map[string]any) error {
	r := resting("B", p.statement, goods)
	if err := p.fills(ctx, r); err != nil {
		return err
	}
	if err := p.refusedDeposit(ctx, "/goods/lines/2/hs not_covered"); err != nil {
		return err
	}
	r.object["statement"] = p.before
	if err := p.declarant.put(ctx, &p.dossier, "/api/conformity/dossiers/"+p.dossier.ID+"/form/object", r.object); err != nil {
		return err
	}
	if err := p.refusedDeposit(ctx, "/object/statement certificate_replaced"); err != nil {
		return err
	}
	return p.discard(ctx)
}

// lastDay is nine in the morning of the statement's last day.
func (p *play) lastDay(ctx context.Context, lines int) (time.Time, error) {
	is, err := p.check(ctx, p.statement, "valid", lines)
	if err != nil {
		return time.Time{}, err
	}
	day, err := time.Parse("2006-01-02", is.Until)
	return day.Add(9 * time.Hour), err
}

// remind travels to the last day: four reminders, each of which leads to the
// renewal.
func (p *play) remind(ctx context.Context) error {
	last, err := p.lastDay(ctx, 2)
	if err != nil {
		return err
	}
	if err := p.travel(ctx, last); err != nil {
		return err
	}
	if err := p.letters(ctx, p.statement, "/conformite/renouveler/"+p.statement, "reminder-60", "reminder-30", "reminder-7", "reminder-0"); err != nil {
		return err
	}
	if p.Killed {
		if err := p.letters(ctx, p.before, "/c/"+p.statement, "replaced"); err != nil {
			return err
		}
	}
	return p.reunite(ctx)
}

// renew follows the link: a prefilled request, a light review, the same number
// and goods for another year.
func (p *play) renew(ctx context.Context) error {
	number := p.statement
	last, err := p.lastDay(ctx, 2)
	if err != nil {
		return err
	}
	err = p.fills(ctx, request{
		title: "Renouvellement du SoR", begin: map[string]string{"renews": number}, documents: []document{{"test_report", "Rapport d'essai EN 60335"}},
	})
	if err != nil {
		return err
	}
	if err := p.deposit(ctx); err != nil {
		return err
	}
	if err := p.attests(ctx, conforming(2, true), "SOR", 2); err != nil {
		return err
	}
	if err := p.travel(ctx, last.AddDate(0, 0, 1)); err != nil {
		return err
	}
	is, err := p.check(ctx, number, "valid", 2)
	if err != nil {
		return err
	}
	if want := last.AddDate(1, 0, 0).Format("2006-01-02"); p.statement != number || is.Until != want {
		return surprise("renewed under %s until %s, expected %s until %s", p.statement, is.Until, number, want)
	}
	return nil
}

// lapse lets the second year go by: reminders again, and the day after the last
// the statement has expired and bears no request any more.
func (p *play) lapse(ctx context.Context) error {
	last, err := p.lastDay(ctx, 2)
	if err != nil {
		return err
	}
	if err := p.travel(ctx, last.AddDate(0, 0, 1)); err != nil {
		return err
	}
	if _, err := p.check(ctx, p.statement, "expired", 2); err != nil {
		return err
	}
	if err := p.letters(ctx, p.statement+"-1", "/conformite/renouveler/"+p.statement, "reminder-60", "reminder-30", "reminder-7", "reminder-0", "lapsed"); err != nil {
		return err
	}
	if err := p.declarant.refused(ctx, http.MethodGet, "/api/accounts/me", nil, http.StatusUnauthorized, "unauthenticated"); err != nil {
		return err
	}
	if err := p.declarant.signIn(ctx, newPassword); err != nil {
		return err
	}
	if err := p.fills(ctx, resting("B", p.statement, shipped(products[:1]))); err != nil {
		return err
	}
	if err := p.refusedDeposit(ctx, "/object/statement certificate_expired"); err != nil {
		return err
	}
	return p.discard(ctx)
}
