package control_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal/shared/control"
	"portal/shared/i18n"
	"portal/shared/problem"
	"portal/shared/reference"
)

type fault = problem.Fault

func said(faults []fault) string {
	var all []string
	for _, f := range faults {
		all = append(all, f.Pointer+" "+f.Code)
	}
	return strings.Join(all, ", ")
}

func TestEveryBadEntryIsNamedAtOnce(t *testing.T) {
	good := entry("8516", control.AtOrigin, &control.Threshold{Quantity: 5, Unit: "C62"})
	with := func(edit func(*control.Entry)) control.Entry {
		e := good
		threshold := *good.Threshold
		e.Threshold = &threshold
		edit(&e)
		return e
	}
	entries := []control.Entry{
		good,
		with(func(e *control.Entry) { e.HS = "85.16" }),
		with(func(e *control.Entry) { e.HS, e.Family = "851", "spaceships" }),
		with(func(e *control.Entry) { e.HS, e.Family = "85161", "" }),
		with(func(e *control.Entry) { e.HS, e.Control = "85162", "everywhere" }),
		with(func(e *control.Entry) { e.HS, e.Names.French, e.Names.Arabic = "85163", " ", strings.Repeat("م", 301) }),
		with(func(e *control.Entry) { e.HS, e.Names.English = "85164", "=HYPERLINK()" }),
		with(func(e *control.Entry) {
			e.HS, e.Norms = "85165", []string{"NM 1", strings.Repeat("N", 101), "a|b", "  ", "+1"}
		}),
		with(func(e *control.Entry) { e.HS, e.Control = "85166", control.None }),
		with(func(e *control.Entry) {
			e.HS, e.Threshold = "85167", &control.Threshold{Quantity: 1, Unit: "C62", Value: 9}
		}),
		with(func(e *control.Entry) { e.HS, e.Threshold = "85168", &control.Threshold{Quantity: 1} }),
		with(func(e *control.Entry) { e.HS, e.Threshold = "85169", &control.Threshold{Unit: "bags"} }),
		with(func(e *control.Entry) { e.HS, e.Threshold = "85170", &control.Threshold{Value: -1} }),
		with(func(e *control.Entry) { e.HS, e.Threshold = "85171", &control.Threshold{Value: math.NaN()} }),
		with(func(e *control.Entry) { e.HS, e.Threshold = "85172", &control.Threshold{Value: 1e13} }),
		with(func(e *control.Entry) { e.HS, e.Norms = "85173", slices.Repeat([]string{"NM"}, 21) }),
		with(func(e *control.Entry) { e.HS = "85161 0.00.9012" }),
		with(func(e *control.Entry) { e.HS = "85a6" }),
	}
	_, faults := control.NewList(edition, entries)
	want := []string{
		"/entries/1/hs duplicate", "/entries/2/hs hs_prefix", "/entries/2/family choice", "/entries/3/family required",
		"/entries/4/control choice", "/entries/5/names/fr required", "/entries/5/names/ar too_long", "/entries/6/names/en formula",
		"/entries/7/norms/1 too_long", "/entries/7/norms/2 format", "/entries/7/norms/3 formula", "/entries/8/threshold threshold_without_control",
		"/entries/9/threshold one_threshold", "/entries/10/threshold/unit required", "/entries/11/threshold/quantity required", "/entries/11/threshold/unit choice",
		"/entries/12/threshold/value not_above", "/entries/13/threshold/value not_above", "/entries/14/threshold/value too_large",
		"/entries/15/norms too_many", "/entries/16/hs hs_prefix", "/entries/17/hs hs_prefix",
	}
	if got := said(faults); got != strings.Join(want, ", ") {
		t.Errorf("got\n%s\nwant\n%s", strings.ReplaceAll(got, ", ", "\n"), strings.Join(want, "\n"))
	}
	for _, f := range faults {
		for _, lang := range i18n.Langs {
			if !i18n.Has(lang, "fault."+f.Code) {
				t.Errorf("%s has no fault.%s", lang, f.Code)
			}
		}
	}
}

func TestAListIsNeitherEmptyNorWithoutEnd(t *testing.T) {
	if _, faults := control.NewList(edition, nil); said(faults) != "/entries too_few" {
		t.Errorf("%v", faults)
	}
	many := make([]control.Entry, control.MostEntries+1)
	if _, faults := control.NewList(edition, many); said(faults) != "/entries too_many" {
		t.Errorf("%v", faults)
	}
}

