package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
)

const crashAmina = "demo-amina" // of the customs administration

// crashRegister is what happens to certificates once they are issued: statements
// from before the portal, withdrawal, revocation, clearance, and what could not
// be told at once.
func crashRegister() []crashDeed {
	var deeds []crashDeed
	deeds = append(deeds, crashCalmly(crashDraft("D7", "BV"))...)
	deeds = append(deeds, crashCalmly(crashLife("D7"))...)
	return append(deeds,
		crashCertificates("D7").calmly(),
		crashKeeps("sol", crashSalma, "POST /api/certificates/statements", crashStatementBody("LIC 2025/117"), "number").quiet(),
		crashKeeps("sor", crashOmar, "POST /api/certificates/statements", crashStatementBody("LIC 2025/118"), "number").quiet().calmly(),
		crashAsks(crashSalma, "POST /api/certificates/{sor}/revocations", crashBody{"kind": "revoked", "reason": "Rapport falsifié."}, http.StatusOK).quiet().toldLater(),
		crashAsks(crashAmina, "POST /api/certificates/{COC}/clearances", crashBody{"declaration": "300 2026 001234", "date": "{today}"}, http.StatusOK).quiet().toldLater(),
		crashWithoutMail(crashAsks(crashSalma, "POST /api/certificates/{NCR}/revocations", crashBody{"kind": "withdrawn", "reason": "Erreur de saisie."}, http.StatusOK)),
		crashDayLater("sweeps/tell_notices").toldLater(),
	)
}

func crashStatementBody(former string) crashBody {
	return crashBody{
		"kind": "SOL", "former": former, "issued": "2025-11-20", "expires": "2026-11-20",
		"holder": crashBody{"name": "Atlas Équipements SARL", "country": "MA", "organisation": "demo-atlas"},
		"lines":  []crashBody{{"hs": "8516.10.00.90", "designation": "Chauffe-eau", "origin": "CN"}},
	}
}

// crashCertificates keeps the numbers of a dossier's certificates by their
// kinds, which the next dossier's take over, and for good; and what day it is.
func crashCertificates(d string) crashDeed {
	return crashDeed{name: "which certificates", bells: crashOneBell, do: func(s *crashStage) error {
		raw, err := s.ask(crashRequest{by: crashYasmine, method: http.MethodGet, path: "/api/conformity/dossiers/{" + d + "}", want: http.StatusOK})
		if err != nil {
			return err
		}
		var shown struct {
			Certificates []struct{ Kind, Number string }
		}
		err = json.Unmarshal(raw, &shown)
		for _, c := range shown.Certificates {
			s.marks[c.Kind], s.marks[d+"'s "+c.Kind] = c.Number, c.Number
		}
		s.marks["today"] = calendar.DateIn(s.store.Clock().Now()).String()
		return err
	}}
}

// toldLater is a deed of which what a death kept from being told is told on a
// later day.
func (d crashDeed) toldLater() crashDeed {
	d.finally = func(s *crashStage) error {
		var err error
		for range 2 { // what a sweep that died had held is told the day after
			err = errors.Join(err, s.travel(24*time.Hour), s.runs("sweeps/tell_notices", nil))
		}
		return err
	}
	return d
}

// crashDayLater runs a scheduled step on the next day.
func crashDayLater(step string) crashDeed {
	return crashDeed{name: step, bells: crashOneBell, do: func(s *crashStage) error {
		return errors.Join(s.travel(24*time.Hour), s.runs(step, nil))
	}}
}

// crashWithoutMail is a calm deed while no letter can be sent.
func crashWithoutMail(d crashDeed) crashDeed {
	do := d.do
	d.do = func(s *crashStage) error {
		mail := s.ports.Mail
		s.ports.Mail = crashNoMail{}
		defer func() { s.ports.Mail = mail }()
		return do(s)
	}
	return d.calmly()
}

type crashNoMail struct{ infra.Mail }

func (crashNoMail) Send(context.Context, infra.Letter) error { return errBroken }

// crashRevision is the tag of the certificate that a path is about.
func (s *crashStage) crashRevision(number string) string {
	e, err := certificates.Load(context.Background(), s.store.Dossiers(), number)
	if err != nil {
		return ""
	}
	return crashTagOf(e.Rev)
}
