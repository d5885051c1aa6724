package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/step"
)

type exportsOutput struct {
	Body struct {
		Exports []exportView `json:"exports"`
	}
}

// listExports answers one's exports of the last days, newest first.
func listExports(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/list_exports",
		Summary: "List one's exports",
		Who:     readers,
		Grants:  step.Grants{Dossiers: step.TableGrants{Index: map[string][]string{"owner": {"exports#"}}}},
	}, http.MethodGet, "/api/conformity/exports", func(ctx context.Context, _ *struct{}) (*exportsOutput, error) {
		caller := step.CallerOf(ctx)
		jobs, err := r.exportsOf(ctx, caller.Person)
		if err != nil {
			return nil, err
		}
		out := &exportsOutput{}
		out.Body.Exports = []exportView{}
		for _, e := range jobs {
			if e.visible(caller) {
				out.Body.Exports = append(out.Body.Exports, viewExport(ctx, e))
			}
		}
		return out, nil
	})
}
