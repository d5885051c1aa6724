package xlsx

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// Format is what the number format of a cell tells of the number in it.
type Format struct {
	Date  bool // the program shows a day or a time: the number counts days
	Zeros int  // digits shown at least, zeros in front included, when it shows nothing but digits
}

// readFormats reads the number format of each cell style (cellXfs).
func (b *Book) readFormats() ([]Format, error) {
	custom := map[int]Format{}
	var formats []Format
	cells := false
	err := b.each(b.styles, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(attr(e, "numFmtId")); err == nil {
				custom[id] = formatOf(attr(e, "formatCode"))
			}
		case "cellXfs":
			cells = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			cells = false
		case "xf":
			if !cells {
				return nil
			}
			id, _ := strconv.Atoi(attr(e, "numFmtId"))
			format, ok := custom[id]
			if !ok {
				format = builtIn(id)
			}
			formats = append(formats, format)
		}
		return nil
	})
	return formats, err
}

func (b *Book) format(style string) Format {
	if style == "" {
		return Format{}
	}
	at, err := strconv.Atoi(style)
	if err != nil || at < 0 || at >= len(b.styled) {
		return Format{}
	}
	return b.styled[at]
}

// builtIn are the formats that have a number only (ISO/IEC 29500-1, 18.8.30),
// those of East Asian languages included.
func builtIn(id int) Format {
	switch {
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id >= 45 && id <= 47, id >= 50 && id <= 58:
		return Format{Date: true}
	}
	return Format{}
}

// formatOf reads a format code (ISO/IEC 29500-1, 18.8.31), the section for
// positive numbers of it.
func formatOf(code string) Format {
	var shown strings.Builder // the code without literals
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			i = len(code)
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				i = len(code)
				break
			}
			i += end + 1
		case '\\', '_', '*': // the next character is shown, left blank or repeated
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				i = len(code)
				break
			}
			switch strings.ToLower(code[i+1 : i+end]) {
			case "h", "hh", "m", "mm", "s", "ss": // elapsed time
				return Format{Date: true}
			}
			i += end
		default:
			shown.WriteByte(c)
		}
	}
	text := strings.ToLower(shown.String())
	if text == "general" {
		return Format{}
	}
	if strings.ContainsAny(text, "dmyhs") {
		return Format{Date: true}
	}
	digits := strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), "-", "")
	if digits != "" && strings.Trim(digits, "0") == "" {
		return Format{Zeros: len(digits)}
	}
	return Format{}
}
