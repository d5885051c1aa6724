package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/goodsfile"
	"portal/shared/step"
)

type guideOutput struct {
	Language string `header:"Content-Language"`
	Body     struct {
		Title     string          `json:"title"`
		Rules     []string        `json:"rules" doc:"About the file as a whole"`
		Columns   []guideColumn   `json:"columns" doc:"In their order"`
		MaxBytes  int             `json:"max_bytes"`
		MaxLines  int             `json:"max_lines"`
		Templates []guideTemplate `json:"templates"`
	}
}

type guideColumn struct {
	Column  string `json:"column" doc:"Its letter"`
	Field   string `json:"field" doc:"Of a line in the form conformity/goods"`
	Heading string `json:"heading"`
	Need    string `json:"need" enum:"required,required_shipped,optional" doc:"required_shipped: not when products are registered"`
	Needed  string `json:"need_label"`
	Rule    string `json:"rule" doc:"What to write"`
	Example string `json:"example"`
	List    string `json:"list,omitempty" doc:"The reference list of its codes, under /api/lists"`
}

type guideTemplate struct {
	Format string `json:"format" enum:"csv,xlsx"`
	URL    string `json:"url"`
}

// showGoodsGuide answers the « Guide d'injection en masse », the page beside
// the template.
func showGoodsGuide(infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:     "conformity/show_goods_guide",
		Summary:  "Read the guide of the goods file",
		Who:      step.Anyone(),
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/conformity/goods-guide", func(ctx context.Context, in *inLanguage) (*guideOutput, error) {
		lang := in.of(ctx)
		guide := goodsfile.GuideIn(lang)
		out := &guideOutput{Language: lang}
		out.Body.Title, out.Body.Rules = guide.Title, guide.Rules
		out.Body.MaxBytes, out.Body.MaxLines = goodsfile.MaxBytes, goodsfile.MaxLines
		for _, c := range guide.Columns {
			out.Body.Columns = append(out.Body.Columns, guideColumn{c.Column, c.Field, c.Heading, string(c.Need), c.Needed, c.Rule, c.Example, c.List})
		}
		for _, format := range []goodsfile.Kind{goodsfile.XLSX, goodsfile.CSV} {
			url := "/api/conformity/goods-template?format=" + string(format) + "&lang=" + lang
			out.Body.Templates = append(out.Body.Templates, guideTemplate{string(format), url})
		}
		return out, nil
	})
}