func TestEntriesAreTidied(t *testing.T) {
	list := listOf(t, control.Entry{
		HS: " 8516.50 ", Control: control.AtOrigin, Family: "electrical", Norms: []string{" NM  EN 1 ", ""},
		Names: reference.Names{French: "Four\n à micro-ondes "}, Threshold: &control.Threshold{},
	})
	want := control.Entry{HS: "851650", Control: control.AtOrigin, Family: "electrical", Norms: []string{"NM EN 1"}, Names: reference.Names{French: "Four à micro-ondes"}}
	if got := list.Entries()[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestTheShippedListComesBackFromItsCSV(t *testing.T) {
	list := control.Shipped()
	text := string(list.CSV())
	again, faults := control.ParseCSV(list.Edition, text)
	if len(faults) > 0 || !reflect.DeepEqual(again.Entries(), list.Entries()) {
		t.Fatalf("%v", faults)
	}
	commas, faults := control.ParseCSV(edition, "name_fr,hs,control,family,threshold_value\n\"Four, cuisinière\",8516.60,Origin,electrical,\"1 000,5\"\n\n,,,,\n")
	if len(faults) > 0 || commas.Len() != 1 || commas.Entries()[0].Threshold.Value != 1000.5 || commas.Entries()[0].Names.French != "Four, cuisinière" {
		t.Errorf("%v %+v", faults, commas.Entries())
	}
}

func TestEveryBadCellIsNamedByItsLineAndColumn(t *testing.T) {
	const header = "hs;control;name_fr;family;norms;threshold_quantity;threshold_unit;threshold_value\n"
	for name, tc := range map[string]struct{ text, want string }{
		"nothing":                 {"", "/csv csv"},
		"only names":              {header, "/csv too_few"},
		"a column is missing":     {"hs;name_fr\n8516;x\n", "/csv/1/control required"},
		"columns nobody knows":    {"hs;control;name_fr;<b>;hs\n", "/csv/1/4 unknown_field, /csv/1/hs duplicate"},
		"a row too short":         {header + "8516;none;Four;;;;;\n8517;none\n", "/csv/3 cells"},
		"a quote left open":       {header + "8516;none;\"Four;;;;;\n", "/csv/2 csv"},
		"cells all over":          {header + "8516;origin;Four;electrical;NM;5;C62;\n85;nowhere;;spaceships;NM|a;0;bags;\n\n8516;origin;Four;electrical;;;;douze\n", "/csv/3/hs hs_prefix, /csv/3/control choice, /csv/3/name_fr required, /csv/3/family choice"},
		"a threshold of nothing":  {header + "8516;origin;Four;electrical;;;C62;\n8517;none;x;;;;;5\n", "/csv/2/threshold_quantity required, /csv/3/threshold_value threshold_without_control"},
		"two thresholds":          {header + "8516;origin;Four;electrical;;5;C62;5\n", "/csv/2/threshold_value one_threshold"},
		"norms that are formulas": {header + "8516;origin;Four;electrical;NM|=1|=2;;;\n", "/csv/2/norms formula"},
	} {
		_, faults := control.ParseCSV(edition, tc.text)
		got := said(faults)
		if name == "cells all over" {
			for _, part := range []string{tc.want, "/csv/3/threshold_quantity amount", "/csv/3/threshold_unit choice", "/csv/5/threshold_value amount", "/csv/5/hs duplicate"} {
				for one := range strings.SplitSeq(part, ", ") {
					if !slices.Contains(strings.Split(got, ", "), one) {
						t.Errorf("%s: %s is not among %s", name, one, got)
					}
				}
			}
			continue
		}
		if got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]float64{
		"12": 12, "12,5": 12.5, " 1 000.25 ": 1000.25, "1\u202f000\u00a0000": 1e6, "1000000000000": 1e12,
		"": -1, "0": -1, "-1": -1, "1e3": -1, "NaN": -1, "Inf": -1, "0x10": -1, "1.2.3": -1, "1000000000001": -1, "douze": -1, "0.0000000000000000000001": -1,
	} {
		if got, ok := control.ParseAmount(text); ok != (want > 0) || ok && got != want {
			t.Errorf("%q: %v %v", text, got, ok)
		}
	}
}

func FuzzParseCSV(f *testing.F) {
	f.Add("hs;control;name_fr;family\n8516;origin;Four;electrical\n")
	f.Add("hs,control,name_fr\n\"85\n16\",none,\"a\"\"b\"\n")
	f.Add("\ufeffhs;control;name_fr;norms;threshold_value;family\n8516.10;import;x;NM|NM;1,5;gas")
	f.Fuzz(func(t *testing.T, text string) {
		list, faults := control.ParseCSV(edition, text)
		if (list.Len() > 0) == (len(faults) > 0) {
			t.Fatalf("%d entries and %d faults", list.Len(), len(faults))
		}
		if len(faults) > 0 {
			return
		}
		again, faults := control.ParseCSV(edition, string(list.CSV()))
		if len(faults) > 0 || !reflect.DeepEqual(again.Entries(), list.Entries()) {
			t.Fatalf("does not come back: %v", faults)
		}
	})
}

func TestWhatAVersionChangesIsWhatASetSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (control.List, map[string]control.Entry) {
			byHS := map[string]control.Entry{}
			for _, code := range rapid.SliceOfNDistinct(digits, 1, 12, func(s string) string { return s }).Draw(t, name) {
				byHS[code] = entry(code, rapid.SampledFrom(control.Controls()).Draw(t, "control"), nil)
			}
			var entries []control.Entry
			for _, e := range byHS {
				entries = append(entries, e)
			}
			return listOf(t, entries...), byHS
		}
		before, was := draw("before")
		after, is := draw("after")
		var want control.Differences
		for code, e := range is {
			switch old, known := was[code]; {
			case !known:
				want.Added = append(want.Added, code)
			case !reflect.DeepEqual(old, e):
				want.Changed = append(want.Changed, code)
			}
		}
		for code := range was {
			if _, kept := is[code]; !kept {
				want.Removed = append(want.Removed, code)
			}
		}
		for _, list := range [][]string{want.Added, want.Removed, want.Changed} {
			slices.Sort(list)
		}
		if got := control.Compare(before, after); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
