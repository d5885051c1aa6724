package conformity

import (
	"context"
	"errors"
	"time"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/step"
)

// resumed counts what a sweep of exports found.
type resumed struct {
	Exports int `json:"exports"` // that had stood still
	Failed  int `json:"failed"`  // that still do
}

const (
	// stillAfter leaves a run its time: an export touched later is being made.
	stillAfter = 10 * time.Minute
	// resumedAtOnce bounds one run; the next goes on.
	resumedAtOnce = 100
)

// resumeExports goes on with exports that stand still: their ring was lost, or
// a run died.
func resumeExports(p infra.Ports) step.Step {
	r := room{p}
	return step.Scheduled(step.Declaration{
		Name:    "conformity/resume_exports",
		Summary: "Go on with exports that stand still",
		Grants:  buildGrants.And(step.Grants{Dossiers: step.TableGrants{Index: map[string][]string{"pending": {"exports#"}}}}),
		Memory:  buildMemory,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Every: 5 * time.Minute}, func(ctx context.Context) (resumed, error) {
		var found resumed
		page, err := r.Dossiers.Query(ctx, infra.Query{
			Index: "pending", PK: exportsPending, To: dossier.SortKey(r.Clock.Now().Add(-stillAfter)) + "~", Limit: resumedAtOnce,
		})
		if err != nil {
			return found, err
		}
		var failures []error
		for _, row := range page.Rows {
			found.Exports++
			// One bit is enough: its Write rings.
			if err := r.build(ctx, row.PK[len(exportPrefix):], 1); err != nil {
				found.Failed++
				failures = append(failures, err)
			}
		}
		return found, errors.Join(failures...)
	})
}
