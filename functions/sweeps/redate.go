package sweeps

import (
	"context"
	"errors"

	"portal/functions/accounts/registry"
	"portal/functions/administration/almanac"
	room "portal/functions/conformity"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/reference"
	"portal/shared/step"
)

// redateGrants is what working out dates anew touches.
var redateGrants = step.Grants{Dossiers: step.TableGrants{
	Read:  []string{"dossier#"},
	Write: []string{"dossier#"},
	Index: map[string][]string{"queue": {"body#"}, "due": {"due#"}},
}}

// redate works out the dates of open dossiers anew after a holiday was
// recorded; otherwise it reads one page of an index. The record stands in that
// index until every dossier was seen: an interrupted run is begun again.
func redate(ctx context.Context, p infra.Ports) (Report, error) {
	var report Report
	unsettled, err := almanac.Unsettled(ctx, p.Dossiers)
	if err != nil || !unsettled {
		return report, err
	}
	recorded, err := almanac.Load(ctx, p.Dossiers)
	if err != nil {
		return report, err
	}
	holidays, err := recorded.Table()
	if err != nil {
		return report, err
	}
	var failures []error
	for _, bureau := range reference.Bureaux() {
		for _, status := range conformity.Procedure.Statuses {
			if conformity.Procedure.IsFinal(status) || status == conformity.Draft {
				continue
			}
			failures = append(failures, report.redate(ctx, p, room.QueuePK(registry.BureauID(bureau.Code), status), holidays))
		}
	}
	if err := errors.Join(failures...); err != nil {
		return report, err
	}
	if err := almanac.Settle(ctx, p.Dossiers, recorded); err != nil && !errors.Is(err, infra.ErrConditionFailed) {
		return report, err
	}
	return report, nil
}

// redate goes through the dossiers of a bureau in one status.
func (r *Report) redate(ctx context.Context, p infra.Ports, queue string, holidays calendar.Holidays) error {
	q := infra.Query{Index: "queue", PK: queue, Limit: 200}
	var failures []error
	for {
		page, err := p.Dossiers.Query(ctx, q)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		for _, row := range page.Rows {
			var d conformity.Dossier
			if err := row.Decode(&d); err != nil {
				return errors.Join(append(failures, err)...)
			}
			ops, moved := room.Redated(d, holidays, p)
			if !moved {
				continue
			}
			failures = append(failures, r.count(p.Dossiers.Write(ctx, ops...)))
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return errors.Join(failures...)
		}
	}
}
