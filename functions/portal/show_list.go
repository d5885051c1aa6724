package portal

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/problem"
	"portal/shared/reference"
	"portal/shared/step"
)

type listInput struct {
	List string `path:"list" maxLength:"40"`
}

type listOutput struct {
	Body struct {
		Edition reference.Edition `json:"edition"`
		Entries []entry           `json:"entries"`
	}
}

type entry struct {
	Code  string `json:"code"`
	Label string `json:"label" doc:"In the caller's language"`
}

// lists are the reference lists that forms name in x-list.
var lists = map[string]func() reference.List{
	"countries": reference.Countries, "currencies": reference.Currencies, "units": reference.Units,
	"incoterms": reference.Incoterms, "transport_modes": reference.TransportModes, "ports": reference.Ports, "hs_families": reference.Families,
}

// showList answers a reference list, with its source and date.
func showList(infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:     "portal/show_list",
		Summary:  "Read a reference list",
		Who:      step.Anyone(),
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/lists/{list}", func(ctx context.Context, in *listInput) (*listOutput, error) {
		load, ok := lists[in.List]
		if !ok {
			return nil, problem.New("not_found")
		}
		list := load()
		out := &listOutput{}
		out.Body.Edition = list.Edition()
		out.Body.Entries = []entry{}
		for _, e := range list.Entries() {
			out.Body.Entries = append(out.Body.Entries, entry{Code: e.Code, Label: e.Names.In(step.RequestOf(ctx).Lang)})
		}
		return out, nil
	})
}
