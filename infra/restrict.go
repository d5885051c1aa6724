package infra

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/shared/step"
)

// Restrict narrows the ports to what a step is granted, as its role does on
// AWS. Anything else is ErrNotGranted before the port hears of it; the message
// names step, verb and the key up to its first separator, never more, for keys
// may hold personal data. Clock, IDs and Settings are free.
func Restrict(p Ports, g step.Grants, name string) Ports {
	at := gate{step: name}
	return Ports{
		People:     grantedTable{inner: p.People, gate: at.of("people"), grants: g.People},
		Dossiers:   grantedTable{inner: p.Dossiers, gate: at.of("dossiers"), grants: g.Dossiers},
		Files:      grantedFiles{inner: p.Files, gate: at.of("files"), grants: g.Files},
		Mail:       grantedMail{inner: p.Mail, gate: at.of("mail"), granted: g.Mail},
		Executions: grantedExecutions{inner: p.Executions, gate: at.of("executions"), grants: g},
		MAC:        grantedMAC{inner: p.MAC, gate: at.of("mac"), purposes: g.MAC},
		Clock:      p.Clock,
		IDs:        p.IDs,
		Settings:   p.Settings,
	}
}

// gate words refusals.
type gate struct{ step, port string }

func (g gate) of(port string) gate { return gate{g.step, port} }

func (g gate) refuse(verb, what string) error {
	return fmt.Errorf("%s: %s of %s %q: %w", g.step, verb, g.port, what, ErrNotGranted)
}

// prefixed allows a key that starts with one of the prefixes.
func (g gate) prefixed(verb, key, separator string, prefixes []string) error {
	for _, prefix := range prefixes {
		if strings.HasPrefix(key, prefix) {
			return nil
		}
	}
	head, _, found := strings.Cut(key, separator)
	if !found {
		return g.refuse(verb, "")
	}
	return g.refuse(verb, head+separator)
}

type grantedTable struct {
	inner  Table
	gate   gate
	grants step.TableGrants
}

func (t grantedTable) Get(ctx context.Context, key Key) (Row, error) {
	if err := t.gate.prefixed("Get", key.PK, "#", t.grants.Read); err != nil {
		return Row{}, err
	}
	return t.inner.Get(ctx, key)
}

func (t grantedTable) Query(ctx context.Context, q Query) (Page, error) {
	verb, prefixes := "Query", t.grants.Read
	if q.Index != "" {
		verb, prefixes = "Query by "+q.Index, t.grants.Index[q.Index]
	}
	if err := t.gate.prefixed(verb, q.PK, "#", prefixes); err != nil {
		return Page{}, err
	}
	return t.inner.Query(ctx, q)
}

func (t grantedTable) Write(ctx context.Context, ops ...Op) error {
	for n, op := range ops {
		if op == nil {
			return fmt.Errorf("%s: operation %d is nil", t.gate.step, n)
		}
		if err := t.gate.prefixed("Write", op.Target().PK, "#", t.grants.Write); err != nil {
			return err
		}
	}
	return t.inner.Write(ctx, ops...)
}

func (t grantedTable) Draw(ctx context.Context, key Key) (int64, error) {
	if err := t.gate.prefixed("Draw", key.PK, "#", t.grants.Write); err != nil {
		return 0, err
	}
	return t.inner.Draw(ctx, key)
}

type grantedFiles struct {
	inner  Files
	gate   gate
	grants step.FileGrants
}

func (f grantedFiles) UploadForm(ctx context.Context, u Upload) (UploadForm, error) {
	if err := f.gate.prefixed("UploadForm", u.Key, "/", f.grants.Upload); err != nil {
		return UploadForm{}, err
	}
	return f.inner.UploadForm(ctx, u)
}

func (f grantedFiles) Read(ctx context.Context, key string, most int64) ([]byte, error) {
	if err := f.gate.prefixed("Read", key, "/", f.grants.Read); err != nil {
		return nil, err
	}
	return f.inner.Read(ctx, key, most)
}

func (f grantedFiles) Put(ctx context.Context, key, contentType string, data []byte) error {
	if err := f.gate.prefixed("Put", key, "/", f.grants.Write); err != nil {
		return err
	}
	return f.inner.Put(ctx, key, contentType, data)
}

func (f grantedFiles) Delete(ctx context.Context, key string) error {
	if err := f.gate.prefixed("Delete", key, "/", f.grants.Delete); err != nil {
		return err
	}
	return f.inner.Delete(ctx, key)
}

func (f grantedFiles) Link(ctx context.Context, key, filename string, valid time.Duration) (string, error) {
	if err := f.gate.prefixed("Link", key, "/", f.grants.Read); err != nil {
		return "", err
	}
	return f.inner.Link(ctx, key, filename, valid)
}

type grantedMail struct {
	inner   Mail
	gate    gate
	granted bool
}

func (m grantedMail) Send(ctx context.Context, l Letter) error {
	if !m.granted {
		return m.gate.refuse("Send", l.Kind)
	}
	return m.inner.Send(ctx, l)
}

type grantedExecutions struct {
	inner  Executions
	gate   gate
	grants step.Grants
}

func (e grantedExecutions) Start(ctx context.Context, machine, name string, input any) error {
	if !slices.Contains(e.grants.Start, machine) {
		return e.gate.refuse("Start", machine)
	}
	return e.inner.Start(ctx, machine, name, input)
}

func (e grantedExecutions) Wake(ctx context.Context, token string) error {
	if !e.grants.Wake {
		return e.gate.refuse("Wake", "")
	}
	return e.inner.Wake(ctx, token)
}

func (e grantedExecutions) State(ctx context.Context, machine, name string) (ExecutionState, error) {
	if !slices.Contains(e.grants.Start, machine) {
		return "", e.gate.refuse("State", machine)
	}
	return e.inner.State(ctx, machine, name)
}

type grantedMAC struct {
	inner    MAC
	gate     gate
	purposes []string
}

func (m grantedMAC) Sum(ctx context.Context, purpose string, message []byte) ([]byte, error) {
	if !slices.Contains(m.purposes, purpose) {
		return nil, m.gate.refuse("Sum", purpose)
	}
	return m.inner.Sum(ctx, purpose, message)
}
