//go:build linux

package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"portal/demo/client"
	"portal/functions/conformity"
	"portal/infra"
	"portal/infra/local"
	"portal/shared/step"
)

// calls counts what each HTTP step of the procedure asks of its ports before it
// answers, in a real life. On AWS each read, write and draw is one request of
// the SDK (GetItem or Query, TransactWriteItems or PutItem, UpdateItem); so is
// each file call but a form or a link, which are signed without the network.
func (b *benchRun) calls(t *testing.T) {
	watch := &benchWatch{}
	store := benchSeeded(t, benchMemory(t), local.Options{NoSync: true})
	api := benchAPI(watch.ports(benchPorts(store)))
	mux := http.NewServeMux()
	mux.Handle("/files", store.Files())
	mux.Handle("/", api)

	counted := map[string]benchCount{}
	var order []string
	life := &benchLife{benchTroupe: benchCast(t, store, benchSite, benchInside{mux}), now: store.Clock().Now()}
	life.after = func(name string, _ time.Duration) {
		count := benchCounted(watch.take())
		if _, seen := counted[name]; !seen {
			order = append(order, name)
		}
		if count.total() >= counted[name].total() {
			counted[name] = count // of several, the dearest
		}
	}
	watch.take()
	if err := benchEveryStep(life); err != nil {
		t.Fatal(err)
	}
	table := benchTable{}
	table.row("step", "reads", "writes", "draws", "calls", "floor", "ratio", "files", "what")
	worst := 0.0
	for _, name := range order {
		count, floor := counted[name], benchFloor(name)
		ratio := float64(count.total()) / float64(floor)
		worst = max(worst, ratio)
		table.row(name, fmt.Sprint(count.reads), fmt.Sprint(count.writes), fmt.Sprint(count.draws), fmt.Sprint(count.total()),
			fmt.Sprint(floor), benchRatio(ratio), fmt.Sprint(count.files), strings.Join(count.what, " "))
	}
	table.note("floor: a session and a dossier read, one transaction; what dates anything reads the holidays; a deposit also draws a number; what changes nothing writes nothing")
	for _, name := range benchUnseen(counted) {
		table.note("not lived through: %s", name)
	}
	table.print(os.Stdout, "Calls of the SDK before the reply")
	b.promise("calls before the reply, against the floor: the worst step", worst, 1)
}

// benchCount is what one step asked.
type benchCount struct {
	reads, writes, draws, files int
	what                        []string
}

func (c benchCount) total() int { return c.reads + c.writes + c.draws }

func benchCounted(calls []benchCall) benchCount {
	var c benchCount
	for _, call := range calls {
		switch {
		case call.port == "files":
			c.files++
		case call.verb == "Write":
			c.writes++
		case call.verb == "Draw":
			c.draws++
		default:
			c.reads++
		}
		c.what = append(c.what, call.port+"."+call.verb)
	}
	return c
}

// benchFloor is the least that a step can do.
func benchFloor(name string) int {
	name, _, _ = strings.Cut(name, " ")
	switch name {
	case "conformity/submit":
		return 5
	case "conformity/assign", "conformity/unassign", "conformity/take_charge", "conformity/accept_review",
		"conformity/ask_complement", "conformity/answer_complement", "conformity/ask_analyses", "conformity/answer_analyses",
		"conformity/plan_visit", "conformity/close_visit":
		return 4
	case "conformity/show_clock":
		return 3
	case "conformity/request_upload", "conformity/request_goods_upload":
		return 2
	}
	for _, maker := range conformity.Steps {
		if s := maker(infra.Ports{}); s.Name == name && s.Route.Method == http.MethodGet {
			return 2
		}
	}
	return 3
}

func benchUnseen(counted map[string]benchCount) []string {
	var names []string
	for _, maker := range conformity.Steps {
		if s := maker(infra.Ports{}); s.Kind == step.KindHTTP {
			if _, seen := counted[s.Name]; !seen {
				names = append(names, s.Name)
			}
		}
	}
	return names
}

