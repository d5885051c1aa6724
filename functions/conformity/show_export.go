package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/step"
)

// showExport answers how far one's export is and, once it is ready, links to
// its files.
func showExport(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/show_export",
		Summary: "See how far an export is, and get its files",
		Who:     readers,
		Grants: step.Grants{
			Dossiers: step.TableGrants{Read: []string{exportPrefix}},
			Files:    step.FileGrants{Read: []string{"exports/"}},
		},
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/conformity/exports/{export}", func(ctx context.Context, in *exportInput) (*exportOutput, error) {
		e, err := r.visibleExport(ctx, step.CallerOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		out := &exportOutput{Status: http.StatusOK, Body: viewExport(ctx, e)}
		for n := range out.Body.Files {
			file := &out.Body.Files[n]
			if file.URL, err = r.Files.Link(ctx, e.Files[n].Key, file.Name, linkLife); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

type exportInput struct {
	ID string `path:"export" maxLength:"40" doc:"The export"`
}
