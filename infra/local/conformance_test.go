package local_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"portal/infra"
	"portal/infra/local"
	"portal/infra/porttest"
)

// open opens a store in a folder of its own, and closes it with the test.
func open(t *testing.T, o local.Options) *local.Store {
	t.Helper()
	return openIn(t, t.TempDir(), o)
}

func openIn(t *testing.T, dir string, o local.Options) *local.Store {
	t.Helper()
	o.NoSync = true
	store, err := local.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func TestTableConforms(t *testing.T) {
	porttest.Table(t, func(t *testing.T, clock infra.Clock) (infra.Table, func()) {
		return open(t, local.Options{Now: clock.Now}).Dossiers(), nil
	})
}

func TestTableWithDelayedIndexesConforms(t *testing.T) {
	porttest.Table(t, func(t *testing.T, clock infra.Clock) (infra.Table, func()) {
		store := open(t, local.Options{Now: clock.Now, IndexDelay: true})
		return store.Dossiers(), func() {
			if err := store.Settle(); err != nil {
				t.Error(err)
			}
		}
	})
}

// openServed opens a store whose files answer over HTTP.
func openServed(t *testing.T, o local.Options) *local.Store {
	t.Helper()
	var store *local.Store
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { store.Files().ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	o.BaseURL = server.URL
	store = open(t, o)
	return store
}

func TestFilesConform(t *testing.T) {
	porttest.Files(t, func(t *testing.T, clock infra.Clock) infra.Files {
		return openServed(t, local.Options{Now: clock.Now}).Files()
	})
}

func TestMailConforms(t *testing.T) {
	porttest.Mail(t, func(t *testing.T, clock infra.Clock) porttest.MailFixture {
		mailbox := open(t, local.Options{Now: clock.Now}).Mail()
		return porttest.MailFixture{
			Mail: mailbox,
			Sent: func(t *testing.T, to string) [][]byte {
				letters, err := mailbox.Letters(to, 0, 0, 100)
				if err != nil {
					t.Fatal(err)
				}
				var raws [][]byte
				for i := len(letters) - 1; i >= 0; i-- {
					_, raw, err := mailbox.Letter(letters[i].N)
					if err != nil {
						t.Fatal(err)
					}
					raws = append(raws, raw)
				}
				return raws
			},
			Suppress: func(t *testing.T, address string) {
				if err := mailbox.Suppress(t.Context(), address); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func TestMACConforms(t *testing.T) {
	porttest.MAC(t, func(t *testing.T) infra.MAC { return open(t, local.Options{}).MAC() }, "mail", "session")
}

func TestIDsConform(t *testing.T) {
	porttest.IDs(t, func(t *testing.T, clock infra.Clock) infra.IDs {
		return open(t, local.Options{Now: clock.Now}).IDs()
	})
}
