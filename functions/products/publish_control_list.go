package products

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/calendar"
	"portal/shared/control"
	"portal/shared/forms"
	"portal/shared/problem"
	"portal/shared/step"
)

type publishInput struct {
	Preview bool `query:"preview" doc:"Check everything and tell what would change; publish nothing"`
	RawBody []byte
}

type publishOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     VersionView
}

// previewed describes the answer to a preview.
var previewed = step.Also(http.StatusOK)

// proposal is what an officer sends: the entries as JSON, or as CSV.
type proposal struct {
	Version string          `json:"version"`
	InForce string          `json:"in_force"`
	Source  string          `json:"source"`
	Sample  bool            `json:"sample"`
	Entries []control.Entry `json:"entries"`
	CSV     string          `json:"csv"`
}

// publishControlList publishes a version of the list for a later day. The one
// in force stays so until then, and answers for its days for ever.
func publishControlList(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "products/publish_control_list",
		Summary: "Publish a version of the list of products under control, for a later day",
		Who:     officers,
		Grants: readGrants.And(step.Grants{Dossiers: httpapi.IdempotencyGrants}).And(step.Grants{
			Dossiers: step.TableGrants{Write: []string{"control#"}},
		}),
		Problems: []string{"idempotency_key_reused", "invalid"},
		Memory:   1024, Timeout: 29 * time.Second, // ten thousand entries
	}, http.MethodPost, lists, func(ctx context.Context, in *publishInput) (*publishOutput, error) {
		made, err := readProposal(in.RawBody)
		if err != nil {
			return nil, err
		}
		if in.Preview {
			return r.preview(ctx, made)
		}
		var out *publishOutput
		err = registry.Again(func() error {
			out, err = r.publish(ctx, made)
			return err
		})
		if err != nil {
			return r.publishedBefore(ctx, err)
		}
		return out, nil
	}, step.Form("products/control-list", httpapi.MaxLongBody), step.Created, previewed)
}

// draft is a proposal as far as it could be read by itself, with what is wrong
// with it so far.
type draft struct {
	list   control.List
	faults []problem.Fault
}

// readProposal reads a body. Faults of its form and of its entries are both
// named, each field once.
func readProposal(raw []byte) (draft, error) {
	var body proposal
	faults, err := forms.Check("products/control-list", raw, &body)
	if err != nil {
		return draft{}, err
	}
	if slices.ContainsFunc(faults, forms.Structural) {
		// A wrong type keeps the form from filling body in: what can be read of
		// the rest is still checked. The error is among the faults.
		_ = json.Unmarshal(raw, &body)
	}
	edition := control.Edition{Version: body.Version, Source: strings.TrimSpace(body.Source), Sample: body.Sample}
	edition.InForce, _ = calendar.ParseDate(body.InForce) // the form has said so when it is none
	made := draft{faults: faults}
	var own []problem.Fault
	switch {
	case (len(body.Entries) > 0) == (body.CSV != ""):
		own = []problem.Fault{{Pointer: "/entries", Code: "entries_or_csv"}}
	case body.CSV != "":
		made.list, own = control.ParseCSV(edition, body.CSV)
	default:
		made.list, own = control.NewList(edition, body.Entries)
	}
	made.list.Edition = edition
	made.add(own)
	if body.Version != "" && !validName(body.Version) {
		made.add([]problem.Fault{{Pointer: "/version", Code: "format"}})
	}
	return made, nil
}

// add names faults of fields of which nothing was said yet, and that are not
// within something of a wrong type, which could not be read.
func (d *draft) add(faults []problem.Fault) {
	said, unread := map[string]bool{}, map[string]bool{}
	for _, f := range d.faults {
		said[f.Pointer] = true
		unread[f.Pointer] = f.Code == "type"
	}
	within := func(pointer string) bool {
		for at := strings.LastIndexByte(pointer, '/'); at > 0; at = strings.LastIndexByte(pointer, '/') {
			if pointer = pointer[:at]; unread[pointer] {
				return true
			}
		}
		return false
	}
	for _, f := range faults {
		if !said[f.Pointer] && !within(f.Pointer) {
			d.faults = append(d.faults, f)
		}
	}
}

