package letters

import (
	"slices"
	"strings"
	"testing"

	"portal/shared/i18n"
)

func see(values ...string) Content {
	c := Content{Values: map[string]string{"name": "Samira Bennani", "number": "BV-2026-1088"}, Action: "https://portal.example/conformite/01K8"}
	for i := 0; i < len(values); i += 2 {
		c.Values[values[i]] = values[i+1]
	}
	return c
}

// say is see without a button.
func say(values ...string) Content {
	c := see(values...)
	c.Action = ""
	return c
}

// conformityMails are every mail of the conformity procedure and of its
// certificates, with the content that its step gives it.
var conformityMails = map[string]Content{
	"conformity_deposited":       see("bureau", "Bureau Veritas Maroc"),
	"conformity_assigned":        see("name", "Omar Tazi", "due", "30/11/2026"),
	"conformity_complement":      see("message", "Merci de joindre :\n- la notice <en français> ;\n- le rapport d'essai."),
	"conformity_analyses":        see("message", "Analyse de migration (EN 1186)."),
	"conformity_visit_planned":   see("date", "24/11/2026", "place", "88 Beilun Road, Ningbo", "message", ""),
	"conformity_visit_closed":    see("result", "Favorable", "message", "Rien à signaler."),
	"certificate_reminder":       see("number", "COC-2026-17-4K", "date", "21/02/2027", "days", "15"),
	"certificate_reminder_today": see("number", "COC-2026-17-4K", "date", "21/02/2027"),
	"certificate_expired":        see("number", "COC-2026-17-4K", "date", "21/02/2027"),
	"conformity_closed": {
		Values: map[string]string{"name": "Samira Bennani", "number": "BV-2026-1088", "response": "Partiellement conforme"},
		Action: "https://portal.example/conformite/01K8",
		Table: &Table{
			Caption:  "mail.conformity_closed.table",
			Headings: []string{"form.verdict.line", "form.line.designation", "form.verdict.verdict", "form.verdict.text"},
			Rows:     [][]string{{"1", "Bouilloire électrique", "Conforme", ""}, {"2", "Multiprise", "Non conforme", "Absence de terre."}},
		},
		Links: []Link{{Label: "COC-2026-17-4K", URL: "https://portal.example/c/COC-2026-17-4K"}, {Label: "NCR-2026-3-9A", URL: "https://portal.example/c/NCR-2026-3-9A"}},
	},
	"certificate_replaced":         see("number", "COC-2026-17-4K", "replaced_by", "COC-2026-18-2M"),
	"certificate_replaced_bureau":  say("number", "COC-2026-17-4K", "replaced_by", "COC-2026-18-2M"),
	"certificate_revoked":          say("number", "COC-2026-17-4K", "reason", "Rapport d'essai <falsifié>."),
	"certificate_revoked_bureau":   say("number", "COC-2026-17-4K", "reason", "Rapport d'essai <falsifié>."),
	"certificate_withdrawn":        say("number", "COC-2026-17-4K", "reason", "À la demande du titulaire."),
	"certificate_withdrawn_bureau": say("number", "COC-2026-17-4K", "reason", "À la demande du titulaire."),
	"certificate_used_up":          say("number", "COC-2026-17-4K", "declaration", "300/2026/001234"),
	"statement_reminder":           see("number", "SOR-2026-5-7X", "date", "21/11/2027", "days", "60"),
	"statement_reminder_today":     see("number", "SOR-2026-5-7X", "date", "21/11/2027"),
	"statement_lapsed":             see("number", "SOR-2026-5-7X", "date", "21/11/2027", "until", "19/02/2028"),
	"statement_lapsed_bureau":      say("number", "SOR-2026-5-7X", "date", "21/11/2027", "until", "19/02/2028"),
	"certificate_expired_bureau":   {Values: map[string]string{"name": "Salma Idrissi", "number": "COC-2026-17-4K", "date": "21/02/2027"}},
	"clock_due_soon":               see("name", "Salma Idrissi", "date", "30/11/2026", "status", "En cours de traitement", "agent", "Omar Tazi"),
	"clock_overdue":                see("name", "Salma Idrissi", "date", "30/11/2026", "status", "En cours de traitement", "agent", "Omar Tazi"),
	"clock_status_over":            see("name", "Omar Tazi", "date", "26/11/2026", "status", "En cours d'évaluation", "agent", "Omar Tazi"),
	"clock_unassigned":             see("name", "Salma Idrissi", "date", "24/11/2026", "status", "Déposé", "agent", "aucun"),
	"request_unanswered":           see("asked", "24/11/2026", "message", "Merci de joindre :\n- la notice <en français> ;\n- le rapport d'essai."),
	"visit_tomorrow":               see("date", "24/11/2026", "place", "88 Beilun Road, Ningbo", "message", "Prévoir l'accès au quai."),
	"stale_draft":                  see("date", "22/02/2027", "created", "20/11/2026", "changed", "24/11/2026"),
}

func TestEveryConformityMailInEveryLanguageIsItsGoldenFile(t *testing.T) {
	for kind, content := range conformityMails {
		for _, lang := range i18n.Langs {
			compare(t, kind+"."+lang, kind, lang, content)
		}
	}
}

func TestEveryMailOfTheCatalogueHasAGoldenFile(t *testing.T) {
	for _, key := range i18n.Keys(i18n.Default) {
		kind, ok := strings.CutPrefix(key, "mail.")
		if !ok || !strings.HasSuffix(kind, ".subject") {
			continue
		}
		kind = strings.TrimSuffix(kind, ".subject")
		_, account := mails[kind]
		_, conformity := conformityMails[kind]
		if !account && !conformity {
			t.Errorf("mail %s is in the catalogue and in no golden test", kind)
		}
	}
}

func TestNoMailLeavesTwoEmptyLinesWhereSomethingWasNotSaid(t *testing.T) {
	for kind, content := range conformityMails {
		for _, lang := range i18n.Langs {
			l, err := Render(kind, lang, content, portal)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(l.Text, "\n\n\n") || slices.Contains(strings.Split(l.HTML, "\n"), "<p></p>") {
				t.Errorf("%s in %s has a hole:\n%s", kind, lang, l.Text)
			}
		}
	}
}
