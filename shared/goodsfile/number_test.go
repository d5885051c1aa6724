package goodsfile

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "7": "7", "007": "7", "1234": "1234", "12,5": "12.5", "12.5": "12.5", ",5": "0.5", ".5": "0.5", "-3": "-3", "+3": "3", "- 3": "-3", "\u22123": "-3",
		"1 234": "1234", "1 234 567,891": "1234567.891", "1\u00a0234,5": "1234.5", "1\u202f234,5": "1234.5", "1\u2009234.5": "1234.5", "1'234.50": "1234.5", " 5 ": "5", "\u200e5": "5",
		"1,234": "1.234", "1.234": "1.234", "1,234.5": "1234.5", "1.234,5": "1234.5", "1,234,567": "1234567", "1.234.567": "1234567", "1.234.567,8": "1234567.8", "0,125": "0.125",
		"": notANumber, "-": notANumber, ",": notANumber, "5,": notANumber, "5.": notANumber, "1 23": notANumber, "12 34": notANumber, "1  234": notANumber, "1234 567": notANumber, "1 234,567,8": notANumber,
		"1,23,456": notANumber, "1.2.3,4,5": notANumber, "1,234.567,8": notANumber, "0 123": notANumber, "--1": notANumber, "1-": notANumber, "1e5": notANumber, "0x1F": notANumber, "1_000": notANumber, "Inf": notANumber, "NaN": notANumber,
		"5 €": notANumber, "五": notANumber, "٥": notANumber, "½": notANumber, strings.Repeat("9", 39): notANumber, "0," + strings.Repeat("0", 37) + "1": notANumber,
	} {
		number, code := parseNumber(text, false)
		got := code
		if code == "" {
			got = plain(number)
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestACommaBetweenCommasIsNotGuessed(t *testing.T) {
	for text, want := range map[string]string{"1,234": twoNumbers, "-123,456": twoNumbers, "0,125": "", "1,23": "", "1,2345": "", "1234,567": "", "1,234.5": "", "1,234,567": "", "1.234": ""} {
		if _, code := parseNumber(text, true); code != want {
			t.Errorf("%q: %q, want %q", text, code, want)
		}
	}
	if got := codes(readShipped(csvWith(',', "fr", with("quantity", "1,234"), with("quantity", "1,5"))).Faults); got != "G2 number_ambiguous" {
		t.Errorf("%s", got)
	}
}

// TestANumberReadsBackHoweverItIsWritten groups and points random numbers in
// the ways of several languages.
func TestANumberReadsBackHoweverItIsWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cents := rapid.Int64Range(-1e14, 1e14).Draw(rt, "cents")
		digits := strconv.FormatInt(max(cents, -cents)/100, 10)
		style := rapid.SampledFrom([][2]string{{"", ","}, {"", "."}, {" ", ","}, {"\u00a0", ","}, {"\u202f", "."}, {".", ","}, {",", "."}, {"'", "."}}).Draw(rt, "style")
		var whole string
		for len(digits) > 3 && style[0] != "" {
			whole = style[0] + digits[len(digits)-3:] + whole
			digits = digits[:len(digits)-3]
		}
		text := digits + whole + style[1] + strconv.FormatInt(100+max(cents, -cents)%100, 10)[1:]
		if cents < 0 {
			text = "-" + text
		}
		got, code := parseNumber(text, rapid.Bool().Draw(rt, "commas"))
		if code != "" || math.Abs(got-float64(cents)/100) > math.Abs(got)*1e-15 {
			rt.Fatalf("%q is %v (%s), want %v hundredths", text, got, code, cents)
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"1 234,5", "1,234,567.89", "-,5", "1'234"} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, commas bool) {
		number, code := parseNumber(text, commas)
		if code != "" {
			return
		}
		again, code := parseNumber(plain(number), false)
		if code == "" && again != number || math.IsNaN(number) || math.IsInf(number, 0) {
			t.Errorf("%q is %v, which is %v", text, number, again)
		}
	})
}
