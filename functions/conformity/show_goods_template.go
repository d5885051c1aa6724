package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/goodsfile"
	"portal/shared/i18n"
	"portal/shared/step"
)

// inLanguage is the input of pages about the goods file: public, and in the
// caller's language unless they ask for another.
type inLanguage struct {
	Lang string `query:"lang" enum:"fr,ar,en" doc:"Otherwise the caller's"`
}

func (in inLanguage) of(ctx context.Context) string {
	if in.Lang != "" {
		return in.Lang
	}
	return i18n.Known(step.RequestOf(ctx).Lang)
}

type templateInput struct {
	inLanguage
	Format goodsfile.Kind `query:"format" enum:"csv,xlsx" default:"xlsx"`
}

type templateOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Language    string `header:"Content-Language"`
	Body        []byte
}

// showGoodsTemplate answers the empty file in which goods are filled in.
func showGoodsTemplate(infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:     "conformity/show_goods_template",
		Summary:  "Download the template of the goods file",
		Who:      step.Anyone(),
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/conformity/goods-template", func(ctx context.Context, in *templateInput) (*templateOutput, error) {
		lang := in.of(ctx)
		data, err := goodsfile.Template(in.Format, lang)
		if err != nil {
			return nil, err
		}
		return &templateOutput{
			ContentType: in.Format.ContentType(), Disposition: infra.Disposition(goodsFileName("template", in.Format, lang)),
			Language: lang, Body: data,
		}, nil
	}, step.Answers(http.StatusOK, goodsfile.CSV.ContentType()), step.Answers(http.StatusOK, goodsfile.XLSX.ContentType()))
}

// goodsFileName is what a browser calls the template, or the report of a
// refused import.
func goodsFileName(what string, format goodsfile.Kind, lang string) string {
	return i18n.Text(lang, "goods_file.filename."+what, nil) + "." + string(format)
}
