package paper

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// numbered makes strips that can be told apart by their box's x.
func numbered(heights []float64, next *int) []strip {
	var strips []strip
	for _, h := range heights {
		strips = append(strips, strip{height: h, boxes: []box{{x: float64(*next)}}})
		*next++
	}
	return strips
}

const headMark = -1.0

func TestBlocksArePlacedOnceInOrderAndKeptTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		next := 0
		head := &block{strips: []strip{{height: 8, boxes: []box{{x: headMark}}}}}
		heights := rapid.SliceOfN(rapid.Float64Range(0.5, 60), 1, 12)
		var blocks []block
		for range rapid.IntRange(1, 30).Draw(t, "blocks") {
			b := block{strips: numbered(heights.Draw(t, "heights"), &next)}
			if rapid.Bool().Draw(t, "in table") {
				b.head = head
			}
			blocks = append(blocks, b)
		}
		pages := paginate(blocks, rapid.Float64Range(bodyTop, 200).Draw(t, "top"))
		checkOrder(t, pages, next)
		checkHeads(t, pages, blocks)
		checkKept(t, pages, blocks)
	})
}

func checkOrder(t *rapid.T, pages [][]placed, strips int) {
	want := 0.0
	for number, page := range pages {
		bottom := 0.0
		for _, s := range page {
			if s.y < bottom-1e-9 {
				t.Fatalf("page %d: strips overlap at %g", number, s.y)
			}
			bottom = s.y + s.height
			if bottom > bodyBottom+1e-9 {
				t.Fatalf("page %d: a strip ends at %g", number, bottom)
			}
			if s.boxes[0].x == headMark {
				continue
			}
			if s.boxes[0].x != want {
				t.Fatalf("strip %g stands where %g should", s.boxes[0].x, want)
			}
			want++
		}
	}
	if int(want) != strips {
		t.Fatalf("%g strips are placed, want %d", want, strips)
	}
}

func checkHeads(t *rapid.T, pages [][]placed, blocks []block) {
	inTable := map[float64]bool{}
	for _, b := range blocks {
		for _, s := range b.strips {
			inTable[s.boxes[0].x] = b.head != nil
		}
	}
	for number, page := range pages {
		heads := 0
		for i, s := range page {
			switch mark := s.boxes[0].x; {
			case mark == headMark:
				heads++
				if i+1 == len(page) || !inTable[page[i+1].boxes[0].x] {
					t.Fatalf("page %d: a head without rows", number)
				}
			case inTable[mark] && heads != 1:
				t.Fatalf("page %d: a row under %d heads", number, heads)
			}
		}
	}
}

func checkKept(t *rapid.T, pages [][]placed, blocks []block) {
	pageOf := map[float64]int{}
	for number, page := range pages {
		for _, s := range page {
			pageOf[s.boxes[0].x] = number
		}
	}
	for _, b := range blocks {
		whole := b.height()
		if b.head != nil {
			whole += b.head.height()
		}
		first, last := b.strips[0].boxes[0].x, b.strips[len(b.strips)-1].boxes[0].x
		if whole <= bodyBottom-bodyTop && pageOf[first] != pageOf[last] {
			t.Fatalf("a block %g high is divided", whole)
		}
	}
}

func TestAHeadingStaysWithWhatFollows(t *testing.T) {
	next := 0
	filler := numbered([]float64{bodyBottom - bodyTop - 20}, &next)
	heading := numbered([]float64{10}, &next)
	body := numbered([]float64{15}, &next)
	pages := paginate([]block{{strips: filler}, {strips: heading, withNext: true}, {strips: body}}, bodyTop)
	if len(pages) != 2 || len(pages[1]) != 2 {
		t.Errorf("the heading is left behind: %v", pages)
	}
}

