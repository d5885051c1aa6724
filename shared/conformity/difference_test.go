package conformity

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func product(hs, designation, reference string) Product {
	return Product{HS: hs, Designation: designation, Reference: reference, Origin: "CN"}
}

func TestARévisionShowsWhatItAddsRemovesAndChanges(t *testing.T) {
	kettle, toaster, iron := product("8516.10.00.90", "Bouilloire", "K1"), product("8516.72.00.00", "Grille-pain", "T1"), product("8516.40.00.00", "Fer", "F1")
	renamed := kettle
	renamed.Designation = "Bouilloire électrique"
	for name, tc := range map[string]struct {
		before, after []Product
		want          string
	}{
		"nothing":            {[]Product{kettle, toaster}, []Product{toaster, kettle}, "+[] -[] ~[] =2"},
		"a product removed":  {[]Product{kettle, toaster}, []Product{kettle}, "+[] -[T1] ~[] =1"},
		"a product added":    {[]Product{kettle}, []Product{iron, kettle}, "+[F1] -[] ~[] =1"},
		"a product renamed":  {[]Product{kettle}, []Product{renamed}, "+[] -[] ~[K1] =0"},
		"the case of a name": {[]Product{kettle}, []Product{product("8516.10.00.90", "BOUILLOIRE", "k1")}, "+[] -[] ~[] =1"},
		"one of two alike":   {[]Product{kettle, kettle}, []Product{kettle}, "+[] -[K1] ~[] =1"},
		"another altogether": {[]Product{kettle}, []Product{toaster}, "+[T1] -[K1] ~[] =0"},
	} {
		d := Differ(tc.before, tc.after)
		names := func(list []Product) []string {
			refs := []string{}
			for _, p := range list {
				refs = append(refs, p.Reference)
			}
			return refs
		}
		changed := []Product{}
		for _, c := range d.Changed {
			changed = append(changed, c.After)
		}
		if got := fmt.Sprintf("+%v -%v ~%v =%d", names(d.Added), names(d.Removed), names(changed), d.Kept); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

func TestADifferenceAccountsForEveryProductOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		products := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Product {
			return product(rapid.SampledFrom([]string{"1", "2"}).Draw(t, "hs"), rapid.SampledFrom([]string{"a", "A", "b"}).Draw(t, "name"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "ref"))
		}), 0, 8)
		before, after := products.Draw(t, "before"), products.Draw(t, "after")
		d := Differ(before, after)
		if len(d.Removed)+len(d.Changed)+d.Kept != len(before) || len(d.Added)+len(d.Changed)+d.Kept != len(after) {
			t.Fatalf("%v to %v: %+v", before, after, d)
		}
		if back := Differ(after, before); len(back.Added) != len(d.Removed) || len(back.Removed) != len(d.Added) || back.Kept != d.Kept {
			t.Fatalf("there %+v, back %+v", d, back)
		}
	})
}
