package products

import (
	"context"
	"net/http"
	"unicode/utf8"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/control"
	"portal/shared/problem"
	"portal/shared/step"
)

type searchInput struct {
	Text string `query:"q" doc:"Words of a product's name or norm, or the beginning of an HS code"`
}

type searchOutput struct {
	CacheControl string `header:"Cache-Control"`
	Vary         string `header:"Vary"`
	Body         searchResult
}

type searchResult struct {
	Products []EntryView `json:"products" doc:"The first entries found, by HS code; the wider ones of a code come first"`
	Total    int         `json:"total" doc:"How many were found"`
	List     EditionView `json:"list" doc:"The version searched"`
}

// mostFound is how many entries a search gives: who looks for a product types
// one more word rather than read on.
const mostFound = 50

// mostSought is how long what is looked for may be, in characters.
const mostSought = 100

// listProducts searches the list in force by words or by code, for whoever
// does not know the HS code.
func listProducts(p infra.Ports) step.Step {
	r := room{p}
	kept := &shelf{}
	return step.HTTP(step.Declaration{
		Name:     "products/list_products",
		Summary:  "Search the products under control of conformity",
		Who:      step.Anyone(),
		Grants:   readGrants,
		Problems: []string{"invalid"},
		Memory:   512,
	}, http.MethodGet, "/api/products", func(ctx context.Context, in *searchInput) (*searchOutput, error) {
		result, err := r.search(ctx, kept, in.Text)
		if err != nil {
			return nil, err
		}
		return &searchOutput{CacheControl: r.cacheable(r.today()), Vary: "Accept-Language, Cookie", Body: result}, nil
	})
}

func (r room) search(ctx context.Context, kept *shelf, text string) (searchResult, error) {
	if utf8.RuneCountInString(text) > mostSought {
		return searchResult{}, problem.Invalid([]problem.Fault{{Pointer: "q", Code: "too_long", Params: map[string]any{"max": mostSought}}})
	}
	list, err := r.wholeOn(ctx, kept, r.today())
	if err != nil {
		return searchResult{}, err
	}
	found, total := list.Search(text, mostFound)
	result := searchResult{Products: []EntryView{}, Total: total, List: editionOf(list.Edition)}
	for _, e := range found {
		result.Products = append(result.Products, entryOf(e, step.RequestOf(ctx).Lang))
	}
	return result, nil
}

// wholeOn is the whole list in force on a day.
func (r room) wholeOn(ctx context.Context, kept *shelf, day calendar.Date) (control.List, error) {
	listing, err := OnDay(ctx, r.Dossiers, day)
	if err != nil {
		return control.List{}, err
	}
	return kept.whole(ctx, r.Dossiers, listing)
}
