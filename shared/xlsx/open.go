package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits bound what reading a workbook may cost, whatever it claims of itself.
type Limits struct {
	Unpacked int64 // bytes of XML, over all parts that are read
	Strings  int64 // bytes of XML of the shared strings, which are kept in memory
}

// Book is an open workbook. It is not for several goroutines.
type Book struct {
	parts  map[string]*zip.File // by name in small letters
	sheets []sheetPart
	texts  string // parts; "" when there is none
	styles string
	shared []string
	loaded bool
	left   int64
	limits Limits
	styled []Format
}

type sheetPart struct {
	name   string
	part   string
	hidden bool
}

// mostParts is far more than any workbook of tables has.
const mostParts = 2000

// Open reads what a workbook says of itself. Errors: ErrNotWorkbook,
// ErrOldFormat, ErrEncrypted, ErrMacros, ErrDamaged, ErrTooLarge.
func Open(data []byte, limits Limits) (*Book, error) {
	if bytes.HasPrefix(data, compoundFile) {
		return nil, compoundFault(data)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, ErrNotWorkbook
	}
	if len(archive.File) > mostParts {
		return nil, ErrTooLarge
	}
	b := &Book{parts: make(map[string]*zip.File, len(archive.File)), left: limits.Unpacked, limits: limits}
	for _, f := range archive.File {
		name := partName(f.Name)
		if path.Base(name) == "vbaproject.bin" {
			return nil, ErrMacros
		}
		b.parts[name] = f
	}
	if err := b.openWorkbook(); err != nil {
		return nil, err
	}
	if b.styles != "" {
		if b.styled, err = b.readFormats(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// compoundFile begins a file of the Compound File Binary format ([MS-CFB]):
// old workbooks, and new ones once encrypted ([MS-OFFCRYPTO]).
var compoundFile = []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")

func compoundFault(data []byte) error {
	var name []byte // of the stream, in UTF-16LE, as directories write names
	for _, c := range []byte("EncryptedPackage") {
		name = append(name, c, 0)
	}
	if bytes.Contains(data, name) {
		return ErrEncrypted
	}
	return ErrOldFormat
}

// partName makes the names of parts comparable: they are told apart without
// regard to case (ISO/IEC 29500-2), and some writers use the other slash.
func partName(name string) string {
	return strings.TrimPrefix(path.Clean(strings.ToLower(strings.ReplaceAll(name, `\`, "/"))), "/")
}

// openWorkbook follows the relations from the package to the workbook, and
// from there to sheets, strings and styles.
func (b *Book) openWorkbook() error {
	root, err := b.relations("")
	if err != nil {
		return err
	}
	var book string
	for _, r := range root {
		if r.is("officeDocument") {
			book = r.target
		}
	}
	if b.parts[book] == nil || path.Ext(book) != ".xml" {
		return ErrNotWorkbook
	}
	relations, err := b.relations(book)
	if err != nil {
		return err
	}
	for _, r := range relations {
		switch {
		case r.is("sharedStrings"):
			b.texts = r.target
		case r.is("styles"):
			b.styles = r.target
		}
	}
	err = b.each(book, func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "sheet" {
			return nil
		}
		// Chart sheets are relations of another type.
		if r, ok := relations[attr(e, "id")]; ok && r.is("worksheet") && b.parts[r.target] != nil {
			state := attr(e, "state")
			b.sheets = append(b.sheets, sheetPart{attr(e, "name"), r.target, state == "hidden" || state == "veryHidden"})
		}
		return nil
	})
	if err == nil && len(b.sheets) == 0 {
		err = ErrNotWorkbook
	}
	return err
}

type relation struct{ kind, target string }

// is compares the last word of a type: its address differs between the
// transitional and the strict variant.
func (r relation) is(kind string) bool { return strings.HasSuffix(r.kind, "/"+kind) }

// relations of a part, by identifier; of the package for "". None is no error.
func (b *Book) relations(part string) (map[string]relation, error) {
	folder, base := path.Split(part)
	found := map[string]relation{}
	name := folder + "_rels/" + base + ".rels"
	if b.parts[name] == nil {
		return found, nil
	}
	err := b.each(name, func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = folder + target
		}
		found[attr(e, "Id")] = relation{attr(e, "Type"), partName(target)}
		return nil
	})
	return found, err
}

// each calls visit for every element that begins, in order.
func (b *Book) each(part string, visit func(*xml.Decoder, xml.StartElement) error) error {
	return b.decode(part, b.limits.Unpacked, func(d *xml.Decoder) error {
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if e, ok := token.(xml.StartElement); ok {
				if err := visit(d, e); err != nil {
					return err
				}
			}
		}
	})
}

// decode unpacks a part, at most so many bytes of it, while read reads it.
// What read meets is ErrDamaged unless it says otherwise.
func (b *Book) decode(part string, most int64, read func(*xml.Decoder) error) error {
	file := b.parts[part]
	if file == nil {
		return fmt.Errorf("%w: a part is missing", ErrDamaged)
	}
	if file.Flags&1 != 0 {
		return ErrEncrypted
	}
	open, err := file.Open()
	if err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	defer open.Close()
	err = read(xml.NewDecoder(&metered{from: open, book: b, most: most}))
	var given *stopped
	switch {
	case err == nil, errors.Is(err, ErrTooLarge), errors.Is(err, ErrDamaged):
		return err
	case errors.As(err, &given):
		return given.reason
	}
	return fmt.Errorf("%w: %v", ErrDamaged, err)
}

// stopped carries the error with which a caller ended the reading.
type stopped struct{ reason error }

func (s *stopped) Error() string { return s.reason.Error() }

// metered counts what is unpacked against the book's limits.
type metered struct {
	from io.Reader
	book *Book
	most int64 // of this part
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.book.left -= int64(n)
	m.most -= int64(n)
	if m.book.left < 0 || m.most < 0 {
		return n, ErrTooLarge
	}
	return n, err
}

// attr is an attribute's value, whatever its namespace; "" when absent.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
