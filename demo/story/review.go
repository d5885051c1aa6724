package story

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"portal/demo/client"
)

// assign has the supervisor look at the load and choose an agent, who takes
// the dossier in charge and accepts the documents.
func (p *play) assign(ctx context.Context) error {
	var err error
	if p.supervisor, err = p.signedIn(ctx, "Superviseure", p.Supervisor); err != nil {
		return err
	}
	if p.agent, err = p.signedIn(ctx, "Agent", p.Agent); err != nil {
		return err
	}
	var me struct {
		ID string `json:"person"`
	}
	if err := p.agent.get(ctx, "/api/accounts/me", &me); err != nil {
		return err
	}
	var load struct {
		Agents []struct {
			Person string `json:"person"`
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
	if err := p.supervisor.reload(ctx, &p.dossier); err != nil {
		return err
	}
	if err := p.supervisor.step(ctx, &p.dossier, "assignments", map[string]string{"agent": me.ID}, "awaiting_evaluation"); err != nil {
		return err
	}
	letter, err := p.agent.mail(ctx, "conformity_assigned")
	if err != nil {
		return err
	}
	p.agent.say("courriel : « %s »", letter.Subject)
	// The version is that of the assignment: a stale one must be refused.
	if err := p.agent.refused(ctx, http.MethodPost, "/api/conformity/dossiers/"+p.dossier.ID+"/takings-in-charge", nil,
		http.StatusPreconditionFailed, "stale", client.IfMatch(`"1"`)); err != nil {
		return err
	}
	return p.agent.step(ctx, &p.dossier, "takings-in-charge", nil, "under_evaluation")
}

// complement has the agent ask for a document during the review, and the
// declarant give it: the dossier returns by itself.
func (p *play) complement(ctx context.Context) error {
	if err := p.agent.step(ctx, &p.dossier, "complement-requests", map[string]string{"message": "Merci de joindre la notice de sécurité en français."}, "awaiting_complement"); err != nil {
		return err
	}
	letter, err := p.declarant.mail(ctx, "conformity_complement")
	if err != nil {
		return err
	}
	p.declarant.say("courriel : « %s »", letter.Subject)
	paper, err := printed("Notice de sécurité")
	if err != nil {
		return err
	}
	if err := p.declarant.reload(ctx, &p.dossier); err != nil {
		return err
	}
	upload, err := p.declarant.upload(ctx, &p.dossier, paper)
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
	letter, err := p.declarant.mail(ctx, "conformity_visit_planned")
	if err != nil {
		return err
	}
	p.declarant.say("courriel : « %s »", letter.Subject)
	paper, err := printed("Procès-verbal de visite")
	if err != nil {
		return err
	}
	upload, err := p.agent.upload(ctx, &p.dossier, paper)
	if err != nil {
		return err
	}
	report := map[string]string{"result": "favourable_reserved", "note": "La ligne 12 n'a pas de borne de terre.", "upload": upload, "name": "Procès-verbal"}
	return p.agent.step(ctx, &p.dossier, "visit-reports", report, "in_processing")
}

// decide gives a verdict on each line and closes: the answer is computed.
func (p *play) decide(ctx context.Context) error {
	at := "/api/conformity/dossiers/" + p.dossier.ID
	if err := p.agent.refused(ctx, http.MethodPost, at+"/answers", map[string]string{}, http.StatusConflict, "verdicts_missing", client.IfMatch(tag(&p.dossier))); err != nil {
		return err
	}
	var verdicts []map[string]any
	for line := 1; line <= 12; line++ {
		v := map[string]any{"line": line, "verdict": "conforming"}
		if line == 12 {
			v = map[string]any{"line": line, "verdict": "nonconforming", "text": "Absence de contact de terre : NM EN 60884-1, § 11."}
		}
		verdicts = append(verdicts, v)
	}
	if err := p.agent.step(ctx, &p.dossier, "verdicts", map[string]any{"verdicts": verdicts}, "in_processing"); err != nil {
		return err
	}
	if err := p.agent.step(ctx, &p.dossier, "answers", map[string]string{}, "closed"); err != nil {
		return err
	}
	if p.dossier.Response != "partial" || p.dossier.ResponseLabel != "Partiellement conforme" {
		return surprise("the answer is %s (%s)", p.dossier.Response, p.dossier.ResponseLabel)
	}
	p.agent.say("réponse : « %s »", p.dossier.ResponseLabel)
	return nil
}

// timeline prints the events of the dossier.
func (p *play) timeline(ctx context.Context) error {
	var line struct {
		Events []struct {
			N      int64     `json:"n"`
			At     time.Time `json:"at"`
			Action string    `json:"action_label"`
			To     string    `json:"to_label"`
			By     string    `json:"by"`
			Reason string    `json:"reason"`
		} `json:"events"`
	}
	if err := p.declarant.get(ctx, "/api/conformity/dossiers/"+p.dossier.ID+"/events", &line); err != nil {
		return err
	}
	for i, e := range line.Events {
		if e.N != int64(i+1) {
			return surprise("event %d stands at place %d", e.N, i+1)
		}
		fmt.Fprintf(p.out, "  %2d  %s  %-34s %-24s %s  %s\n", e.N, e.At.Format("02/01/2006 15:04"), e.Action, e.To, e.By, e.Reason)
	}
	if len(line.Events) == 0 {
		return surprise("the timeline is empty")
	}
	return nil
}
