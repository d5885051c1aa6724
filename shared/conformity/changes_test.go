package conformity

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal/shared/dossier"
)

func anyLines(t *rapid.T, label string) []Line {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Line {
		text := rapid.SampledFrom([]string{"", "a", "b"})
		number := rapid.SampledFrom([]float64{0, 1, 2.5})
		return Line{
			HS: text.Draw(t, "hs"), Designation: text.Draw(t, "designation"), Brand: text.Draw(t, "brand"), Reference: text.Draw(t, "reference"), Origin: text.Draw(t, "origin"),
			Manufacturer: text.Draw(t, "manufacturer"), Quantity: number.Draw(t, "quantity"), Unit: text.Draw(t, "unit"), Value: number.Draw(t, "value"), Norm: text.Draw(t, "norm"),
		}
	}), 0, 13).Draw(t, label)
}

func TestGoodsDifferAsTheirJSONDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := anyLines(t, "before"), anyLines(t, "after")
		was, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		is, err := json.Marshal(after)
		if err != nil {
			t.Fatal(err)
		}
		want, err := dossier.Diff(was, is)
		if err != nil {
			t.Fatal(err)
		}
		got := DiffGoods(before, after)
		slices.SortFunc(got, func(a, b dossier.Change) int { return strings.Compare(a.Pointer, b.Pointer) })
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

func TestChangesStandInTheOrderOfTheLines(t *testing.T) {
	changes := DiffGoods(nil, make([]Line, 12))
	if at := slices.IndexFunc(changes, func(c dossier.Change) bool { return c.Pointer == "/10/hs" }); at != 10*3+1 {
		t.Errorf("line 11 begins at change %d", at)
	}
}
