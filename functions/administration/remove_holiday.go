package administration

import (
	"context"
	"net/http"

	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/shared/problem"
	"portal/shared/step"
)

type removeHolidayInput struct {
	ID string `path:"id" maxLength:"40" doc:"Of a recorded holiday"`
}

// removeHoliday takes back a holiday that was recorded by mistake; a feast is
// again on its estimated day.
func removeHoliday(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "administration/remove_holiday",
		Summary:  "Take back a recorded holiday",
		Who:      administrators,
		Grants:   almanac.WriteGrants,
		Problems: []string{"not_found"},
	}, http.MethodDelete, "/api/administration/holidays/{id}", func(ctx context.Context, in *removeHolidayInput) (*noContent, error) {
		if err := portalOnly(ctx); err != nil {
			return nil, err
		}
		return &noContent{}, r.editHolidays(ctx, func(recorded almanac.Recorded) (almanac.Recorded, error) {
			left := recorded.Without(in.ID)
			if len(left.Holidays) == len(recorded.Holidays) {
				return left, problem.New("not_found")
			}
			return left, nil
		})
	})
}
