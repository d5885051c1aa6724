package story

import "context"

// licence is a SoL, and a CoC of route C that rests on it.
func (p *play) licence() []chapter {
	asked := request{
		title: "Demande de licence (SoL)", object: map[string]string{"object": "sol", "type": "new", "bureau": "BV"}, goods: registered(products),
		documents: []document{{"technical_file", "Dossier technique"}, {"test_report", "Rapport d'essai EN 60335"}},
	}
	return []chapter{
		{title: "Demande de licence (SoL) : six produits", play: func(ctx context.Context) error { return p.fills(ctx, asked) }},
		{title: "Dépôt", play: p.deposit},
		{title: "Examen et attestation", play: func(ctx context.Context) error { return p.licenses(ctx, conforming(len(products), false)) }},
		{title: "CoC, route C, sur la licence", play: func(ctx context.Context) error { return p.certifiesOn(ctx, "C", shipped(products)) }},
	}
}

func (p *play) licenses(ctx context.Context, r review) error {
	if err := p.officers(ctx); err != nil {
		return err
	}
	return p.attests(ctx, r, "SOL", len(products))
}
