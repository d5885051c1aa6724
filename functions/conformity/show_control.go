package conformity

import (
	"context"
	"net/http"

	"portal/functions/products"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/control"
	"portal/shared/step"
)

type controlOutput struct {
	Body struct {
		Version string         `json:"version" doc:"Of the list of products under control that the dossier is judged by"`
		Lines   []controlRange `json:"lines" doc:"Lines in a row that are found alike together, in order"`
		Counts  map[string]int `json:"counts" doc:"Lines by outcome"`
	}
}

// controlRange is lines in a row of which the list says the same.
type controlRange struct {
	Line    int             `json:"line" doc:"The first, from 1"`
	To      int             `json:"to" doc:"The last"`
	Outcome control.Outcome `json:"outcome" enum:"origin,import,exempt,not_subject"`
	Label   string          `json:"outcome_label" doc:"In the caller's language"`
}

// showControl tells which lines of a dossier are under control, so that those
// that are not are answered « non soumis » together, however many they are.
func showControl(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/show_control",
		Summary:  "Find out which goods lines of a dossier are under control",
		Who:      readers,
		Grants:   listGrants.And(step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}}),
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}/control", func(ctx context.Context, in *Shown) (*controlOutput, error) {
		f, err := open(ctx, r.Dossiers, step.CallerOf(ctx), in.ID, whole)
		if err != nil {
			return nil, err
		}
		list, err := r.controlled(ctx, f, codesOfLines(f.Goods))
		if err != nil {
			return nil, err
		}
		out := &controlOutput{}
		out.Body.Version = list.Version
		out.Body.Lines, out.Body.Counts = rangesOf(f, list, step.RequestOf(ctx).Lang)
		return out, nil
	})
}

// rangesOf parts lines by what the list says of them; a draft's lines without
// an HS code are in none.
func rangesOf(f *conformity.File, list control.List, lang string) ([]controlRange, map[string]int) {
	ranges, counts := []controlRange{}, map[string]int{}
	currency := conformity.CurrencyOf(f)
	for i, line := range f.Goods {
		found, known := conformity.UnderControl(line, currency, list)
		if !known {
			continue
		}
		counts[string(found.Outcome)]++
		if last := len(ranges) - 1; last >= 0 && ranges[last].To == i && ranges[last].Outcome == found.Outcome {
			ranges[last].To = i + 1
			continue
		}
		ranges = append(ranges, controlRange{i + 1, i + 1, found.Outcome, products.OutcomeLabel(found.Outcome, lang)})
	}
	return ranges, counts
}
