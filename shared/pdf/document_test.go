package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// document builds a PDF by hand.
type document struct {
	bytes.Buffer
	offsets map[int]int
}

// onePage begins a document of one page: objects 1 to 4.
func onePage() *document {
	d := &document{offsets: map[int]int{}}
	d.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	d.object(1, "<< /Type /Catalog /Pages 2 0 R >>")
	d.object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	d.object(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>")
	return d.stream(4, "", "BT /F1 12 Tf (Facture) Tj ET")
}

func (d *document) raw(s string) *document {
	d.WriteString(s)
	return d
}

func (d *document) object(number int, body string) *document {
	d.offsets[number] = d.Len()
	fmt.Fprintf(d, "%d 0 obj\n%s\nendobj\n", number, body)
	return d
}

// stream writes a stream; entries go to its dictionary beside /Length.
func (d *document) stream(number int, entries, data string) *document {
	return d.object(number, fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(data), data))
}

// packed is an object in an object stream.
type packed struct {
	number int
	body   string
}

// objectStream packs objects with Flate.
func (d *document) objectStream(number int, objects ...packed) *document {
	header, content := pack(objects...)
	entries := fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", len(objects), len(header))
	return d.stream(number, entries, deflate(header+content))
}

// pack writes the header and the content of an object stream.
func pack(objects ...packed) (header, content string) {
	for _, o := range objects {
		header += fmt.Sprintf("%d %d ", o.number, len(content))
		content += o.body + "\n"
	}
	return header, content
}

// finish writes the cross-reference table and the trailer.
func (d *document) finish() []byte { return d.finishWith("/Root 1 0 R") }

func (d *document) finishWith(trailer string) []byte {
	start := d.Len()
	numbers := make([]int, 0, len(d.offsets))
	for n := range d.offsets {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	d.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, n := range numbers {
		fmt.Fprintf(d, "%d 1\n%010d 00000 n \n", n, d.offsets[n])
	}
	fmt.Fprintf(d, "trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n", len(numbers)+1, trailer, start)
	return slices.Clone(d.Bytes())
}

// update appends a revision to a finished file.
func update(file []byte, body string) []byte {
	return slices.Concat(file, []byte("\n"+body+"\nxref\n0 0\ntrailer\n<< /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n"))
}

func deflate(data string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(data)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// verdict is "ok" or code and detail of the fault.
func verdict(t testing.TB, data []byte) string {
	t.Helper()
	_, err := Check(data)
	if err == nil {
		return "ok"
	}
	fault, isFault := err.(*Fault)
	if !isFault {
		t.Fatalf("the error is a %T, want *Fault", err)
	}
	return strings.TrimSpace(fault.Code + " " + fault.Detail)
}

func expect(t *testing.T, data []byte, want string) {
	t.Helper()
	if got := verdict(t, data); got != want {
		t.Errorf("verdict %q, want %q", got, want)
	}
}

const action = "<< /S /JavaScript /JS (app.alert(1)) >>"

const refusedScript = ActiveContent + " " + JavaScript
