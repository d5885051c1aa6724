package sweeps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/dossier"
)

// Report is what a sweep says it did; it shows in the logs.
type Report struct {
	Done    int `json:"done"`
	Skipped int `json:"skipped"` // a rival run, or another change, was first
}

// errStranger is a row that is not what its place in the index says.
var errStranger = errors.New("a row of another kind is in the index due")

// each calls do with every row of a certificate whose duty is due today or was
// due before.
func each(ctx context.Context, table infra.Table, duty string, today calendar.Date, do func(number string, row infra.Row) error) (Report, error) {
	return through(ctx, table, duty, today.String()+"~", func(row infra.Row) error {
		number, ok := strings.CutPrefix(row.PK, certificates.PK(""))
		if !ok {
			return errStranger
		}
		return do(number, row)
	})
}

// through calls do with every row of a duty up to a sort key: a missed day is
// caught up, because what was not done is still there. One row's failure does
// not keep the others waiting.
func through(ctx context.Context, table infra.Table, duty, until string, do func(infra.Row) error) (Report, error) {
	var report Report
	var failures []error
	for shard := range dossier.DueShards {
		q := infra.Query{Index: "due", PK: dossier.DuePK(duty, shard), To: until, Limit: 500}
		for {
			page, err := table.Query(ctx, q)
			if err != nil {
				return report, errors.Join(append(failures, err)...)
			}
			for _, row := range page.Rows {
				if err := report.count(do(row)); err != nil {
					failures = append(failures, fmt.Errorf("%s: %w", row.PK, err))
				}
			}
			if page.Cursor == "" {
				break
			}
			q.Cursor = page.Cursor
		}
	}
	return report, errors.Join(failures...)
}

// count notes what became of one row, and gives back what is no rival's doing.
func (r *Report) count(err error) error {
	switch {
	case err == nil:
		r.Done++
	case errors.Is(err, infra.ErrConditionFailed):
		r.Skipped++
	default:
		return err
	}
	return nil
}

// and joins two reports.
func (r Report) and(o Report) Report {
	return Report{Done: r.Done + o.Done, Skipped: r.Skipped + o.Skipped}
}
