package conformity

import (
	"context"
	"fmt"
	"net/http"

	"portal/infra"
	"portal/shared/step"
)

type filtersOutput struct {
	Body struct {
		Filters []savedFilter `json:"filters"`
	}
}

// listFilters answers the caller's saved filters, in the order of their saving.
func listFilters(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/list_filters",
		Summary: "List one's saved filters",
		Who:     readers,
		Grants:  step.Grants{People: step.TableGrants{Read: []string{"person#"}}},
	}, http.MethodGet, "/api/conformity/filters", func(ctx context.Context, _ *struct{}) (*filtersOutput, error) {
		saved, err := r.filtersOf(ctx, step.CallerOf(ctx).Person)
		if err != nil {
			return nil, fmt.Errorf("saved filters: %w", err)
		}
		out := &filtersOutput{}
		out.Body.Filters = saved.Filters
		return out, nil
	})
}
