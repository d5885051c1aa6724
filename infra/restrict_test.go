package infra_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/shared/step"
)

// everything answers every port without doing anything, and counts.
type everything struct{ calls int }

func (e *everything) Get(context.Context, infra.Key) (infra.Row, error) {
	e.calls++
	return infra.Row{}, nil
}

func (e *everything) Query(context.Context, infra.Query) (infra.Page, error) {
	e.calls++
	return infra.Page{}, nil
}
func (e *everything) Write(context.Context, ...infra.Op) error            { e.calls++; return nil }
func (e *everything) Draw(context.Context, infra.Key) (int64, error)      { e.calls++; return 1, nil }
func (e *everything) Put(context.Context, string, string, []byte) error   { e.calls++; return nil }
func (e *everything) Delete(context.Context, string) error                { e.calls++; return nil }
func (e *everything) Read(context.Context, string, int64) ([]byte, error) { e.calls++; return nil, nil }
func (e *everything) Link(context.Context, string, string, time.Duration) (string, error) {
	e.calls++
	return "", nil
}

func (e *everything) UploadForm(context.Context, infra.Upload) (infra.UploadForm, error) {
	e.calls++
	return infra.UploadForm{}, nil
}
func (e *everything) Send(context.Context, infra.Letter) error            { e.calls++; return nil }
func (e *everything) Start(context.Context, string, string, any) error    { e.calls++; return nil }
func (e *everything) Wake(context.Context, string) error                  { e.calls++; return nil }
func (e *everything) Sum(context.Context, string, []byte) ([]byte, error) { e.calls++; return nil, nil }
func (e *everything) State(context.Context, string, string) (infra.ExecutionState, error) {
	e.calls++
	return infra.Running, nil
}

func restricted(g step.Grants) (infra.Ports, *everything) {
	e := &everything{}
	all := infra.Ports{People: e, Dossiers: e, Files: e, Mail: e, Executions: e, MAC: e, Settings: infra.Settings{BaseURL: "https://portal.example"}}
	return infra.Restrict(all, g, "conformity/submit"), e
}

// person stands for personal data in a key; it may appear in no message.
const person = "someone@example.com"

// attempts does every verb once, all of them on the same prefix.
func attempts(p infra.Ports) map[string]error {
	ctx := context.Background()
	tables := map[string]infra.Table{"people": p.People, "dossiers": p.Dossiers}
	errs := map[string]error{}
	for name, t := range tables {
		key := infra.Key{PK: "dossier#" + person, SK: person}
		_, errs[name+" get"] = t.Get(ctx, key)
		_, errs[name+" query"] = t.Query(ctx, infra.Query{PK: key.PK})
		_, errs[name+" query by pending"] = t.Query(ctx, infra.Query{PK: key.PK, Index: "pending"})
		_, errs[name+" query by owner"] = t.Query(ctx, infra.Query{PK: key.PK, Index: "owner"})
		_, errs[name+" draw"] = t.Draw(ctx, key)
		errs[name+" put"] = t.Write(ctx, infra.Put{Key: key})
		errs[name+" add"] = t.Write(ctx, infra.Add{Key: key})
		errs[name+" delete"] = t.Write(ctx, infra.Delete{Key: key})
		errs[name+" check"] = t.Write(ctx, infra.Check{Key: key})
	}
	_, errs["files upload"] = p.Files.UploadForm(ctx, infra.Upload{Key: "incoming/" + person})
	_, errs["files read"] = p.Files.Read(ctx, "incoming/"+person, 1)
	_, errs["files link"] = p.Files.Link(ctx, "incoming/"+person, "a.pdf", time.Minute)
	errs["files put"] = p.Files.Put(ctx, "incoming/"+person, "application/pdf", nil)
	errs["files delete"] = p.Files.Delete(ctx, "incoming/"+person)
	errs["mail"] = p.Mail.Send(ctx, infra.Letter{To: person, Kind: "conformity_deposited"})
	errs["start"] = p.Executions.Start(ctx, "conformity-review", person, nil)
	_, errs["state"] = p.Executions.State(ctx, "conformity-review", person)
	errs["wake"] = p.Executions.Wake(ctx, person)
	_, errs["mac"] = p.MAC.Sum(ctx, "mail", []byte(person))
	return errs
}

