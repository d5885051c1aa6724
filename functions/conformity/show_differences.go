package conformity

import (
	"context"
	"net/http"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/problem"
	"portal/shared/step"
)

type differencesOutput struct {
	Body struct {
		Certificate string `json:"certificate" doc:"The one that the request revises or renews"`
		conformity.Difference
	}
}

// showDifferences answers what a request changes of the certificate that it
// revises or renews: to its declarant while drafting, and to the bureau.
func showDifferences(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/show_differences",
		Summary:  "Read what a request changes of the certificate that it revises",
		Who:      readers,
		Grants:   citeGrants.And(step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}}),
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}/differences", func(ctx context.Context, in *Shown) (*differencesOutput, error) {
		f, err := open(ctx, r.Dossiers, step.CallerOf(ctx), in.ID, whole)
		if err != nil {
			return nil, err
		}
		number := f.Certificate
		if object, err := conformity.ObjectOf(f); err == nil && number == "" {
			number = object.Certificate
		}
		e, goods, err := certificates.Read(ctx, r.Dossiers, number)
		if err != nil {
			return nil, err
		}
		if e.Number.IsZero() || e.Holder != f.Owner {
			return nil, problem.New("not_found")
		}
		out := &differencesOutput{}
		out.Body.Certificate = e.Number.String()
		out.Body.Difference = conformity.Differ(certified(goods), requested(f.Goods))
		return out, nil
	})
}

func certified(goods []certificates.Goods) []conformity.Product {
	list := make([]conformity.Product, len(goods))
	for i, g := range goods {
		list[i] = conformity.ProductOf(g.N, lineOf(g))
	}
	return list
}

func requested(lines []conformity.Line) []conformity.Product {
	list := make([]conformity.Product, len(lines))
	for i, l := range lines {
		list[i] = conformity.ProductOf(i+1, l)
	}
	return list
}
