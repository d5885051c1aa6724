package paper

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestEveryLineOfALongPaperIsPrintedOnceInOrder(t *testing.T) {
	d := certificate(300)
	for i := range d.Lines {
		d.Lines[i].Designation = fmt.Sprintf("Début%d %s fin%d", i+1, strings.Repeat("article ", i%40), i+1)
		d.Lines[i].Remark = fmt.Sprintf("Réserve%d", i+1)
		d.Lines[i].Verdict = Reserved
	}
	pages := read(t, printed(t, d))
	token := regexp.MustCompile(`(Début|fin|Réserve)(\d+)`)
	var seen []string
	for number, page := range pages {
		heads, rows := 0, 0
		var open string
		for _, drawn := range page {
			heads += strings.Count(drawn.text, "Désignation")
			for _, m := range token.FindAllStringSubmatch(drawn.text, -1) {
				seen = append(seen, m[0])
				switch m[1] {
				case "Début":
					rows++
					open = m[2]
				case "Réserve":
					if open != m[2] {
						t.Errorf("line %s is divided between pages", m[2])
					}
				}
			}
		}
		if rows > 0 && heads != 1 {
			t.Errorf("page %d has %d table heads, want 1", number+1, heads)
		}
		if want := fmt.Sprintf("Page %d sur %d", number+1, len(pages)); !says(page, want) {
			t.Errorf("page %d does not say %q", number+1, want)
		}
		if number > 0 && !says(page, d.Number) {
			t.Errorf("page %d does not bear the number", number+1)
		}
	}
	var want []string
	for i := range d.Lines {
		want = append(want, fmt.Sprintf("Début%d", i+1), fmt.Sprintf("fin%d", i+1), fmt.Sprintf("Réserve%d", i+1))
	}
	if !slices.Equal(seen, want) {
		t.Errorf("%d texts are printed, want %d in order", len(seen), len(want))
	}
}

func says(page []drawn, text string) bool {
	return slices.ContainsFunc(page, func(d drawn) bool { return d.text == text })
}

func TestALineLongerThanAPageGoesOnOverleaf(t *testing.T) {
	d := certificate(3)
	var words []string
	for i := range 2500 {
		words = append(words, "mot"+strconv.Itoa(i))
	}
	d.Lines[1].Designation = strings.Join(words, " ")
	var got []string
	pages := read(t, printed(t, d))
	for _, page := range pages {
		for _, drawn := range page {
			for word := range strings.FieldsSeq(drawn.text) {
				if strings.HasPrefix(word, "mot") {
					got = append(got, word)
				}
			}
		}
	}
	if !slices.Equal(got, words) {
		t.Errorf("%d words are printed, want %d in order", len(got), len(words))
	}
	if len(pages) < 4 {
		t.Errorf("%d pages", len(pages))
	}
}

func TestTheSignatureNeverStandsAlone(t *testing.T) {
	fonts, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		l := layout{doc: certificate(n + 1), fonts: fonts, theme: themeOf(COC)}
		pages := paginate(l.blocks(), l.top())
		var said []string
		for _, s := range pages[len(pages)-1] {
			for _, r := range s.runs {
				said = append(said, r.line.visual)
			}
		}
		if !slices.Contains(said, "Établi par") || !slices.Contains(said, "Désignation") {
			t.Errorf("with %d lines the signature is parted from the goods", n+1)
		}
	}
}
