package pdf

import (
	"testing"

	"pgregory.net/rapid"
)

// predict applies PNG predictors, one type per row, as a writer would.
func predict(content []byte, kinds []byte, pixel, row int) []byte {
	var result []byte
	above := make([]byte, row)
	for i := 0; len(content) > 0; i++ {
		current := content[:min(row, len(content))]
		kind := kinds[i%len(kinds)]
		result = append(result, kind)
		for j, c := range current {
			var left, corner int
			if j >= pixel {
				left, corner = int(current[j-pixel]), int(above[j-pixel])
			}
			up := int(above[j])
			guess := [...]int{rowNone: 0, rowSub: left, rowUp: up, rowAverage: (left + up) / 2, rowPaeth: nearest(left, up, corner)}[kind]
			result = append(result, c-byte(guess))
		}
		above, content = current, content[len(current):]
	}
	return result
}

// nearest is the Paeth predictor in the words of the PNG specification.
func nearest(a, b, c int) int {
	p := a + b - c
	distance := func(n int) int { return max(n-p, p-n) }
	switch {
	case distance(a) <= distance(b) && distance(a) <= distance(c):
		return a
	case distance(b) <= distance(c):
		return b
	}
	return c
}

func TestPredictionIsUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		colours := rapid.IntRange(1, 4).Draw(t, "colours")
		bits := rapid.SampledFrom([]int{1, 2, 4, 8, 16}).Draw(t, "bits")
		columns := rapid.IntRange(1, 9).Draw(t, "columns")
		kinds := rapid.SliceOfN(rapid.ByteRange(rowNone, rowPaeth), 1, 9).Draw(t, "kinds")
		content := rapid.SliceOf(rapid.Byte()).Draw(t, "content")

		number := func(n int) value { return value{kind: isInteger, number: n} }
		key := func(s string) value { return value{kind: isName, text: s} }
		parameters := value{kind: isDictionary, items: []value{
			key("Predictor"), number(15), key("Colors"), number(colours), key("BitsPerComponent"), number(bits), key("Columns"), number(columns),
		}}
		packed := predict(content, kinds, (colours*bits+7)/8, (colours*bits*columns+7)/8)
		got, ok := newFile("").unpredict(string(packed), parameters)
		if !ok || got != string(content) {
			t.Errorf("%q, %t; want %q", got, ok, content)
		}
	})
}

func TestASCIIFiltersAreUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := string(rapid.SliceOf(rapid.Byte()).Draw(t, "content"))
		if got, ok := decodeHex(hexed(content)); !ok || got != content {
			t.Errorf("hexadecimal %q, %t; want %q", got, ok, content)
		}
		if got, ok := decode85(based85(content)); !ok || got != content {
			t.Errorf("base 85 %q, %t; want %q", got, ok, content)
		}
	})
}

func TestHexadecimalMayHaveBlanksAndAnOddDigit(t *testing.T) {
	if got, ok := decodeHex("4a 4\nB5>rest"); !ok || got != "JKP" {
		t.Errorf("%q, %t", got, ok)
	}
}

func TestInflationIsBounded(t *testing.T) {
	f := newFile("")
	content, ok := f.inflate(deflate(string(make([]byte, 5<<20))))
	if ok || !f.limits.exceeded || len(content) > freeInflation+1 {
		t.Errorf("%d bytes, %t", len(content), ok)
	}
}
