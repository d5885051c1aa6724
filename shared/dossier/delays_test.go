package dossier

import (
	"maps"
	"strings"
	"testing"

	"portal/shared/calendar"
)

var ward = &Procedure{Name: "ward", Statuses: []Status{"draft", waiting, working, over}, Final: []Status{over}}

const wardDelays = `{
	"suspended": ["waiting"],
	"terms": {"target": 5, "due_soon": 1, "complements": "unlimited", "status": {"working": 2, "waiting": 10}},
	"special": {
		"coc": {"target": 4},
		"coc/B": {"target": 3, "complements": "one", "status": {"working": 1}},
		"coc/B/revision": {"due_soon": 2}
	},
	"drafts": {"warned": 60, "deleted": 90},
	"retention": {"over": 10}
}`

func TestTheParticularTermsOverrideTheGeneral(t *testing.T) {
	d, err := ParseDelays([]byte(wardDelays), ward)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kinds []string
		want  Terms
	}{
		{nil, Terms{5, 1, Unlimited, map[Status]int{working: 2, waiting: 10}}},
		{[]string{"sor", "sor/new"}, Terms{5, 1, Unlimited, map[Status]int{working: 2, waiting: 10}}},
		{[]string{"coc", "coc/A"}, Terms{4, 1, Unlimited, map[Status]int{working: 2, waiting: 10}}},
		{[]string{"coc", "coc/B", "coc/B/new"}, Terms{3, 1, Once, map[Status]int{working: 1, waiting: 10}}},
		{[]string{"coc", "coc/B", "coc/B/revision"}, Terms{3, 2, Once, map[Status]int{working: 1, waiting: 10}}},
	} {
		got := d.For(c.kinds...)
		if got.Target != c.want.Target || got.DueSoon != c.want.DueSoon || got.Complements != c.want.Complements || !maps.Equal(got.Status, c.want.Status) {
			t.Errorf("%v: %+v, want %+v", c.kinds, got, c.want)
		}
	}
	if d.Terms.Status[working] != 2 {
		t.Error("a special case changed the general one")
	}
}

func TestAnEndedDossierIsKeptForYears(t *testing.T) {
	d, err := ParseDelays([]byte(wardDelays), ward)
	if err != nil {
		t.Fatal(err)
	}
	if until := d.RetainedUntil(calendar.On(2024, 2, 29), over); until != calendar.On(2034, 2, 28) {
		t.Errorf("until %v", until)
	}
	if until := d.RetainedUntil(calendar.On(2024, 2, 29), working); !until.IsZero() {
		t.Errorf("until %v", until)
	}
}

func TestDelaysThatSayNonsenseAreRefused(t *testing.T) {
	for name, edit := range map[string][2]string{
		"not JSON":                        {`"suspended"`, `suspended`},
		"an unknown status that suspends": {`["waiting"]`, `["awaiting"]`},
		"an unknown status with a delay":  {`"working": 2`, `"processing": 2`},
		"one in a special case":           {`"working": 1`, `"processing": 1`},
		"no target":                       {`"target": 5`, `"target": 0`},
		"a target below zero":             {`"target": 3`, `"target": -3`},
		"another policy on complements":   {`"one"`, `"two"`},
		"drafts deleted unwarned":         {`"warned": 60`, `"warned": 90`},
		"retention of what goes on":       {`"over": 10`, `"working": 10`},
	} {
		text := strings.Replace(wardDelays, edit[0], edit[1], 1)
		if _, err := ParseDelays([]byte(text), ward); err == nil || text == wardDelays {
			t.Errorf("%s is accepted", name)
		}
	}
}
