package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"portal/demo/client"
)

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
