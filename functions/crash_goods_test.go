package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"portal/demo/client"
)

const crashDriss = "demo-driss" // officer of the ministry

// crashImports is goods by file: a few lines, and more than one Write bears,
// which are staged before it. What a death leaves of those nobody reads, and
// goes with the draft.
func crashImports() []crashDeed {
	discard := crashAsks(crashYasmine, "DELETE /api/conformity/dossiers/{D10}", nil, http.StatusNoContent, http.StatusNotFound)
	many := crashImport("D10", "append")
	many.finally = discard.do
	return []crashDeed{
		crashCreates("D10").calmly(),
		crashUploadsGoods("D10", 3), crashImport("D10", "replace"),
		crashUploadsGoods("D10", 2100).calmly(), many,
	}
}

func crashImport(dossier, mode string) crashDeed {
	return crashStep(crashYasmine, dossier, "goods-imports", crashBody{"upload": "{upload}", "mode": mode}).quiet()
}

// crashUploadsGoods puts a goods file in the store, for a step that names it
// {upload}.
func crashUploadsGoods(dossier string, lines int) crashDeed {
	file := goodsCSV(lines)
	return crashDeed{name: fmt.Sprintf("POST goods-uploads of %d lines", lines), bells: crashOneBell, do: func(s *crashStage) error {
		raw, err := s.ask(crashRequest{by: crashYasmine, method: http.MethodPost, path: "/api/conformity/dossiers/{" + dossier + "}/goods-uploads",
			body: crashBody{"format": "csv", "size": len(file)}, want: http.StatusCreated})
		if err != nil {
			return err
		}
		var granted struct {
			Upload string
			Form   client.Form
		}
		if err := json.Unmarshal(raw, &granted); err != nil {
			return err
		}
		s.marks["upload"] = granted.Upload
		answer, err := client.New(crashSite, crashTransport{s.store.Files()}).Post(context.Background(), granted.Form, "a.csv", "text/csv", file)
		if err == nil && answer.Status >= 300 {
			err = errors.New(string(answer.Body))
		}
		return err
	}}
}

// crashControlLists publishes a list of products under control for a later day,
// and withdraws it.
func crashControlLists() []crashDeed {
	const lists = "/api/products/control-lists"
	list := crashBody{"version": "2027-1", "in_force": "2027-01-01", "source": "Arrêté n° 1300-26", "entries": []crashBody{
		{"hs": "8516", "control": "origin", "names": crashBody{"fr": "Appareils électrothermiques"}, "family": "electrical"},
	}}
	return []crashDeed{
		crashAsks(crashDriss, "POST "+lists, list, http.StatusCreated).quiet(),
		crashAsks(crashDriss, "POST "+lists+"/2027-1/withdrawals", crashBody{"reason": "Erreur de saisie."}, http.StatusOK).quiet(),
	}
}
