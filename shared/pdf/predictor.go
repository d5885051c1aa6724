package pdf

// The filter types that begin a row (PNG specification, 9.2).
const (
	rowNone = iota
	rowSub
	rowUp
	rowAverage
	rowPaeth
)

// unpredict undoes the PNG predictors of ISO 32000-1, 7.4.4.4. The TIFF one is for
// pictures; with it, or with parameters that make no sense, ok is false.
func (f *file) unpredict(content string, parameters value) (_ string, ok bool) {
	predictor, known := f.parameter(parameters, "Predictor", 1)
	colours, known2 := f.parameter(parameters, "Colors", 1)
	bits, known3 := f.parameter(parameters, "BitsPerComponent", 8)
	columns, known4 := f.parameter(parameters, "Columns", 1)
	switch {
	case !known || !known2 || !known3 || !known4:
		return "", false
	case predictor == 1:
		return content, true
	case predictor < 10 || predictor > 15:
		return "", false
	case colours < 1 || colours > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<20:
		return "", false
	}
	pixel := (colours*bits + 7) / 8
	row := (colours*bits*columns + 7) / 8
	return undoRows(content, pixel, row)
}

// parameter is an integer among a filter's parameters, or what it is by default.
// ok is false if it is there twice or is something else.
func (f *file) parameter(dict value, key string, byDefault int) (n int, ok bool) {
	v, times := dict.lookup(key)
	if times == 0 {
		return byDefault, dict.kind == isNull || dict.kind == isDictionary
	}
	n, ok = f.settleInteger(v)
	return n, ok && times == 1
}

// undoRows undoes the prediction row by row: each is a type and row bytes, the
// last perhaps fewer.
func undoRows(content string, pixel, row int) (_ string, ok bool) {
	row = min(row, len(content))
	result := make([]byte, 0, len(content))
	above := make([]byte, row)
	for len(content) > 0 {
		kind, n := content[0], min(row, len(content)-1)
		if kind > rowPaeth {
			return "", false
		}
		result = append(result, content[1:1+n]...)
		current := result[len(result)-n:]
		undoRow(kind, current, above, pixel)
		above, content = current, content[1+n:]
	}
	return string(result), true
}

func undoRow(kind byte, current, above []byte, pixel int) {
	for i := range current {
		var left, aboveLeft byte
		if i >= pixel {
			left, aboveLeft = current[i-pixel], above[i-pixel]
		}
		switch kind {
		case rowSub:
			current[i] += left
		case rowUp:
			current[i] += above[i]
		case rowAverage:
			current[i] += byte((int(left) + int(above[i])) / 2)
		case rowPaeth:
			current[i] += paeth(left, above[i], aboveLeft)
		}
	}
}

// paeth picks the neighbour closest to left + above - aboveLeft.
func paeth(left, above, aboveLeft byte) byte {
	a, b, c := int(left), int(above), int(aboveLeft)
	toLeft, toAbove, toCorner := abs(b-c), abs(a-c), abs(a+b-2*c)
	switch {
	case toLeft <= toAbove && toLeft <= toCorner:
		return left
	case toAbove <= toCorner:
		return above
	}
	return aboveLeft
}

func abs(n int) int { return max(n, -n) }
