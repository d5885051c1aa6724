package certificates

import (
	"context"
	"net/http"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/i18n"
	"portal/shared/identifiers"
	"portal/shared/problem"
	"portal/shared/reference"
	"portal/shared/step"
)

type Checked struct {
	Number string `path:"number" maxLength:"40" doc:"As printed; case and spaces do not matter"`
}

type checkOutput struct{ Body Public }

// Public is what anybody may know of a certificate: no party, no person.
type Public struct {
	Number      string    `json:"number"`
	Kind        string    `json:"kind"`
	Status      string    `json:"status" enum:"valid,expired,replaced,revoked,used_up,nonconforming" doc:"nonconforming: the number is that of a non-conformity report"`
	StatusLabel string    `json:"status_label" doc:"In the caller's language"`
	Bureau      string    `json:"bureau"`
	Route       string    `json:"route,omitempty"`
	Issued      time.Time `json:"issued"`
	Renewed     string    `json:"renewed,omitempty" doc:"Day of the last renewal"`
	Expires     string    `json:"expires,omitempty" doc:"Last day of validity"`
	ReplacedBy  string    `json:"replaced_by,omitempty"`
	Lines       int       `json:"lines" doc:"How many goods lines it covers"`
	Goods       []Goods   `json:"goods" doc:"The first lines"`
}

// nonConforming is the status of the number of a non-conformity report.
const nonConforming = "nonconforming"

var checkGrants = step.Grants{Dossiers: step.TableGrants{Read: []string{"certificate#"}}}

// check answers whether a certificate is what it says, to anybody who has its
// number.
func check(p infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:     "certificates/check",
		Summary:  "Check a certificate by its number",
		Who:      step.Anyone(),
		Grants:   checkGrants,
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/certificates/{number}", func(ctx context.Context, in *Checked) (*checkOutput, error) {
		public, err := lookUp(ctx, p, in.Number)
		if err != nil {
			return nil, err
		}
		return &checkOutput{Body: public}, nil
	})
}

// lookUp reads what is public of a certificate, as it stands today.
func lookUp(ctx context.Context, p infra.Ports, text string) (Public, error) {
	number, ok := parse(text)
	if !ok {
		return Public{}, problem.New("not_found")
	}
	e, err := Load(ctx, p.Dossiers, number)
	if notFound(err) {
		return Public{}, problem.New("not_found")
	}
	if err != nil {
		return Public{}, err
	}
	first, err := goodsPage(ctx, p.Dossiers, number, 0)
	if err != nil {
		return Public{}, err
	}
	status, label := standing(e, calendar.DateIn(p.Clock.Now()))
	lang := step.RequestOf(ctx).Lang
	public := Public{
		Number: number, Kind: string(e.Kind()), Status: status, StatusLabel: i18n.Text(lang, label, nil),
		Bureau: e.BureauName, Route: e.Route, Issued: e.Issued, Expires: e.Expires.String(), ReplacedBy: e.ReplacedBy.String(),
		Lines: e.Lines, Goods: shown(first, lang),
	}
	if !e.Renewed.IsZero() {
		public.Renewed = calendar.DateIn(e.Renewed).String()
	}
	return public, nil
}

// standing is what is said of a number today, and the key of its label. A
// non-conformity report certifies nothing: it must never read « valide ».
func standing(e Entry, today calendar.Date) (status, label string) {
	s := e.StatusAt(today)
	if e.Kind() == identifiers.NCR && s == certificate.Valid {
		return nonConforming, "verdict.nonconforming"
	}
	return string(s), s.LabelKey()
}

// shown puts the codes of goods in the words of a language.
func shown(lines []Goods, lang string) []Goods {
	goods := make([]Goods, len(lines))
	for i, line := range lines {
		line.Origin = reference.Countries().Name(line.Origin, lang)
		line.Unit = reference.Units().Name(line.Unit, lang)
		goods[i] = line
	}
	return goods
}
