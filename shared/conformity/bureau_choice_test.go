package conformity

import (
	"testing"

	"portal/shared/reference"
)

func TestABureauThatCannotTakeTheGoodsIsToldForWhichLine(t *testing.T) {
	codes := FactsOf([]Line{
		{HS: "8516.10.00.90", Origin: "CN"}, {HS: "8516.10.00.90", Origin: "CN"},
		{HS: "9503.00.00.00", Origin: "FR"}, // toys: TÜV takes them from Asia only, Applus none
	}).Codes
	got := map[string]string{}
	for _, c := range Candidates(codes, today) {
		if c.Obstacle != nil {
			got[c.Code] = c.Obstacle.String()
		}
	}
	want := map[string]string{
		"AP": "bureau_choice.country_not_covered bureau=AP country=CN",
		"TR": "bureau_choice.family_not_covered bureau=TR family=toys hs=9503.00.00.00 line=3",
	}
	if len(got) != len(want) || got["AP"] != want["AP"] || got["TR"] != want["TR"] {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTheChoiceSaysWhyOthersWereLeftOut(t *testing.T) {
	f := complete()
	f.Facts = FactsOf([]Line{{HS: "9503.00.00.00", Origin: "FR"}})
	code, why, ok := ChooseBureau(f, today, map[string]int{"BV": 3, "SG": 2, "IT": 4})
	if !ok || code != "SG" || len(why) != 3 || why[2].Code != reference.FewestOpen {
		t.Errorf("%s %v %v", code, why, ok)
	}
	for _, left := range why[:2] {
		if bureau := left.Params["bureau"]; bureau != "AP" && bureau != "TR" {
			t.Errorf("%v", left)
		}
	}
}
