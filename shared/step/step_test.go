package step

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"portal/shared/people"
)

func TestWhoIsLetIn(t *testing.T) {
	agent := people.Caller{Person: "p", Memberships: []people.Membership{{Organisation: "bureau-BV", Roles: []people.Role{people.Agent}}}}
	for name, tc := range map[string]struct {
		who     Who
		caller  people.Caller
		allowed bool
	}{
		"anyone, signed out":               {Anyone(), people.Caller{}, true},
		"signed in":                        {SignedIn(), agent, true},
		"one of the roles":                 {Roles(people.Supervisor, people.Agent), agent, true},
		"another role":                     {Roles(people.Administrator), agent, false},
		"a step that forgot to say":        {Who{}, agent, false},
		"roles, and somebody without them": {Roles(people.Agent), people.Caller{Person: "q"}, false},
	} {
		if got := tc.who.Allows(tc.caller); got != tc.allowed {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (Who{}).Declared() || !Anyone().Declared() || !Anyone().Public() || SignedIn().Public() {
		t.Error("declared, public")
	}
}

func TestJoinedGrantsKeepBothAndRepeatNothing(t *testing.T) {
	a := Grants{Dossiers: TableGrants{Read: []string{"dossier#"}, Index: map[string][]string{"owner": {"owner#"}}}, Mail: true}
	b := Grants{Dossiers: TableGrants{Read: []string{"idem#", "dossier#"}, Index: map[string][]string{"owner": {"certificates#"}}}, MAC: []string{"links"}}
	got := a.And(b)
	want := Grants{
		Dossiers: TableGrants{Read: []string{"dossier#", "idem#"}, Index: map[string][]string{"owner": {"owner#", "certificates#"}}},
		Mail:     true, MAC: []string{"links"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if len(a.Dossiers.Read) != 1 || len(a.Dossiers.Index["owner"]) != 1 {
		t.Error("joining changed what it joined")
	}
}

func TestATaskReadsAndWritesJSONAndNamesItselfInErrors(t *testing.T) {
	double := Task(Declaration{Name: "room/double"}, func(_ context.Context, in struct{ N int }) (struct{ N int }, error) {
		if in.N < 0 {
			return in, errors.New("negative")
		}
		in.N *= 2
		return in, nil
	})
	if double.Kind != KindTask || double.Room() != "room" {
		t.Errorf("%+v", double)
	}
	out, err := double.Run(t.Context(), json.RawMessage(`{"N":21}`))
	if err != nil || string(out) != `{"N":42}` {
		t.Errorf("%s %v", out, err)
	}
	for _, input := range []string{`{"N":-1}`, `{"N":"x"}`} {
		if _, err := double.Run(t.Context(), json.RawMessage(input)); err == nil || !strings.Contains(err.Error(), "room/double") {
			t.Errorf("%s: %v", input, err)
		}
	}
}

func TestARequestIsCarriedByItsContext(t *testing.T) {
	ctx := WithRequest(t.Context(), Request{Caller: people.Caller{Person: "p"}, Lang: "ar"})
	if CallerOf(ctx).Person != "p" || RequestOf(ctx).Lang != "ar" || CallerOf(t.Context()).SignedIn() {
		t.Error("the request is lost")
	}
}
