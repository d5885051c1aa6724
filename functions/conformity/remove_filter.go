package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/infra"
	"portal/shared/problem"
	"portal/shared/step"
)

type removeFilterInput struct {
	ID string `path:"filter" maxLength:"40" doc:"The filter"`
}

type removedOutput struct{ Status int }

// removeFilter deletes one of the caller's saved filters.
func removeFilter(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/remove_filter",
		Summary:  "Delete a saved filter",
		Who:      readers,
		Grants:   filterGrants,
		Problems: []string{"not_found"},
	}, http.MethodDelete, "/api/conformity/filters/{filter}", func(ctx context.Context, in *removeFilterInput) (*removedOutput, error) {
		err := r.editFilters(ctx, func(saved *savedFilters) error {
			i := slices.IndexFunc(saved.Filters, func(f savedFilter) bool { return f.ID == in.ID })
			if i < 0 {
				return problem.New("not_found")
			}
			saved.Filters = slices.Delete(saved.Filters, i, i+1)
			return nil
		})
		return &removedOutput{Status: http.StatusNoContent}, err
	}, step.Status(http.StatusNoContent))
}
