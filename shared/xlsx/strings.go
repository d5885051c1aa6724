package xlsx

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// loadStrings reads the strings that cells share, once.
func (b *Book) loadStrings() error {
	if b.loaded || b.texts == "" || b.parts[b.texts] == nil {
		return nil
	}
	var one strings.Builder
	err := b.decode(b.texts, b.limits.Strings, func(d *xml.Decoder) error {
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "si" {
				one.Reset()
				if err := richText(d, &one); err != nil {
					return err
				}
				b.shared = append(b.shared, unescape(one.String()))
			}
		}
	})
	b.loaded = err == nil
	return err
}

// richText adds the text of a string item, up to the end of its element: one
// text or several runs, without the pronunciation of East Asian texts.
func richText(d *xml.Decoder, into *strings.Builder) error {
	for depth, inText := 1, false; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "rPh" {
				if err := d.Skip(); err != nil {
					return err
				}
				continue
			}
			depth++
			inText = e.Name.Local == "t"
		case xml.EndElement:
			depth--
			inText = false
		case xml.CharData:
			if inText {
				into.Write(e)
			}
		}
	}
	return nil
}

// unescape reads _x000D_, as workbooks write characters that XML has no place
// for (the type ST_Xstring, ISO/IEC 29500-1, 22.9.2.19).
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	var units []uint16
	for len(text) > 0 {
		if unit, ok := escaped(text); ok {
			units = append(units, unit)
			text = text[len("_x000D_"):]
			continue
		}
		b.WriteString(string(utf16.Decode(units)))
		units = units[:0]
		b.WriteByte(text[0])
		text = text[1:]
	}
	b.WriteString(string(utf16.Decode(units)))
	return b.String()
}

func escaped(text string) (uint16, bool) {
	if len(text) < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	unit, err := strconv.ParseUint(text[2:6], 16, 16)
	return uint16(unit), err == nil
}
