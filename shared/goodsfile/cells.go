package goodsfile

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"portal/shared/conformity"
	"portal/shared/identifiers"
	"portal/shared/xlsx"
)

// cell reads a cell into a line's field. The code is "" when it is right.
func (r *reader) cell(line *conformity.Line, field string, c cell) (code string, params map[string]any) {
	b := r.bounds[field]
	if c.kind == xlsx.Failed || isFormulaError(c.text) {
		if field == errorsColumn {
			return "", nil
		}
		return cellError, nil
	}
	switch field {
	case "quantity":
		line.Quantity, code, params = r.number(c, b)
		return code, params
	case "value":
		line.Value, code, params = r.number(c, b)
		return code, params
	case errorsColumn:
		return "", nil
	}
	text, code := c.shown()
	switch {
	case code != "":
		return code, nil
	case text == "" && r.needs(b):
		return "required", nil
	case text == "":
		return "", nil
	}
	switch field {
	case "hs":
		line.HS, code = hsOf(text)
	case "origin":
		line.Origin, code = chosen(countryOf(text))
	case "unit":
		line.Unit, code = chosen(unitOf(text))
	default:
		if len(text) > b.MaxLength && utf8.RuneCountInString(text) > b.MaxLength {
			return "too_long", map[string]any{"max": b.MaxLength}
		}
		*textField(line, field) = text
	}
	return code, nil
}

func (r *reader) needs(b bounds) bool { return b.need == Required || b.need == Shipped && r.shipped }

// textField is where a line keeps a text.
func textField(line *conformity.Line, field string) *string {
	switch field {
	case "designation":
		return &line.Designation
	case "brand":
		return &line.Brand
	case "reference":
		return &line.Reference
	case "manufacturer":
		return &line.Manufacturer
	}
	return &line.Norm
}

func chosen(code string) (string, string) {
	if code == "" {
		return "", "choice"
	}
	return code, ""
}

// scientific is how a spreadsheet shows a long number in a narrow column, and
// then saves it in CSV: most of the digits are gone.
var scientific = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d(?:[.,]\d+)?[eE]\+?\d+$`) })

// hsOf reads an HS code, as its ten digits. Two things that spreadsheets do to
// codes are told apart, since neither can be undone: a leading zero gone (nine
// digits might also lack any other), and the last digits rounded away.
func hsOf(text string) (digits, code string) {
	hs, err := identifiers.ParseHS(text)
	switch {
	case err == nil:
		return hs.String(), ""
	case scientific().MatchString(text):
		return "", hsRounded
	case len(text) == 9 && allDigits(text):
		return "", hsWithoutZero
	}
	return "", "hs"
}

// number reads a quantity or a value.
func (r *reader) number(c cell, b bounds) (number float64, code string, params map[string]any) {
	switch {
	case c.text == "" && r.needs(b):
		return 0, "required", nil
	case c.text == "":
		return 0, "", nil
	case c.kind == xlsx.Day, c.format.Date:
		return 0, cellDate, nil
	case c.kind == xlsx.Bool:
		return 0, notANumber, nil
	case c.kind == xlsx.Number:
		number, code = plainNumber(c.text)
	default:
		number, code = parseNumber(c.text, r.delimiter == ',')
	}
	switch {
	case code != "":
		return 0, code, nil
	case b.ExclusiveMinimum != nil && number <= *b.ExclusiveMinimum:
		return 0, "not_above", map[string]any{"min": plain(*b.ExclusiveMinimum)}
	case b.Minimum != nil && number < *b.Minimum:
		return 0, "too_small", map[string]any{"min": plain(*b.Minimum)}
	case b.Maximum != nil && number > *b.Maximum:
		return 0, "too_large", map[string]any{"max": plain(*b.Maximum)}
	}
	return number, "", nil
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// shown is a cell's text as its reader sees it: a number that was typed into a
// column of texts, with the zeros that its format adds. A date there was
// something else before the spreadsheet took it for one.
func (c cell) shown() (text, code string) {
	switch {
	case c.text == "":
		return "", ""
	case c.kind == xlsx.Day, c.format.Date:
		return "", cellDate
	case c.kind != xlsx.Number:
		return c.text, ""
	}
	f, err := strconv.ParseFloat(c.text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return c.text, ""
	}
	text = plain(f)
	if missing := c.format.Zeros - len(text); missing > 0 && f >= 0 && f == math.Trunc(f) {
		text = strings.Repeat("0", missing) + text
	}
	return text, ""
}

// isFormulaError knows the errors that formulas leave, in French and English.
func isFormulaError(text string) bool {
	if !strings.HasPrefix(text, "#") {
		return false
	}
	switch text {
	case "#N/A", "#REF!", "#VALUE!", "#VALEUR!", "#NAME?", "#NOM?", "#DIV/0!", "#NUM!", "#NOMBRE!", "#NULL!", "#NUL!", "#SPILL!", "#CALC!":
		return true
	}
	return false
}
