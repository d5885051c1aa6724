package conformity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// buildGrants is what making exports touches.
var buildGrants = step.Grants{
	People: step.TableGrants{Read: []string{"person#"}},
	Dossiers: step.TableGrants{
		Read: []string{exportPrefix, "dossier#", "number#"}, Write: []string{exportPrefix},
		Index: map[string][]string{"owner": {"owner#"}, "owner_status": {"owner#"}, "body": {"body#"}, "queue": {"body#"}, "agent": {"agent#"}, "due": {"due#body#"}},
	},
	Files: step.FileGrants{Read: []string{"exports/"}, Write: []string{"exports/"}},
}

const (
	// buildMemory, in MB, holds a file of 100,000 rows with its parts many times.
	buildMemory = 1024
	// bitsAtOnce bounds a run: its last Write rings for the next.
	bitsAtOnce = 10
)

// buildExports makes a bit of every export that rings.
func buildExports(p infra.Ports) step.Step {
	r := room{p}
	return step.Event(step.Declaration{
		Name:    "conformity/build_exports",
		Summary: "Make the next bit of an export",
		Grants:  buildGrants,
		Rings:   exportsPending,
		Memory:  buildMemory,
		Timeout: 5 * time.Minute,
	}, step.DossierChanges, func(ctx context.Context, ring step.Ring) (struct{}, error) {
		var failures []error
		for _, partition := range ring.Keys {
			if id, ok := strings.CutPrefix(partition, exportPrefix); ok {
				failures = append(failures, r.build(ctx, id, bitsAtOnce))
			}
		}
		return struct{}{}, errors.Join(failures...)
	})
}

// build makes so many bits of an export, or all that are left.
func (r room) build(ctx context.Context, id string, bits int) error {
	for range bits {
		more, err := r.buildBit(ctx, id)
		if errors.Is(err, infra.ErrConditionFailed) {
			return nil // a rival made this one, and rang
		}
		if err != nil {
			return fmt.Errorf("export %s: %w", id, err)
		}
		if !more {
			return nil
		}
	}
	return nil
}

// buildBit reads a page of the list into a part, or puts the parts together.
// Each is one conditional Write after its file is stored; files are named by
// what they hold, so that one made twice is one.
func (r room) buildBit(ctx context.Context, id string) (more bool, err error) {
	e, err := r.exportOf(ctx, id)
	if problem.Is(err, "not_found") || err == nil && e.State != exportBuilding {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	asker, err := r.asker(ctx, e.Person)
	if err != nil {
		return false, err
	}
	e.Touched = r.Clock.Now()
	switch {
	case !e.visible(asker):
		e.State = exportRefused
		err = r.Dossiers.Write(ctx, exportPut(e))
	case !e.Read && e.Parts < partsPerFile:
		err = r.readPart(ctx, e)
		return true, err
	default:
		err = r.putTogether(ctx, &e)
	}
	return e.State == exportBuilding, err
}

// asker is whoever asked for an export, with the memberships they have now;
// nobody when the account is gone.
func (r room) asker(ctx context.Context, id string) (people.Caller, error) {
	p, err := r.person(ctx, id)
	if errors.Is(err, infra.ErrNotFound) {
		return people.Caller{}, nil
	}
	return people.Caller{Person: p.ID, Memberships: p.Memberships}, err
}
