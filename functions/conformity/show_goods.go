package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/problem"
	"portal/shared/step"
)

type goodsInput struct {
	Shown
	Page int `query:"page" minimum:"1" maximum:"100" default:"1" doc:"Pages of 100 lines"`
}

type goodsOutput struct {
	Body struct {
		Lines []lineView `json:"lines"`
		Total int        `json:"total"`
		Next  int        `json:"next,omitempty" doc:"The next page, when there is one"`
	}
}

type lineView struct {
	N int `json:"n"`
	conformity.Line
	Verdict      string `json:"verdict,omitempty"`
	VerdictLabel string `json:"verdict_label,omitempty"`
	Text         string `json:"text,omitempty" doc:"The reserve, or the reason"`
}

// showGoods answers one page of goods lines with their verdicts. The declarant
// sees the verdicts once the answer is given.
func showGoods(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/show_goods",
		Summary:  "Read a page of goods lines",
		Who:      readers,
		Grants:   step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}},
		Problems: []string{"not_found", "invalid"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}/goods", func(ctx context.Context, in *goodsInput) (*goodsOutput, error) {
		caller := step.CallerOf(ctx)
		f, err := open(ctx, r.Dossiers, caller, in.ID, light)
		if err != nil {
			return nil, err
		}
		lines, found, err := r.goodsPage(ctx, f, in.Page-1)
		if err != nil {
			return nil, err
		}
		if findingsHidden(caller, &f.Dossier) {
			found = nil
		}
		out := &goodsOutput{}
		out.Body.Total = f.Lines
		out.Body.Lines = []lineView{}
		for i, line := range lines {
			n := (in.Page-1)*conformity.ChunkLines + i + 1
			v := found[n]
			view := lineView{N: n, Line: line, Verdict: string(v.Verdict), Text: v.Text}
			if v.Verdict != "" {
				view.VerdictLabel = i18n.Text(step.RequestOf(ctx).Lang, "verdict."+string(v.Verdict), nil)
			}
			out.Body.Lines = append(out.Body.Lines, view)
		}
		if in.Page*conformity.ChunkLines < f.Lines {
			out.Body.Next = in.Page + 1
		}
		return out, nil
	})
}

// goodsPage reads one chunk of lines and their verdicts, by line number.
func (r room) goodsPage(ctx context.Context, f *conformity.File, page int) ([]conformity.Line, map[int]conformity.LineVerdict, error) {
	if page*conformity.ChunkLines >= max(f.Lines, 1) {
		return nil, nil, problem.New("not_found")
	}
	var lines chunk
	if f.Lines > 0 {
		if err := r.decode(ctx, f.ID, dossier.SKGoods(f.GoodsRevision, page), &lines); err != nil {
			return nil, nil, err
		}
	}
	var found verdicts
	if err := r.decode(ctx, f.ID, dossier.SKVerdicts(chunkOf(page*conformity.ChunkLines+1)), &found); err != nil {
		return nil, nil, err
	}
	all := map[int]conformity.LineVerdict{}
	return lines.Lines, all, found.into(all)
}
