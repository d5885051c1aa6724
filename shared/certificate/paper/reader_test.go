package paper

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// drawn is one string of a page: its place in points from the bottom left.
type drawn struct {
	x, y float64
	text string // in the order it is read, with letters instead of forms
}

var contents = regexp.MustCompile(`/Contents (\d+) 0 R`)

// pageStreams gives the drawing operators of each page.
func pageStreams(t testing.TB, pdf []byte) [][]byte {
	t.Helper()
	var streams [][]byte
	for _, match := range contents.FindAllSubmatch(pdf, -1) {
		_, object, found := bytes.Cut(pdf, fmt.Appendf(nil, "\n%s 0 obj\n", match[1]))
		if !found {
			t.Fatalf("object %s is missing", match[1])
		}
		_, data, _ := bytes.Cut(object, []byte("stream\n"))
		inflated, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		stream, err := io.ReadAll(inflated)
		if err != nil {
			t.Fatal(err)
		}
		streams = append(streams, stream)
	}
	return streams
}

// read gives what is written on each page, in the order it was drawn.
func read(t testing.TB, pdf []byte) [][]drawn {
	t.Helper()
	var pages [][]drawn
	for _, stream := range pageStreams(t, pdf) {
		var page []drawn
		for {
			_, rest, found := bytes.Cut(stream, []byte("BT "))
			if !found {
				break
			}
			var d drawn
			if _, err := fmt.Sscanf(string(rest[:min(40, len(rest))]), "%f %f Td", &d.x, &d.y); err != nil {
				stream = rest // sets the font
				continue
			}
			_, rest, _ = bytes.Cut(rest, []byte("("))
			d.text, stream = literal(rest)
			page = append(page, d)
		}
		pages = append(pages, page)
	}
	return pages
}

// literal decodes a string up to its closing bracket (ISO 32000-1, 7.3.4.2),
// as UTF-16.
func literal(b []byte) (string, []byte) {
	var raw []byte
	for i := 0; ; i++ {
		switch b[i] {
		case ')':
			var units []uint16
			for j := 0; j+1 < len(raw); j += 2 {
				units = append(units, uint16(raw[j])<<8|uint16(raw[j+1]))
			}
			return reading(utf16.Decode(units)), b[i+1:]
		case '\\':
			i++
			c := b[i]
			if c == 'r' {
				c = '\r'
			}
			raw = append(raw, c)
		default:
			raw = append(raw, b[i])
		}
	}
}

// reading turns a drawn line back as readers of PDF do. A line that begins and
// ends with other letters holds some Arabic, which is reversed; any other line
// with Arabic is reversed, and what is not Arabic in it reversed again.
func reading(visual []rune) string {
	first, last := slices.IndexFunc(visual, unicode.IsLetter), lastIndex(visual, unicode.IsLetter)
	switch {
	case !slices.ContainsFunc(visual, isArabic):
		return string(visual)
	case !isArabic(visual[first]) && !isArabic(visual[last]):
		reverseRuns(visual, isArabic)
	default:
		turn(visual)
		reverseRuns(visual, func(r rune) bool { return !isArabic(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)) })
	}
	return norm.NFKC.String(string(visual))
}

// reverseRuns reverses from the first to the last of neighbouring runes that are
// in, with what stands between them.
func reverseRuns(runes []rune, in func(rune) bool) {
	foreign := func(r rune) bool { return !in(r) && unicode.IsLetter(r) }
	for i := 0; i < len(runes); {
		if !in(runes[i]) {
			i++
			continue
		}
		end := i + 1
		for end < len(runes) && !foreign(runes[end]) {
			end++
		}
		last := i + lastIndex(runes[i:end], in)
		turn(runes[i : last+1])
		i = end
	}
}

// turn reverses runes and the brackets among them.
func turn(runes []rune) {
	slices.Reverse(runes)
	other := map[rune]rune{'(': ')', ')': '(', '«': '»', '»': '«'}
	for i, r := range runes {
		if o, ok := other[r]; ok {
			runes[i] = o
		}
	}
}

func isArabic(r rune) bool { return unicode.Is(unicode.Arabic, r) && !unicode.IsDigit(r) }

func lastIndex(runes []rune, in func(rune) bool) int {
	for i := len(runes) - 1; i >= 0; i-- {
		if in(runes[i]) {
			return i
		}
	}
	return -1
}

// transcript is the text of a paper, a line for each height of a page.
func transcript(t testing.TB, pdf []byte) string {
	t.Helper()
	var out strings.Builder
	for i, page := range read(t, pdf) {
		fmt.Fprintf(&out, "== page %d\n", i+1)
		for j, d := range page {
			switch {
			case j == 0:
			case page[j-1].y == d.y:
				out.WriteString(" | ")
			default:
				out.WriteString("\n")
			}
			out.WriteString(d.text)
		}
		out.WriteString("\n")
	}
	return out.String()
}

// modules reads a QR code of so many modules a side back from the rectangles of
// a page's longest path.
func modules(stream []byte, size int) [][]bool {
	var path string
	for l := range strings.SplitSeq(string(stream), "\n") {
		if strings.Contains(l, " re ") && len(l) > len(path) {
			path = l
		}
	}
	var rectangles [][4]float64
	rectangle := regexp.MustCompile(`([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re`)
	left, top := 1e9, 0.0
	for _, m := range rectangle.FindAllStringSubmatch(path, -1) {
		var r [4]float64
		for i := range r {
			r[i], _ = strconv.ParseFloat(m[i+1], 64)
		}
		rectangles = append(rectangles, r)
		left, top = min(left, r[0]), max(top, r[1]+r[3])
	}
	side := qrSide / point / float64(size)
	dark := make([][]bool, size)
	for row := range dark {
		dark[row] = make([]bool, size)
	}
	for _, r := range rectangles {
		row := int((top-r[1]-r[3])/side + 0.5)
		first := int((r[0]-left)/side + 0.5)
		for column := first; column < first+int(r[2]/side+0.5); column++ {
			dark[row][column] = true
		}
	}
	return dark
}