// against holds a draft against what is published already: a name is used once,
// and no day that was or is answered for, nor one before a later version, is
// answered anew.
func (d draft) against(r register, today calendar.Date) (Publication, []problem.Fault) {
	var faults []problem.Fault
	if slices.Contains(r.names, d.list.Version) || d.list.Version == currentName {
		faults = append(faults, problem.Fault{Pointer: "/version", Code: "version_taken"})
	}
	before := r.newest()
	latest := today
	if before.InForce.After(today) {
		latest = before.InForce
	}
	if !d.list.InForce.IsZero() && !d.list.InForce.After(latest) {
		faults = append(faults, problem.Fault{Pointer: "/in_force", Code: "date_after", Params: map[string]any{"after": latest.String()}})
	}
	return before, faults
}

// prepared is a draft that nothing speaks against.
type prepared struct {
	register
	before      Listing
	publication Publication
	rows        []infra.Op
}

func (r room) prepare(ctx context.Context, made draft) (prepared, error) {
	register, err := readRegister(ctx, r.Dossiers)
	if err != nil {
		return prepared{}, err
	}
	now := r.Clock.Now()
	before, faults := made.against(register, calendar.DateIn(now))
	made.add(faults)
	if len(made.faults) > 0 {
		return prepared{}, problem.Invalid(made.faults)
	}
	old, err := before.List(ctx, r.Dossiers)
	if err != nil {
		return prepared{}, err
	}
	caller := step.CallerOf(ctx)
	made.list.Published = calendar.DateIn(now)
	ready := prepared{register: register, before: before.Listing}
	ready.publication = Publication{
		Listing: Listing{Edition: made.list.Edition, Entries: made.list.Len()},
		At:      now, By: caller.Person, Name: caller.Name, Changes: changesOf(old, made.list),
	}
	ready.publication.Digest, ready.rows, err = staged(made.list)
	return ready, err
}

func (r room) preview(ctx context.Context, made draft) (*publishOutput, error) {
	ready, err := r.prepare(ctx, made)
	if err != nil {
		return nil, err
	}
	return &publishOutput{Status: http.StatusOK, Body: r.view(ctx, ready.publication, ready.before)}, nil
}

// publish stages the entries and then, in one Write, publishes them: until then
// nobody sees a version, and after that all of it.
func (r room) publish(ctx context.Context, made draft) (*publishOutput, error) {
	ready, err := r.prepare(ctx, made)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(ready.rows, stagedAtOnce) {
		if err := r.Dossiers.Write(ctx, part...); err != nil {
			return nil, fmt.Errorf("stage a list: %w", err)
		}
	}
	p := ready.publication
	event := ready.happens(Event{At: p.At, Action: "publish", Version: p.Version}, step.CallerOf(ctx))
	ops := []infra.Op{
		infra.Put{Key: nameKey(p.Version), Value: p.Listing, If: []infra.Cond{infra.Absent()}},
		infra.Put{Key: versionKey(p.Listing), Value: p, If: []infra.Cond{infra.Absent()}},
		event,
	}
	at := lists + "/" + p.Version
	remembered := httpapi.Remembered{Status: http.StatusCreated, Location: at, Subject: p.Version}
	ops = append(ops, httpapi.Remember(ctx, p.At, remembered)...)
	if err := r.Dossiers.Write(ctx, ops...); err != nil {
		return nil, err
	}
	return &publishOutput{Status: http.StatusCreated, Location: at, Body: r.view(ctx, p, ready.before)}, nil
}

// stagedAtOnce rows of entries are within what one Write may weigh.
const stagedAtOnce = infra.MaxWriteBytes / infra.MaxRowBytes

// publishedBefore answers a request that failed now as the first time, if it
// was done before.
func (r room) publishedBefore(ctx context.Context, failed error) (*publishOutput, error) {
	first, err := httpapi.Recall(ctx, r.Dossiers)
	if err != nil {
		return nil, err
	}
	if first == nil {
		if errors.Is(failed, infra.ErrConditionFailed) {
			return nil, fmt.Errorf("publish a list: %w", failed)
		}
		return nil, failed
	}
	current, err := OnDay(ctx, r.Dossiers, r.today())
	if err != nil {
		return nil, err
	}
	p, err := r.publication(ctx, first.Subject, current)
	if err != nil {
		return nil, err
	}
	return &publishOutput{Status: first.Status, Location: first.Location, Body: r.view(ctx, p, current)}, nil
}
