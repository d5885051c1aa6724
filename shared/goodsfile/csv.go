package goodsfile

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// delimiters are those of spreadsheets: of French ones, of English ones, and of
// « texte Unicode ». The first is that of a file without any.
var delimiters = []rune{';', ',', '\t'}

// openCSV reads a text file. The code is "" when it can be one.
func openCSV(data []byte) (file, string) {
	text, ok := decodeText(data)
	if !ok {
		return file{}, fileType
	}
	if strings.TrimSpace(text) == "" {
		return file{}, fileEmpty
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	f := file{kind: CSV}
	if line, rest, _ := strings.Cut(text, "\n"); len(strings.TrimSpace(line)) == len("sep=;") && strings.HasPrefix(line, "sep=") {
		f.delimiter, text = rune(line[len("sep=")]), rest // a hint of spreadsheets to themselves, which they do not show
	}
	if !strings.ContainsRune(string(delimiters), f.delimiter) {
		f.delimiter = delimiterOf(text)
	}
	if mostOnALine(text, f.delimiter) > 100*mostColumns {
		return file{}, fileDamaged
	}
	f.each = func(visit func(row) error) error { return eachRecord(text, f.delimiter, visit) }
	return f, ""
}

// decodeText reads UTF-8, with or without its mark, UTF-16 with its mark, or
// else Windows-1252, in which every byte is a letter. A zero byte is no text.
func decodeText(data []byte) (string, bool) {
	text := string(data)
	switch rest, marked := bytes.CutPrefix(data, []byte("\uFEFF")); {
	case marked:
		text = strings.ToValidUTF8(string(rest), "\uFFFD")
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		text = decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		text = decodeUTF16(data[2:], binary.BigEndian)
	case !utf8.Valid(data):
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return "", false
		}
		text = string(decoded)
	}
	return text, !strings.Contains(text, "\x00")
}

func decodeUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// delimiterOf is the delimiter that makes most headings of the first record,
// or else most cells.
func delimiterOf(text string) rune {
	best, most := delimiters[0], -1
	for _, d := range delimiters {
		record, err := csvReader(text, d).Read()
		if err != nil {
			continue
		}
		score := len(record)
		for _, cell := range record {
			title, _, _ := strings.Cut(cell, strings.TrimSpace(noteSeparator))
			if fieldOf(title) != "" && !strings.ContainsAny(title, string(delimiters)) {
				score += 1000 // a heading, and not with its neighbour's separator
			}
		}
		if score > most {
			best, most = d, score
		}
	}
	return best
}

// mostOnALine counts the delimiters of the line that has most: a reader makes
// a list of them.
func mostOnALine(text string, delimiter rune) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, strings.Count(line, string(delimiter)))
	}
	return most
}

func csvReader(text string, delimiter rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = delimiter
	r.FieldsPerRecord = -1
	r.LazyQuotes = true // spreadsheets take a quote within a text for what it is: 24" LED
	r.ReuseRecord = true
	return r
}

// eachRecord visits the records, numbered as a spreadsheet numbers them: a line
// break within quotes makes no row, and an empty line is one.
func eachRecord(text string, delimiter rune, visit func(row) error) error {
	r := csvReader(text, delimiter)
	n, lastLine := 0, 0
	var cells []cell
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errDamaged
		}
		first, _ := r.FieldPos(0)
		n += first - lastLine
		last := len(record) - 1
		lastLine, _ = r.FieldPos(last)
		lastLine += strings.Count(record[last], "\n")
		cells = cells[:0]
		beyond := 0
		for i, text := range record {
			switch {
			case i < mostColumns:
				cells = append(cells, cell{text: unguarded(text)})
			case beyond == 0 && strings.TrimSpace(text) != "":
				beyond = i + 1
			}
		}
		if err := visit(row{n: n, cells: cells, beyond: beyond}); err != nil {
			return err
		}
	}
}

// formulaSigns begin what a spreadsheet takes for a formula.
const formulaSigns = "=+-@\t\r"

// guarded writes a text so that no spreadsheet runs it: CSV has no other way
// to say that a text is one.
func guarded(text string) string {
	if text == "" || !strings.Contains(formulaSigns, text[:1]) {
		return text
	}
	if _, code := parseNumber(text, false); code == "" {
		return text
	}
	return "'" + text
}

// unguarded undoes guarded.
func unguarded(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.Contains(formulaSigns, text[1:2]) {
		return text[1:]
	}
	return text
}
