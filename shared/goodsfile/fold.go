package goodsfile

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"portal/shared/i18n"
	"portal/shared/reference"
)

// fold makes texts comparable that people write in several ways: letters and
// digits only, in small letters, without accents, points or tatweel.
func fold(text string) string {
	const tatweel = '\u0640'
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		if r != tatweel && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// errorsColumn is the field of the column that Annotated adds: a file with it
// may be corrected and sent again.
const errorsColumn = "errors"

// headings finds a column by its folded heading in any language.
var headings = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	for _, lang := range i18n.Langs {
		for _, field := range fields {
			found[fold(Heading(lang, field))] = field
		}
		found[fold(errorsHeading(lang))] = errorsColumn
	}
	return found
})

// noteSeparator stands between the notes of a row where a line break would not
// do.
const noteSeparator = " | "

// fieldOf is the column that a heading names; "" for none. The column of
// errors may say what is wrong with the headings below its own.
func fieldOf(heading string) string {
	if field := headings()[fold(heading)]; field != "" {
		return field
	}
	if cut := strings.IndexAny(heading, "\n|"); cut > 0 && headings()[fold(heading[:cut])] == errorsColumn {
		return errorsColumn
	}
	return ""
}

func errorsHeading(lang string) string { return i18n.Text(lang, "goods_file.errors", nil) }

// named finds the code of a list's entry by its folded code, by a name in any
// language, or by a symbol. What would name two entries names none, but a code
// is never taken for the name of another.
func named(list reference.List) map[string]string {
	found := map[string]string{}
	for _, e := range list.Entries() {
		found[fold(e.Code)] = e.Code
	}
	names := map[string]string{}
	for _, e := range list.Entries() {
		for _, name := range []string{e.Names.French, e.Names.Arabic, e.Names.English, e.Symbol} {
			key := fold(name)
			if other, taken := names[key]; taken && other != e.Code {
				names[key] = ""
				continue
			}
			names[key] = e.Code
		}
	}
	for key, code := range names {
		if _, isCode := found[key]; !isCode && key != "" && code != "" {
			found[key] = code
		}
	}
	return found
}

var (
	countryNames = sync.OnceValue(func() map[string]string { return named(reference.Countries()) })
	unitNames    = sync.OnceValue(func() map[string]string { return named(reference.Units()) })
)

// codeOf is the code that a cell names: the code itself in any case, or a name
// of it. "" when it names none, or more than one.
func codeOf(text string, list reference.List, names map[string]string) string {
	if list.Has(text) {
		return text
	}
	return names[fold(text)]
}

// unitOf is codeOf a unit, which people also write in the plural: pièces, kgs.
func unitOf(text string) string {
	if code := codeOf(text, reference.Units(), unitNames()); code != "" {
		return code
	}
	return unitNames()[strings.TrimSuffix(fold(text), "s")]
}

func countryOf(text string) string { return codeOf(text, reference.Countries(), countryNames()) }
