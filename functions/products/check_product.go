package products

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/control"
	"portal/shared/identifiers"
	"portal/shared/problem"
	"portal/shared/reference"
	"portal/shared/step"
)

// question is what is asked, as typed: every wrong field is named at once.
type question struct {
	HS       string `query:"hs" doc:"HS code, 10 digits, with or without points"`
	Quantity string `query:"quantity" doc:"With a decimal comma or point"`
	Unit     string `query:"unit" doc:"Of the quantity, a code of the list units"`
	Value    string `query:"value" doc:"FOB"`
	Currency string `query:"currency" doc:"Of the value, a code of the list currencies; MAD when absent"`
	On       string `query:"on" doc:"Day to answer for, as 2026-11-21; today when absent"`
}

type checkOutput struct {
	CacheControl string `header:"Cache-Control"`
	Vary         string `header:"Vary"`
	Body         Answer
}

// checkProduct answers « Mon produit est-il soumis ? » to anybody.
func checkProduct(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "products/check_product",
		Summary:  "Find out whether a product is under control of conformity",
		Who:      step.Anyone(),
		Grants:   readGrants,
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/products/control", func(ctx context.Context, in *question) (*checkOutput, error) {
		answer, on, err := r.answer(ctx, *in)
		if err != nil {
			return nil, err
		}
		return &checkOutput{CacheControl: r.cacheable(on), Vary: "Accept-Language, Cookie", Body: answer}, nil
	})
}

// asked is a question that makes sense.
type asked struct {
	goods control.Goods
	on    calendar.Date
}

func (r room) answer(ctx context.Context, q question) (Answer, calendar.Date, error) {
	what, faults := q.read(r.today())
	if len(faults) > 0 {
		return Answer{}, what.on, problem.Invalid(faults)
	}
	list, err := InForce(ctx, r.Dossiers, what.on, what.goods.HS)
	if errors.Is(err, ErrNoList) {
		return Answer{}, what.on, problem.Invalid([]problem.Fault{{
			Pointer: "on", Code: "before_first_list", Params: map[string]any{"from": shipped().InForce.String()},
		}})
	}
	if err != nil {
		return Answer{}, what.on, err
	}
	return answerOf(list, what, step.RequestOf(ctx).Lang), what.on, nil
}

func (r room) today() calendar.Date { return calendar.DateIn(r.Clock.Now()) }

// read understands a question asked on a day, or names every field that is
// wrong.
func (q question) read(today calendar.Date) (asked, []problem.Fault) {
	what := asked{on: today}
	var faults []problem.Fault
	wrong := func(f problem.Fault) { faults = append(faults, f) }
	var err error
	if what.goods.HS, err = identifiers.ParseHS(q.HS); strings.TrimSpace(q.HS) == "" {
		wrong(problem.Fault{Pointer: "hs", Code: "required"})
	} else if err != nil {
		wrong(problem.Fault{Pointer: "hs", Code: "hs"})
	}
	var ok bool
	if what.goods.Quantity, ok = amountOf(q.Quantity); !ok {
		wrong(problem.Fault{Pointer: "quantity", Code: "amount"})
	}
	if what.goods.Unit = strings.ToUpper(strings.TrimSpace(q.Unit)); what.goods.Unit != "" && !reference.Units().Has(what.goods.Unit) {
		wrong(problem.Fault{Pointer: "unit", Code: "choice"})
	}
	if what.goods.Value, ok = amountOf(q.Value); !ok {
		wrong(problem.Fault{Pointer: "value", Code: "amount"})
	}
	what.goods.Currency = strings.ToUpper(strings.TrimSpace(q.Currency))
	switch {
	case what.goods.Currency == "":
		what.goods.Currency = control.Dirham
	case !reference.Currencies().Has(what.goods.Currency):
		wrong(problem.Fault{Pointer: "currency", Code: "choice"})
	}
	if q.On != "" {
		if what.on, err = calendar.ParseDate(q.On); err != nil {
			wrong(problem.Fault{Pointer: "on", Code: "date"})
		}
	}
	return what, faults
}

// amountOf reads an amount that may be left out.
func amountOf(text string) (float64, bool) {
	if strings.TrimSpace(text) == "" {
		return 0, true
	}
	return control.ParseAmount(text)
}

// cacheable says for how long an answer may be kept. A version is published for
// a later day and never overwritten: what is in force today is so until
// midnight, what was in force stays. What is to come may be withdrawn.
func (r room) cacheable(on calendar.Date) string {
	const awhile, day = 300, 24 * 3600 // seconds
	now, today := r.Clock.Now(), r.today()
	switch {
	case on.Before(today):
		return fmt.Sprintf("public, max-age=%d", day)
	case on.After(today):
		return "no-cache"
	}
	return fmt.Sprintf("public, max-age=%d", min(awhile, int(today.EndOfDay().Sub(now)/time.Second)))
}
