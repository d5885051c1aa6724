package products

import (
	"context"
	"errors"
	"net/http"

	"portal/infra"
	"portal/shared/control"
	"portal/shared/problem"
	"portal/shared/step"
)

// Named is the input of a step on one version.
type Named struct {
	Version string `path:"version" doc:"Its name, or current for the one in force today"`
}

type showInput struct {
	Named
	Chapter string `query:"chapter" doc:"Two digits: show the entries of this chapter of the tariff"`
}

type showOutput struct {
	Body struct {
		VersionView
		Products []EntryView `json:"products,omitempty" doc:"The entries of the chapter asked for"`
	}
}

// current names the version in force today.
const currentName = "current"

// showControlList shows one version and, chapter by chapter, its entries.
func showControlList(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "products/show_control_list",
		Summary:  "Show a version of the list of products under control",
		Who:      step.Anyone(),
		Grants:   readGrants,
		Problems: []string{"not_found", "invalid"},
	}, http.MethodGet, lists+"/{version}", func(ctx context.Context, in *showInput) (*showOutput, error) {
		if in.Chapter != "" && !validChapter(in.Chapter) {
			return nil, problem.Field("chapter", "format")
		}
		current, err := OnDay(ctx, r.Dossiers, r.today())
		if err != nil {
			return nil, err
		}
		p, err := r.publication(ctx, in.Version, current)
		if err != nil {
			return nil, err
		}
		out := &showOutput{}
		out.Body.VersionView = r.view(ctx, p, current)
		if in.Chapter == "" {
			return out, nil
		}
		entries, err := r.chapter(ctx, p.Listing, in.Chapter)
		for _, e := range entries {
			out.Body.Products = append(out.Body.Products, entryOf(e, step.RequestOf(ctx).Lang))
		}
		return out, err
	})
}

func validChapter(text string) bool {
	return len(text) == 2 && text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9'
}

// publication is a version by its name; the problem not_found when there is
// none.
func (r room) publication(ctx context.Context, version string, current Listing) (Publication, error) {
	listing, err := r.named(ctx, version, current)
	if err != nil || listing.Digest == "" {
		return Publication{Listing: listing}, err
	}
	row, err := r.Dossiers.Get(ctx, versionKey(listing))
	if err != nil {
		return Publication{}, err
	}
	var p Publication
	return p, row.Decode(&p)
}

func (r room) named(ctx context.Context, version string, current Listing) (Listing, error) {
	if version == currentName {
		return current, nil
	}
	listing, err := listingOf(ctx, r.Dossiers, version)
	if errors.Is(err, ErrNoList) {
		return listing, problem.New("not_found")
	}
	return listing, err
}

func (r room) chapter(ctx context.Context, l Listing, chapter string) ([]control.Entry, error) {
	if l.Digest != "" {
		return readEntries(ctx, r.Dossiers, l.Digest, chapter+"#", nil)
	}
	var entries []control.Entry
	for _, e := range control.Shipped().Entries() {
		if chapterOf(e) == chapter {
			entries = append(entries, e)
		}
	}
	return entries, nil
}
