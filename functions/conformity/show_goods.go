package conformity

import (
	"context"
	"net/http"

	"portal/functions/products"
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
		List  string     `json:"control_list" doc:"The version of the list of products under control that the lines are judged by"`
		Total int        `json:"total"`
		Next  int        `json:"next,omitempty" doc:"The next page, when there is one"`
	}
}

type lineView struct {
	N int `json:"n"`
	conformity.Line
	Control      *products.Found `json:"control,omitempty" doc:"What that list says of the line, once it has an HS code"`
	Verdict      string          `json:"verdict,omitempty"`
	VerdictLabel string          `json:"verdict_label,omitempty"`
	Text         string          `json:"text,omitempty" doc:"The reserve, or the reason"`
}

// judge adds the line's verdict, when it has one.
func (v *lineView) judge(found conformity.LineVerdict, lang string) {
	if found.Verdict == "" {
		return
	}
	v.Verdict, v.Text = string(found.Verdict), found.Text
	v.VerdictLabel = i18n.Text(lang, "verdict."+v.Verdict, nil)
}

// showGoods answers one page of goods lines with their verdicts. The declarant
// sees the verdicts once the answer is given.
func showGoods(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/show_goods",
		Summary:  "Read a page of goods lines",
		Who:      readers,
		Grants:   listGrants.And(step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}}),
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
		list, err := r.controlled(ctx, f, codesOfLines(lines))
		if err != nil {
			return nil, err
		}
		lang, currency := step.RequestOf(ctx).Lang, conformity.CurrencyOf(f)
		out := &goodsOutput{}
		out.Body.List, out.Body.Total, out.Body.Lines = list.Version, f.Lines, []lineView{}
		for i, line := range lines {
			n := (in.Page-1)*conformity.ChunkLines + i + 1
			view := lineView{N: n, Line: line}
			view.judge(found[n], lang)
			if said, known := conformity.UnderControl(line, currency, list); known {
				control := products.Explain(said, lang)
				view.Control = &control
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
