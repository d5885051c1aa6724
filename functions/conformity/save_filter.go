package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/shared/forms"
	"portal/shared/problem"
	"portal/shared/step"
)

type saveFilterInput struct{ RawBody []byte }

type filterOutput struct{ Body savedFilter }

// saveFilter keeps a selection under a name, in the place of the one that had
// the name.
func saveFilter(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/save_filter",
		Summary:  "Save a filter under a name",
		Who:      readers,
		Grants:   filterGrants.And(almanac.Grants),
		Problems: []string{"invalid", "too_many_filters"},
	}, http.MethodPut, "/api/conformity/filters", func(ctx context.Context, in *saveFilterInput) (*filterOutput, error) {
		var filter savedFilter
		if err := forms.Decode("conformity/filter", in.RawBody, &filter); err != nil {
			return nil, err
		}
		caller := step.CallerOf(ctx)
		_, faults, err := r.selected(ctx, caller, filter.Selection)
		if err != nil {
			return nil, err
		}
		if filter.Name = clean(filter.Name); filter.Name == "" {
			faults = append(faults, problem.Fault{Pointer: "/name", Code: "required"})
		}
		// The organisation is settled for the check alone: one that was not named
		// is whichever the caller has when the filter is used.
		settled := filter.Selection
		if err := problem.Invalid(append(faults, settled.settle(caller)...)); err != nil {
			return nil, err
		}
		filter.ID = filterID(filter.Name)
		err = r.editFilters(ctx, func(saved *savedFilters) error {
			i := slices.IndexFunc(saved.Filters, func(f savedFilter) bool { return f.ID == filter.ID })
			switch {
			case i >= 0:
				saved.Filters[i] = filter
			case len(saved.Filters) == mostFilters:
				return &problem.Problem{Code: "too_many_filters", Params: map[string]any{"max": mostFilters}}
			default:
				saved.Filters = append(saved.Filters, filter)
			}
			return nil
		})
		return &filterOutput{Body: filter}, err
	}, form("filter"))
}
