package products

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/step"
)

type downloadOutput struct {
	ContentType  string `header:"Content-Type"`
	Disposition  string `header:"Content-Disposition"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

// downloadControlList answers a version as CSV, which a spreadsheet opens and
// publish_control_list reads back.
func downloadControlList(p infra.Ports) step.Step {
	r := room{p}
	kept := &shelf{}
	return step.HTTP(step.Declaration{
		Name:     "products/download_control_list",
		Summary:  "Download a version of the list of products under control as CSV",
		Who:      step.Anyone(),
		Grants:   readGrants,
		Problems: []string{"not_found"},
		Memory:   512,
	}, http.MethodGet, lists+"/{version}/csv", func(ctx context.Context, in *Named) (*downloadOutput, error) {
		current, err := OnDay(ctx, r.Dossiers, r.today())
		if err != nil {
			return nil, err
		}
		listing, err := r.named(ctx, in.Version, current)
		if err != nil {
			return nil, err
		}
		list, err := kept.whole(ctx, r.Dossiers, listing)
		if err != nil {
			return nil, err
		}
		out := &downloadOutput{
			ContentType: "text/csv; charset=utf-8", Body: list.CSV(), CacheControl: r.cacheable(r.today()),
			Disposition: `attachment; filename="` + listing.Version + `.csv"`,
		}
		return out, nil
	}, step.Answers(http.StatusOK, "text/csv"))
}