// benchEveryStep lives one dossier through every step of the procedure.
func benchEveryStep(l *benchLife) error {
	read := func(who *client.Client, name, path string) error {
		_, err := l.does(who, "conformity/"+name, http.MethodGet, path, nil)
		return err
	}
	list := []func() error{
		func() error { return read(l.declarant, "bureaux", "/api/conformity/bureaux") },
		l.create,
		func() error {
			_, err := l.does(l.declarant, "conformity/discard", http.MethodDelete, l.at(""), nil)
			return err
		},
		l.fillIn,
		l.importGoods,
		l.removeFirstDocument,
		func() error { return l.attach("invoice") },
		func() error { return l.move(l.declarant, "submit", "/deposits", nil) },
		func() error { return read(l.declarant, "list", "/api/conformity/dossiers") },
		func() error { return read(l.supervisor, "queue", "/api/conformity/queue?view=new") },
		func() error { return read(l.supervisor, "agents", "/api/conformity/agents") },
		func() error {
			_, err := l.does(l.supervisor, "conformity/set_absence", http.MethodPut, "/api/conformity/agents/demo-leila/absence",
				map[string]string{"until": l.now.AddDate(0, 0, 5).Format("2006-01-02")})
			return err
		},
		l.assign,
		func() error {
			return l.move(l.supervisor, "unassign", "/unassignments", map[string]string{"reason": "Congé de l'agent."})
		},
		l.assign,
		func() error { return read(l.agent, "show (by the bureau)", l.at("")) },
		l.review,
		func() error { return l.ask("ask_complement", "/complement-requests") },
		func() error { return l.reply("answer_complement", "/complement-answers") },
		func() error { return l.ask("ask_analyses", "/analyses-requests") },
		func() error { return l.reply("answer_analyses", "/analyses-answers") },
		l.visit,
		l.decide,
		func() error { return read(l.declarant, "show_goods", l.at("/goods")) },
		func() error { return read(l.declarant, "show_events", l.at("/events")) },
		func() error { return read(l.declarant, "show_clock", l.at("/clock")) },
		l.downloadFirstDocument,
		l.fillIn,
		func() error { return l.move(l.declarant, "submit", "/deposits", nil) },
		func() error {
			return l.move(l.declarant, "cancel", "/cancellations", map[string]string{"reason": "Le navire est dérouté."})
		},
	}
	for _, do := range list {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

func (l *benchLife) assign() error {
	return l.move(l.supervisor, "assign", "/assignments", map[string]string{"agent": benchAgent})
}

func (l *benchLife) ask(step, path string) error {
	return l.move(l.agent, step, path, map[string]string{"message": "Merci de joindre la notice."})
}

func (l *benchLife) reply(step, path string) error {
	upload, err := l.upload(l.declarant)
	if err != nil {
		return err
	}
	return l.move(l.declarant, step, path, map[string]any{"documents": []map[string]string{{"upload": upload, "name": "Notice"}}})
}

func (l *benchLife) visit() error {
	err := l.move(l.agent, "plan_visit", "/visits",
		map[string]string{"date": l.now.AddDate(0, 0, 3).Format("2006-01-02"), "place": "88 Beilun Road, Ningbo", "message": "Prévoir l'accès."})
	if err != nil {
		return err
	}
	upload, err := l.upload(l.agent)
	if err != nil {
		return err
	}
	return l.move(l.agent, "close_visit", "/visit-reports",
		map[string]string{"result": "favourable_reserved", "note": "Étiquettes à compléter.", "upload": upload, "name": "Procès-verbal"})
}

// firstDocument is the path of the dossier's first document.
func (l *benchLife) firstDocument(show string) (string, error) {
	a, err := l.does(l.declarant, show, http.MethodGet, l.at(""), nil)
	if err != nil {
		return "", err
	}
	var shown struct{ Documents []struct{ ID string } }
	if err := a.Decode(&shown); err != nil {
		return "", err
	}
	return l.at("/documents/" + shown.Documents[0].ID), nil
}

func (l *benchLife) removeFirstDocument() error {
	path, err := l.firstDocument("conformity/show (draft)")
	if err != nil {
		return err
	}
	_, err = l.does(l.declarant, "conformity/remove_document", http.MethodDelete, path, nil)
	return err
}

func (l *benchLife) downloadFirstDocument() error {
	path, err := l.firstDocument("conformity/show")
	if err != nil {
		return err
	}
	_, err = l.does(l.declarant, "conformity/download", http.MethodGet, path, nil)
	return err
}
