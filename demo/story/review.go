package story

import "context"

// review is how the bureau treats a request that goes as it should.
type review struct {
	light    bool // taken in charge, it is at once in processing
	verdicts []map[string]any
	response string // and its label
	label    string
}

// conforming is the review of a request all of whose lines conform: one verdict
// on a range of lines.
func conforming(lines int, light bool) review {
	verdicts := []map[string]any{{"line": 1, "to": lines, "verdict": "conforming"}}
	return review{light: light, verdicts: verdicts, response: "conforming", label: "Conforme"}
}

// treats has the bureau treat the dossier at hand, from its assignment to its
// answer and certificates.
func (p *play) treats(ctx context.Context, r review) error {
	if err := p.assign(ctx); err != nil {
		return err
	}
	if err := p.takeCharge(ctx, r.light); err != nil {
		return err
	}
	return p.decide(ctx, r)
}

// assign has the supervisor choose the agent.
func (p *play) assign(ctx context.Context) error {
	var me struct {
		ID string `json:"person"`
	}
	if err := p.agent.get(ctx, "/api/accounts/me", &me); err != nil {
		return err
	}
	if err := p.supervisor.reload(ctx, &p.dossier); err != nil {
		return err
	}
	if err := p.supervisor.step(ctx, &p.dossier, "assignments", map[string]string{"agent": me.ID}, "awaiting_evaluation"); err != nil {
		return err
	}
	return p.reads(ctx, p.agent, "conformity_assigned")
}

// takeCharge has the agent take the dossier in charge and, unless its review is
// light, accept the documents.
func (p *play) takeCharge(ctx context.Context, light bool) error {
	if light {
		return p.agent.step(ctx, &p.dossier, "takings-in-charge", nil, "in_processing")
	}
	if err := p.agent.step(ctx, &p.dossier, "takings-in-charge", nil, "under_evaluation"); err != nil {
		return err
	}
	return p.agent.step(ctx, &p.dossier, "reviews", map[string]string{}, "in_processing")
}

// decide has the agent give the verdicts and close: the answer is computed. The
// dossier is then as the declarant finds it, with its certificates.
func (p *play) decide(ctx context.Context, r review) error {
	if err := p.agent.step(ctx, &p.dossier, "verdicts", map[string]any{"verdicts": r.verdicts}, "in_processing"); err != nil {
		return err
	}
	if err := p.agent.step(ctx, &p.dossier, "answers", map[string]string{}, "closed"); err != nil {
		return err
	}
	if p.dossier.Response != r.response || p.dossier.ResponseLabel != r.label {
		return surprise("the answer is %s (%s)", p.dossier.Response, p.dossier.ResponseLabel)
	}
	p.agent.say("réponse : « %s »", p.dossier.ResponseLabel)
	if err := p.reads(ctx, p.declarant, "conformity_closed"); err != nil {
		return err
	}
	return p.declarant.reload(ctx, &p.dossier)
}

// certified is the number of the certificate of a kind that the dossier at hand
// was given.
func (p *play) certified(kind string) (string, error) {
	for _, c := range p.dossier.Certificates {
		if c.Kind == kind {
			return c.Number, nil
		}
	}
	return "", surprise("the dossier has the certificates %v, and no %s", p.dossier.Certificates, kind)
}