// TestNothingIsPrintedBesideThePage lays out papers full of arbitrary text.
func TestNothingIsPrintedBesideThePage(t *testing.T) {
	fonts, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	letters := []rune("aW é-/.,()«»مبلاد١٢\u0301\u064E\u200F\u200D鋼😀\n\t0129")
	words := rapid.StringOfN(rapid.SampledFrom(letters), 0, 120, -1)
	rapid.Check(t, func(t *rapid.T) {
		d := certificate(2)
		d.Kind = rapid.SampledFrom([]Kind{COC, NCR, Letter, SOR}).Draw(t, "kind")
		for _, s := range []*string{&d.Importer.Name, &d.Exporter.Address, &d.Manufacturer.Country, &d.Invoice.Number, &d.Invoice.Value,
			&d.Shipment.PortOfLoading, &d.Bureau.Name, &d.Agent, &d.DossierNumber} {
			*s = words.Draw(t, "text")
		}
		for i := range d.Lines {
			line := &d.Lines[i]
			for _, s := range []*string{&line.HS, &line.Designation, &line.Brand, &line.Origin, &line.Quantity, &line.Unit, &line.Norm, &line.Remark} {
				*s = words.Draw(t, "line")
			}
		}
		l := layout{doc: d, fonts: fonts, theme: themeOf(d.Kind)}
		for _, page := range paginate(l.blocks(), l.top()) {
			for _, s := range page {
				checkRuns(t, s.strip)
			}
		}
	})
}

func checkRuns(t *rapid.T, s strip) {
	const tolerance = 1e-6
	runs := slices.Clone(s.runs)
	for _, r := range runs {
		widest := 0.0 // a letter may be wider than the narrowest column
		for _, letter := range r.line.visual {
			widest = math.Max(widest, r.style.advance(letter))
			if !r.style.face.has(letter) {
				t.Fatalf("%q is not in the font", letter)
			}
		}
		right := margin + bodyWidth + tolerance
		if r.x < margin-tolerance || (r.x+r.line.width > right && r.line.width > widest) {
			t.Fatalf("%q reaches from %g to %g", r.line.visual, r.x, r.x+r.line.width)
		}
	}
}

func TestTextIsDividedWhereItMay(t *testing.T) {
	fonts, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	mono := style{face: fonts.mono, size: 10} // every letter 0.6 em wide
	letter := mono.advance('x')
	cases := []struct {
		name, text string
		letters    float64
		want       []string
	}{
		{"nothing is one empty line", "", 5, []string{""}},
		{"what fits stays whole", "abc de", 6, []string{"abc de"}},
		{"a line breaks at a space", "abc de", 5, []string{"abc", "de"}},
		{"a space at the edge does not count", "abcde fg", 5, []string{"abcde", "fg"}},
		{"several spaces break once", "abc    de", 4, []string{"abc", "de"}},
		{"a long word breaks after punctuation", "IEC-60335-2", 7, []string{"IEC-", "60335-2"}},
		{"else anywhere", "abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"a long word begins on its own line", "ab cdefghij", 5, []string{"ab", "cdefg", "hij"}},
		{"line breaks are kept", "ab\ncd", 9, []string{"ab", "cd"}},
		{"a letter wider than the line stands alone", "ab", 0.5, []string{"a", "b"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, l := range mono.wrap(c.text, c.letters*letter+1e-9, 0) {
				got = append(got, l.visual)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q at %g letters gives %q, want %q", c.text, c.letters, got, c.want)
			}
		})
	}
}

func TestALongTitleIsShrunkThenCut(t *testing.T) {
	fonts, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	s := style{face: fonts.mono, size: 10}
	for letters, want := range map[int]string{10: "same", 13: "smaller", 40: "cut"} {
		text := fmt.Sprintf("%0*d", letters, 7)
		got, shrunk := s.fit(text, 10*s.advance('0')+1e-9, 0)
		outcome := "same"
		switch {
		case got.visual != text:
			outcome = "cut"
		case shrunk.size < s.size:
			outcome = "smaller"
		}
		if outcome != want || got.width > 10*s.advance('0')+1e-6 {
			t.Errorf("%d letters: %s, %g mm wide", letters, outcome, got.width)
		}
	}
}
