package paper

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The fonts are strings, so that nobody can change them: the PDF writer scribbles on
// the bytes it is given.
var (
	//go:embed fonts/portal-sans-regular.ttf
	sansRegular string
	//go:embed fonts/portal-sans-semibold.ttf
	sansSemibold string
	//go:embed fonts/portal-mono-medium.ttf
	monoMedium string
)

// replacement is drawn for what no font has.
const replacement = '\uFFFD'

// face knows which characters a font has and how wide they are.
type face struct {
	family, style string // as the PDF writer names them
	font          string
	advances      map[rune]uint16 // thousandths of the font size
}

// faces are the fonts of every paper.
type faces struct {
	regular, semibold, mono *face
}

// loadFaces measures the fonts once, when the first paper is printed.
var loadFaces = sync.OnceValues(func() (faces, error) {
	regular, err := newFace("portalsans", "", sansRegular)
	if err != nil {
		return faces{}, err
	}
	semibold, err := newFace("portalsans", "B", sansSemibold)
	if err != nil {
		return faces{}, err
	}
	mono, err := newFace("portalmono", "", monoMedium)
	return faces{regular: regular, semibold: semibold, mono: mono}, err
})

func newFace(family, style, font string) (*face, error) {
	advances, err := measure([]byte(font))
	if err != nil {
		return nil, fmt.Errorf("paper: font %s%s: %w", family, style, err)
	}
	return &face{family: family, style: style, font: font, advances: advances}, nil
}

func (f *face) has(r rune) bool {
	_, ok := f.advances[r]
	return ok
}

// covers reports whether the font has every character of s.
func (f *face) covers(s string) bool {
	for _, r := range s {
		if !f.has(r) {
			return false
		}
	}
	return true
}

// drawable gives s in characters of the font: what it lacks is spelt in
// equivalent ones (㎏ as kg) or else replaced. Marks it lacks are dropped.
// Characters that shaping consumes are left to it.
func (f *face) drawable(s string) string {
	if f.covers(s) {
		return s
	}
	var out []rune
	for _, r := range norm.NFC.String(s) {
		if f.has(r) || r < ' ' || unicode.Is(unicode.Cf, r) {
			out = append(out, r)
			continue
		}
		if spelt := norm.NFKC.String(string(r)); f.covers(spelt) {
			out = append(out, []rune(spelt)...)
		} else if !unicode.Is(unicode.M, r) {
			out = append(out, replacement)
		}
	}
	return string(out)
}

// glyph is the character to draw for a shaped one: a form that the font lacks
// is drawn as its letter.
func (f *face) glyph(r rune) rune {
	if f.has(r) {
		return r
	}
	if spelt := []rune(norm.NFKC.String(string(r))); len(spelt) == 1 && f.has(spelt[0]) {
		return spelt[0]
	}
	return replacement
}

var errFont = errors.New("not a TrueType font with a Unicode map (cmap format 4)")

// measure reads the advance of every character from the tables cmap, hhea and
// hmtx of an OpenType font whose em is 1000 units.
func measure(font []byte) (advances map[rune]uint16, err error) {
	defer func() {
		if recover() != nil { // an offset beyond the end
			err = errFont
		}
	}()
	tables := map[string][]byte{}
	for i := range int(u16(font, 4)) {
		entry := font[12+16*i:]
		offset, length := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		tables[string(entry[:4])] = font[offset : offset+length]
	}
	widths, last := tables["hmtx"], int(u16(tables["hhea"], 34))-1
	cmap := unicodeMap(tables["cmap"])
	if cmap == nil || u16(tables["head"], 18) != 1000 {
		return nil, errFont
	}
	advances = make(map[rune]uint16)
	segments := int(u16(cmap, 6)) / 2
	ends, starts := cmap[14:], cmap[16+2*segments:]
	deltas, ranges := starts[2*segments:], starts[4*segments:]
	for s := range segments {
		for c := int(u16(starts, 2*s)); c <= int(u16(ends, 2*s)) && c < 0xFFFF; c++ {
			glyph := uint16(c) + u16(deltas, 2*s)
			if at := int(u16(ranges, 2*s)); at != 0 {
				if glyph = u16(ranges, 2*s+at+2*(c-int(u16(starts, 2*s)))); glyph != 0 {
					glyph += u16(deltas, 2*s)
				}
			}
			if glyph != 0 {
				advances[rune(c)] = u16(widths, 4*min(int(glyph), last))
			}
		}
	}
	return advances, nil
}

// unicodeMap finds the subtable of Windows' Unicode encoding, in format 4.
func unicodeMap(cmap []byte) []byte {
	for i := range int(u16(cmap, 2)) {
		entry := cmap[4+8*i:]
		table := cmap[binary.BigEndian.Uint32(entry[4:]):]
		if u16(entry, 0) == 3 && u16(entry, 2) == 1 && u16(table, 0) == 4 {
			return table
		}
	}
	return nil
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