func TestStepDoesExactlyWhatItIsGranted(t *testing.T) {
	for _, test := range []struct {
		name    string
		grants  step.Grants
		granted []string
	}{
		{"nothing", step.Grants{}, nil},
		{"read", step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}}, []string{"dossiers get", "dossiers query"}},
		{"write", step.Grants{Dossiers: step.TableGrants{Write: []string{"dossier#"}}},
			[]string{"dossiers draw", "dossiers put", "dossiers add", "dossiers delete", "dossiers check"}},
		{"one index", step.Grants{Dossiers: step.TableGrants{Index: map[string][]string{"owner": {"dossier#"}}}}, []string{"dossiers query by owner"}},
		{"an index for other keys", step.Grants{Dossiers: step.TableGrants{Index: map[string][]string{"owner": {"org#"}}}}, nil},
		{"the other table", step.Grants{People: step.TableGrants{Read: []string{"dossier#"}}}, []string{"people get", "people query"}},
		{"another prefix", step.Grants{Dossiers: step.TableGrants{Read: []string{"dossiers#", "ossier#", "dossier#x"}}}, nil},
		{"one of two prefixes", step.Grants{People: step.TableGrants{Read: []string{"session#", "dossier#"}}}, []string{"people get", "people query"}},
		{"read files", step.Grants{Files: step.FileGrants{Read: []string{"incoming/"}}}, []string{"files read", "files link"}},
		{"write files", step.Grants{Files: step.FileGrants{Write: []string{"incoming/"}}}, []string{"files put"}},
		{"delete files", step.Grants{Files: step.FileGrants{Delete: []string{"incoming/"}}}, []string{"files delete"}},
		{"upload files", step.Grants{Files: step.FileGrants{Upload: []string{"incoming/"}}}, []string{"files upload"}},
		{"other files", step.Grants{Files: step.FileGrants{Read: []string{"documents/"}, Upload: []string{"documents/"}}}, nil},
		{"mail", step.Grants{Mail: true}, []string{"mail"}},
		{"a machine", step.Grants{Start: []string{"conformity-review"}}, []string{"start", "state"}},
		{"another machine", step.Grants{Start: []string{"conformity"}}, nil},
		{"wake", step.Grants{Wake: true}, []string{"wake"}},
		{"a purpose", step.Grants{MAC: []string{"mail"}}, []string{"mac"}},
		{"another purpose", step.Grants{MAC: []string{"session"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			ports, e := restricted(test.grants)
			granted := map[string]bool{}
			for _, name := range test.granted {
				granted[name] = true
			}
			for name, err := range attempts(ports) {
				switch {
				case granted[name] && err != nil:
					t.Errorf("%s: %v", name, err)
				case !granted[name]:
					checkRefusal(t, name, err)
				}
			}
			if e.calls != len(test.granted) {
				t.Errorf("%d calls came through, want %d", e.calls, len(test.granted))
			}
		})
	}
}

func checkRefusal(t *testing.T, name string, err error) {
	t.Helper()
	switch {
	case !errors.Is(err, infra.ErrNotGranted):
		t.Errorf("%s = %v, want ErrNotGranted", name, err)
	case strings.Contains(err.Error(), person):
		t.Errorf("%s shows personal data: %v", name, err)
	case !strings.Contains(err.Error(), "conformity/submit"):
		t.Errorf("%s does not name the step: %v", name, err)
	}
}

func TestRefusalNamesVerbAndPrefix(t *testing.T) {
	ports, _ := restricted(step.Grants{})
	_, err := ports.People.Query(context.Background(), infra.Query{PK: "session#1#" + person, Index: "pending"})
	if want := `conformity/submit: Query by pending of people "session#": infra: not granted to this step`; err.Error() != want {
		t.Errorf("refusal %q, want %q", err, want)
	}
	_, err = ports.People.Get(context.Background(), infra.Key{PK: person, SK: "-"})
	checkRefusal(t, "a key without a prefix", err)
}

func TestOneOperationNotGrantedStopsTheWrite(t *testing.T) {
	ports, e := restricted(step.Grants{Dossiers: step.TableGrants{Write: []string{"dossier#"}, Read: []string{"rate#"}}})
	for name, op := range map[string]infra.Op{
		"put":   infra.Put{Key: infra.Key{PK: "rate#1", SK: "-"}},
		"check": infra.Check{Key: infra.Key{PK: "rate#1", SK: "-"}},
	} {
		err := ports.Dossiers.Write(context.Background(), infra.Put{Key: infra.Key{PK: "dossier#1", SK: "-"}}, op)
		checkRefusal(t, name, err)
	}
	if err := ports.Dossiers.Write(context.Background(), nil); err == nil {
		t.Error("a nil operation was written")
	}
	if e.calls != 0 {
		t.Errorf("%d calls came through", e.calls)
	}
}

func TestSettingsAreFree(t *testing.T) {
	ports, _ := restricted(step.Grants{})
	if ports.Settings.BaseURL != "https://portal.example" {
		t.Error("the settings are gone")
	}
}
