package main

import (
	"slices"
	"time"
)

// crashStatements is a registration, a CoC that rests on it, révisions of both
// and a renewal: given, refused, withdrawn.
func crashStatements() []crashDeed {
	sor := crashBody{"object": "sor", "type": "new", "bureau": "BV"}
	routeB := crashBody{"object": "coc", "type": "new", "route": "B", "bureau": "BV", "statement": "{SOR}"}
	var deeds []crashDeed
	tell := func(list ...crashDeed) { deeds = append(deeds, list...) }

	tell(crashCalmly(crashRequestOf("D11", sor, "technical_file", "test_report"))...)
	tell(crashStep(crashYasmine, "D11", "deposits", nil).calmly())
	tell(crashCalmly(crashJudged("D11", "full", "conforming", "conforming"))...)
	tell(crashAnswers("D11"), crashCertificates("D11").calmly())

	tell(crashCalmly(crashRequestOf("D12", routeB, "invoice", "packing_list"))...)
	tell(crashStep(crashYasmine, "D12", "deposits", nil))
	tell(crashCalmly(crashJudged("D12", "light", "conforming", "conforming"))...)
	tell(crashAnswers("D12").calmly(), crashCertificates("D12").calmly())

	// Two révisions of the CoC: the one that is withdrawn leaves it to the other.
	tell(crashBegins("D13", "revises", "{COC}"), crashBegins("D14", "revises", "{COC}").calmly())
	for _, d := range []string{"D13", "D14"} {
		tell(crashCalmly(crashCompletes(d, "invoice", "packing_list"))...)
	}
	tell(crashStep(crashYasmine, "D13", "deposits", nil),
		crashStep(crashYasmine, "D13", "cancellations", crashBody{"reason": "Le navire est dérouté."}),
		crashStep(crashYasmine, "D14", "deposits", nil).calmly())
	tell(crashCalmly(crashJudged("D14", "light", "conforming", "nonconforming"))...)
	tell(crashAnswers("D14").toldLater(), crashCertificates("D14").calmly())

	// A révision of the SoR of which no line passes changes nothing.
	tell(crashBegins("D15", "revises", "{SOR}").calmly())
	tell(crashCalmly(crashCompletes("D15", "technical_file", "test_report"))...)
	tell(crashStep(crashYasmine, "D15", "deposits", nil).calmly())
	tell(crashCalmly(crashJudged("D15", "full", "nonconforming", "nonconforming"))...)
	return append(deeds, crashAnswers("D15"))
}

// crashRenewal renews the SoR in the last month of its year.
func crashRenewal() []crashDeed {
	deeds := []crashDeed{crashUntil(2027, time.October, 2), crashBegins("D16", "renews", "{SOR}")}
	deeds = append(deeds, crashCalmly(crashCompletes("D16", "test_report"))...)
	deeds = append(deeds, crashStep(crashYasmine, "D16", "deposits", nil))
	deeds = append(deeds, crashCalmly(crashJudged("D16", "light", "conforming", "conforming"))...)
	return append(deeds, crashAnswers("D16"))
}

// crashRequestOf fills in a complete draft that asks for something.
func crashRequestOf(dossier string, object crashBody, documents ...string) []crashDeed {
	return slices.Concat([]crashDeed{
		crashCreates(dossier),
		crashSave(dossier, "form/object", object),
		crashSave(dossier, "form/parties", crashPartiesBody()),
		crashSave(dossier, "goods", crashGoodsBody()),
	}, crashCompletes(dossier, documents...))
}

// crashBegins opens a draft with what a certificate was given for.
func crashBegins(dossier, how, number string) crashDeed {
	return crashKeeps(dossier, crashYasmine, "POST /api/conformity/dossiers", crashBody{how: number}, "id").quiet()
}

// crashCompletes fills in what a draft that was begun so still lacks.
func crashCompletes(dossier string, documents ...string) []crashDeed {
	inspection := crashInspectionBody()
	inspection["place"].(crashBody)["wished_date"] = "2028-01-10"
	deeds := []crashDeed{crashSave(dossier, "form/inspection", inspection)}
	for _, kind := range documents {
		deeds = append(deeds, crashUploads(crashYasmine, dossier),
			crashStep(crashYasmine, dossier, "documents", crashBody{"upload": "{upload}", "kind": kind, "name": "Pièce"}).quiet())
	}
	return deeds
}

// crashJudged takes a deposited dossier to its verdicts.
func crashJudged(dossier, review string, verdicts ...string) []crashDeed {
	deeds := []crashDeed{
		crashStep(crashSalma, dossier, "assignments", crashBody{"agent": crashOmar}),
		crashStep(crashOmar, dossier, "takings-in-charge", nil),
	}
	if review == "full" {
		deeds = append(deeds, crashStep(crashOmar, dossier, "reviews", crashBody{}))
	}
	return append(deeds, crashStep(crashOmar, dossier, "verdicts", crashVerdictsBody(verdicts...)))
}

func crashAnswers(dossier string) crashDeed {
	return crashStep(crashOmar, dossier, "answers", crashBody{})
}

// crashUntil lets time pass until a day, in which nothing but deadlines happens.
func crashUntil(year int, month time.Month, day int) crashDeed {
	return crashDeed{name: "wait", calm: true, do: func(s *crashStage) error {
		return s.travel(time.Date(year, month, day, 11, 0, 0, 0, time.UTC).Sub(s.store.Clock().Now()))
	}}
}
