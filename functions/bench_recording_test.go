//go:build linux

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
)

// benchRecording is what a step asked of its ports and answered, on one dossier.
type benchRecording struct {
	benchStep
	id     string
	calls  []benchCall
	header http.Header
	body   []byte
}

func (o *benchOrigin) record(t *testing.T, s benchStep, id string) *benchRecording {
	t.Helper()
	watch := &benchWatch{}
	sink := &benchSink{header: http.Header{}, keep: true}
	benchAPI(watch.ports(o.step.ports)).ServeHTTP(sink, s.requests([]string{id}, o.step, o.dossiers[s.status].etag)[0])
	if sink.status != http.StatusOK {
		t.Fatalf("%s: %d %s", s.step, sink.status, sink.body)
	}
	return &benchRecording{s, id, watch.take(), sink.header, sink.body}
}

// handler does for other dossiers what was recorded.
func (rec *benchRecording) handler(t *testing.T, side benchSide, ids []string, withJSON bool) http.Handler {
	t.Helper()
	type plan struct {
		calls []benchCall
		body  []byte
	}
	plans := map[string]plan{}
	for _, id := range ids {
		p := plan{body: []byte(strings.ReplaceAll(string(rec.body), rec.id, id))}
		for _, call := range rec.calls {
			moved, err := call.moved(rec.id, id)
			if err != nil {
				t.Fatal(err)
			}
			if moved.port == infra.PeopleTable {
				moved.query.To = side.sessionSK(rec.person)
			}
			p.calls = append(p.calls, moved)
		}
		plans[id] = p
	}
	answer := func(w http.ResponseWriter, r *http.Request) error {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		if withJSON && len(sent) > 0 {
			var body any
			if err := json.Unmarshal(sent, &body); err != nil {
				return err
			}
		}
		p := plans[r.PathValue("id")]
		for _, call := range p.calls {
			rows, err := call.again(r.Context(), side.ports)
			if err != nil {
				return err
			}
			if withJSON {
				if err := benchDecode(rows); err != nil {
					return err
				}
			}
		}
		for name, values := range rec.header {
			w.Header()[name] = values
		}
		w.WriteHeader(http.StatusOK)
		if withJSON {
			return json.NewEncoder(w).Encode(json.RawMessage(p.body))
		}
		_, err = w.Write(p.body)
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc(rec.method+" /api/conformity/dossiers/{id}"+rec.path, func(w http.ResponseWriter, r *http.Request) {
		if err := answer(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return mux
}

// benchDecode reads rows into the structs that steps read them into.
func benchDecode(rows []infra.Row) error {
	for _, row := range rows {
		kind, _, _ := strings.Cut(row.SK, "#")
		var v any
		switch kind {
		case "person":
			v = &people.Person{}
		case "session":
			v = &people.Session{}
		case dossier.SKHead:
			v = &conformity.Dossier{}
		case dossier.SKForm:
			v = &conformity.Form{}
		case "dossier.document":
			v = &conformity.Document{}
		case "dossier.lines":
			v = &struct{ Lines []conformity.Line }{}
		case "dossier.verdicts":
			v = &struct {
				Lines map[string]conformity.LineVerdict
			}{}
		default:
			continue
		}
		if err := row.Decode(v); err != nil {
			return err
		}
	}
	return nil
}
