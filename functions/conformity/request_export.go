package conformity

import (
	"context"
	"net/http"

	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/export"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type requestExportInput struct{ RawBody []byte }

type exportOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     exportView
}

const (
	// mostExports is how many exports of a person are listed.
	mostExports = 50
	// mostBuilding is how many of a person's may be made at the same time.
	mostBuilding = 3
)

// requestExport asks for a list as a file. The answer does not wait for it:
// the request is kept with the Write that rings for its making, so it can
// neither time out nor be lost.
func requestExport(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/request_export",
		Summary: "Ask for a list as a file",
		Who:     readers,
		Grants: step.Grants{Dossiers: httpapi.IdempotencyGrants}.And(step.Grants{Dossiers: step.TableGrants{
			Read: []string{exportPrefix}, Write: []string{exportPrefix}, Index: map[string][]string{"owner": {"exports#"}},
		}}).And(almanac.Grants),
		Problems: []string{"invalid", "too_many_exports", "idempotency_key_reused", "not_found"},
	}, http.MethodPost, "/api/conformity/exports", func(ctx context.Context, in *requestExportInput) (*exportOutput, error) {
		out, err := r.requestExport(ctx, in.RawBody)
		if err == nil {
			return out, nil
		}
		first, recalling := httpapi.Recall(ctx, r.Dossiers)
		if recalling != nil {
			return nil, recalling
		}
		if first == nil {
			return nil, err
		}
		e, err := r.visibleExport(ctx, step.CallerOf(ctx), first.Subject)
		return &exportOutput{Status: first.Status, Location: first.Location, Body: viewExport(ctx, e)}, err
	}, form("export"), step.Status(http.StatusAccepted))
}

func (r room) requestExport(ctx context.Context, raw []byte) (*exportOutput, error) {
	var body struct {
		Format export.Format `json:"format"`
		Selection
	}
	if err := forms.Decode("conformity/export", raw, &body); err != nil {
		return nil, err
	}
	caller := step.CallerOf(ctx)
	denied := body.settle(caller)
	q, faults, err := r.selected(ctx, caller, body.Selection)
	if err != nil {
		return nil, err
	}
	if err := problem.Invalid(append(faults, denied...)); err != nil {
		return nil, err
	}
	if err := r.mayBuildAnother(ctx, caller); err != nil {
		return nil, err
	}
	now := r.Clock.Now()
	e := exportJob{
		ID: r.IDs.New(), Person: caller.Person, Lang: step.RequestOf(ctx).Lang, Format: body.Format, Selection: body.Selection,
		Range: rangeOf(q, now), Created: now, Touched: now, State: exportBuilding, Files: []exportFile{},
	}
	out := &exportOutput{Status: http.StatusAccepted, Location: "/api/conformity/exports/" + e.ID, Body: viewExport(ctx, e)}
	ops := append([]infra.Op{exportPut(e)}, httpapi.Remember(ctx, now, httpapi.Remembered{Status: out.Status, Location: out.Location, Subject: e.ID})...)
	return out, r.Dossiers.Write(ctx, ops...)
}

// mayBuildAnother bounds what one person's impatience costs. The index may be
// behind by a request or two, which does no harm.
func (r room) mayBuildAnother(ctx context.Context, caller people.Caller) error {
	jobs, err := r.exportsOf(ctx, caller.Person)
	if err != nil {
		return err
	}
	building := 0
	for _, e := range jobs {
		if e.State == exportBuilding {
			building++
		}
	}
	if building >= mostBuilding {
		return &problem.Problem{Code: "too_many_exports", Params: map[string]any{"max": mostBuilding}}
	}
	return nil
}
