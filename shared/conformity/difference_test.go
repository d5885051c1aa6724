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

// A digest is that of the products as a bag: the same in whatever order, in
// whatever case and on whatever lines, and another for any other bag.
func TestTheDigestOfProductsIsTheirsInWhateverOrder(t *testing.T) {
	word := rapid.SampledFrom([]string{"", "a", "b", "\x00", "é"})
	line := rapid.Custom(func(t *rapid.T) Line {
		return Line{
			HS:          rapid.SampledFrom([]string{"8516.10.00.90", "8516100090", "8516.20.00.90"}).Draw(t, "hs"),
			Designation: word.Draw(t, "designation"), Brand: word.Draw(t, "brand"), Reference: word.Draw(t, "reference"), Origin: "CN",
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		one, other := rapid.SliceOfN(line, 1, 4).Draw(t, "one"), rapid.SliceOfN(line, 1, 4).Draw(t, "other")
		digest := FactsOf(one).Products
		if again := FactsOf(rapid.Permutation(one).Draw(t, "in another order")).Products; again != digest {
			t.Errorf("another order, another digest: %v", one)
		}
		d := Differ(products(one), products(other))
		if same := len(d.Added)+len(d.Removed)+len(d.Changed) == 0; (FactsOf(other).Products == digest) != same {
			t.Errorf("%v and %v: the same: %v", one, other, same)
		}
	})
	if FactsOf(nil).Products != "" {
		t.Error("no goods have a digest")
	}
}

func products(lines []Line) []Product {
	list := make([]Product, len(lines))
	for i, l := range lines {
		list[i] = ProductOf(i+1, l)
	}
	return list
}
