package conformity

import (
	"context"
	"fmt"
	"strconv"

	"portal/functions/lifecycle"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// tellDeclarant tells the depositor what is asked, planned, found or answered.
func tellDeclarant(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/tell_declarant",
		Summary: "Tells the declarant what is asked, planned, found or answered",
		Grants:  tellGrants,
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		f, event, err := r.heard(ctx, in, light)
		if err != nil {
			return struct{}{}, err
		}
		filers, err := r.filers(ctx, f.Head)
		if err != nil {
			return struct{}{}, err
		}
		if event.Action == conformity.Close {
			return struct{}{}, r.tellAnswer(ctx, in, f.ID, filers)
		}
		kind, _ := notice(f, event, i18n.Default)
		if kind == "" {
			return struct{}{}, fmt.Errorf("no letter for action %s", event.Action)
		}
		return struct{}{}, r.tell(ctx, in, kind, filers, func(to people.Person) letters.Content {
			_, values := notice(f, event, to.Lang)
			return letters.Content{Values: values, Action: r.dossierURL(f.ID)}
		})
	})
}

// notice is the letter of an event and what it says.
func notice(f *conformity.File, e dossier.Event, lang string) (kind string, values map[string]string) {
	text := func(name string) string { s, _ := e.Content.Details[name].(string); return s }
	values = map[string]string{"number": f.Number, "message": e.Content.Reason}
	switch e.Action {
	case conformity.AskComplement:
		return "conformity_complement", values
	case conformity.AskAnalyses:
		return "conformity_analyses", values
	case conformity.PlanVisit:
		values["date"], values["place"] = mail.DayOf(text("date")), text("place")
		return "conformity_visit_planned", values
	case conformity.CloseVisit:
		values["result"] = i18n.Text(lang, "visit."+text("result"), nil)
		return "conformity_visit_closed", values
	}
	return "", nil
}

// tellAnswer tells the answer with the table of verdicts and the certificates.
func (r room) tellAnswer(ctx context.Context, in lifecycle.At, id string, filers []people.Person) error {
	f, err := load(ctx, r.Dossiers, id, light)
	if err != nil {
		return err
	}
	lines, found, err := r.goodsPage(ctx, f, 0)
	if err != nil {
		return err
	}
	var links []letters.Link
	for _, c := range f.Certificates {
		links = append(links, letters.Link{Label: c.Number, URL: CheckURL(r.Settings, c.Number)})
	}
	return r.tell(ctx, in, "conformity_closed", filers, func(to people.Person) letters.Content {
		return letters.Content{
			Values: map[string]string{"number": f.Number, "response": i18n.Text(to.Lang, "response."+string(f.Response), nil)},
			Action: r.dossierURL(f.ID),
			Table:  verdictTable(lines, found, to),
			Links:  links,
		}
	})
}

// mailedLines bounds the table of a mail; the dossier's page shows the rest.
const mailedLines = 50

func verdictTable(lines []conformity.Line, found map[int]conformity.LineVerdict, to people.Person) *letters.Table {
	t := &letters.Table{
		Caption:  "mail.conformity_closed.table",
		Headings: []string{"form.verdict.line", "form.line.designation", "form.verdict.verdict", "form.verdict.text"},
	}
	for i, line := range lines[:min(len(lines), mailedLines)] {
		v := found[i+1]
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), line.Designation, i18n.Text(to.Lang, "verdict."+string(v.Verdict), nil), v.Text})
	}
	return t
}
