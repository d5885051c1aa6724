package sweeps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
)

// Report is what a sweep says it did; it shows in the logs.
type Report struct {
	Done    int `json:"done"`
	Skipped int `json:"skipped"` // a rival run, or another change, was first
}

// each calls do with every row of a certificate whose duty is due today or was
// due before: a missed day is caught up, because what was not done is
// still there. One certificate's failure does not keep the others waiting.
func each(ctx context.Context, table infra.Table, duty string, today calendar.Date, do func(number string, row infra.Row) error) (Report, error) {
	var report Report
	var failures []error
	for shard := range certificates.DueShards {
		q := infra.Query{Index: "due", PK: certificates.DuePK(duty, shard), To: today.String() + "~", Limit: 500}
		for {
			page, err := table.Query(ctx, q)
			if err != nil {
				return report, errors.Join(append(failures, err)...)
			}
			for _, row := range page.Rows {
				number, ok := strings.CutPrefix(row.PK, certificates.PK(""))
				if !ok {
					failures = append(failures, fmt.Errorf("a row of another kind is in the index due"))
					continue
				}
				switch err := do(number, row); {
				case err == nil:
					report.Done++
				case errors.Is(err, infra.ErrConditionFailed):
					report.Skipped++
				default:
					failures = append(failures, fmt.Errorf("%s: %w", number, err))
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
