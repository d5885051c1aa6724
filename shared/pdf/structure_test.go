package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestStructure(t *testing.T) {
	good := onePage().finish()
	xref := bytes.LastIndex(good, []byte("xref\n0 1"))
	pages := func(kids string) []byte {
		return onePage().object(2, "<< /Type /Pages /Count 9 /Kids "+kids+" >>").finish()
	}
	tests := map[string]struct {
		data []byte
		want string
	}{
		"a wrong startxref":                        {bytes.Replace(good, []byte("startxref\n"), []byte("startxref\n9"), 1), "ok"},
		"a table full of wrong offsets":            {bytes.ReplaceAll(good, []byte("00000 n"), []byte("00009 n")), "ok"},
		"no table and no trailer":                  {good[:xref], "ok"},
		"an object cut short at the end":           {good[:bytes.LastIndex(good, []byte("\nendstream"))], Damaged + " " + cutShort},
		"a dictionary cut short at the end":        {append(good[:xref:xref], "5 0 obj << /A [ 1 2"...), Damaged + " " + cutShort},
		"a keyword cut short at the end":           {append(good[:xref:xref], "5 0 obj"...), Damaged + " " + cutShort},
		"an open dictionary, a trailer after it":   {append(good[:xref:xref], "5 0 obj << /A [ 1 2 \ntrailer << /Root 1 0 R >>"...), Damaged + " " + garbledObject},
		"a catalogue without pages":                {bytes.Replace(good, []byte("/Pages 2"), []byte("/Leafs 2"), 1), Damaged + " " + noPageTree},
		"pages that are not there":                 {bytes.Replace(good, []byte("/Pages 2"), []byte("/Pages 8"), 1), Damaged + " " + noPageTree},
		"pages that refer to themselves":           {onePage().object(2, "2 0 R").finish(), Damaged + " " + noPageTree},
		"a trailer to nowhere, a catalogue":        {onePage().finishWith("/Root 77 0 R"), "ok"},
		"a catalogue spelt out in the trailer":     {onePage().finishWith("/Root << /Pages 2 0 R >>"), "ok"},
		"an older catalogue with pages":            {update(good, "9 0 obj << /Type /Catalog >> endobj trailer << /Root 9 0 R >>"), "ok"},
		"no catalogue, even unnamed":               {[]byte("%PDF-1.4\n1 0 obj\n<< /Type /Font >>\nendobj\n%%EOF"), Damaged + " " + noCatalogue},
		"no kid":                                   {pages("[]"), NoPages},
		"no kids":                                  {onePage().object(2, "<< /Type /Pages /Count 1 >>").finish(), NoPages},
		"a kid deleted by null":                    {pages("[null 9 0 R] >> endobj 9 0 obj null endobj 8 0 obj <<"), NoPages},
		"a kid that is not there":                  {pages("[3 0 R 8 0 R]"), Damaged + " " + missingPage},
		"a kid that is a number":                   {pages("[3 0 R 5]"), Damaged + " " + missingPage},
		"a tree that contains itself":              {pages("[2 0 R]"), NoPages},
		"an object whose stream is never closed":   {onePage().raw("5 0 obj << >> stream\nabc").finish(), "ok"},
		"stream data that says endstream":          {onePage().stream(5, "", "endstream endobj 3 0 obj null endobj").finish(), "ok"},
		"stream data that looks like a dictionary": {onePage().stream(5, "", "3 0 obj null endobj").finish(), "ok"},
		"objects without white space":              {[]byte("%PDF-1.4 1 0obj<</Pages 2 0R>>endobj 2 0obj<</Kids[<<>>]>>endobj trailer<</Root 1 0R>>"), "ok"},
		"carriage returns only":                    {[]byte("%PDF-1.4\r1 0 obj\r<</Pages 2 0 R>>\rendobj\r2 0 obj\r<</Kids[<<>>]>>\rendobj\rtrailer\r<</Root 1 0 R>>"), "ok"},
		"comments between all tokens":              {[]byte("%PDF-1.4\n1 0 obj%\n<<%\n/Pages%\n2%\n0%\nR%\n>>endobj 2 0 obj<</Kids[<<>>]>>endobj trailer%\n<</Root 1 0 R>>"), "ok"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { expect(t, test.data, test.want) })
	}
}

// Each reader repairs such an object in its own way.
func TestMalformedObjectsAreRefused(t *testing.T) {
	tests := map[string]string{
		"a string that is not hexadecimal":   "<< /A <4! /S /JavaScript> >>",
		"a key without a value":              "<< /A 1 /B >> /S /JavaScript >>",
		"a key that is no name":              "<< 1 /A >>",
		"one value too many":                 "<< /A 1 2 >>",
		"a word that means nothing":          "<< /A B >>",
		"a word that belongs outside":        "[ endobj ]",
		"a bracket closed by another":        "[ >> ]",
		"a dictionary closed by a bracket":   "<< /A ] >>",
		"a parenthesis that closes nothing":  "[ (a)) ]",
		"an open array":                      "[",
		"an open string":                     "( ",
		"an open stream dictionary":          "<< /N 2 /First 10 (/Length 2 >>\nstream\n12\nendstream",
		"a nested stream dictionary":         "<< /A << /N 2 /First 10 /Length 2 >>\nstream\n12\nendstream >>",
		"a stream dictionary closed early":   "<< /A 1 >> /Length 2 >>\nstream\n12\nendstream",
		"a word between dictionary and data": "<< /Length 2 >> word\nstream\n12\nendstream",
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			expect(t, onePage().object(5, body).finish(), Damaged+" "+garbledObject)
		})
	}
	t.Run("in a trailer", func(t *testing.T) {
		expect(t, onePage().finishWith("/Root 1 0 R /ID [<!>]"), Damaged+" "+garbledObject)
	})
	t.Run("but not the word obj in a picture", func(t *testing.T) {
		expect(t, onePage().stream(5, "", "obj [ << /A <4!> \n obj(").finish(), "ok")
	})
}

func TestPagesAreCountedNotBelieved(t *testing.T) {
	tests := map[string]struct {
		body string
		want int
	}{
		"a wrong count":              {"2 0 obj << /Kids [3 0 R 3 0 R] /Count -4 >> endobj", 2},
		"a deep tree":                {"2 0 obj << /Kids [5 0 R 3 0 R] >> endobj 5 0 obj << /Kids [6 0 R] >> endobj 6 0 obj << /Kids [3 0 R << /Type /Page >>] >> endobj", 3},
		"a cycle beside a page":      {"2 0 obj << /Kids [3 0 R 5 0 R] >> endobj 5 0 obj << /Kids [2 0 R 5 0 R] >> endobj", 1},
		"a kid deleted by null":      {"2 0 obj << /Kids [null 3 0 R] >> endobj", 1},
		"kids in their own object":   {"2 0 obj << /Kids 5 0 R >> endobj 5 0 obj [3 0 R 3 0 R] endobj", 2},
		"a reference to a reference": {"2 0 obj << /Kids [5 0 R] >> endobj 5 0 obj 3 0 R endobj", 1},
		"the last definition counts": {"2 0 obj << /Kids [3 0 R] >> endobj 2 0 obj << /Kids [3 0 R 3 0 R 3 0 R] >> endobj", 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Check(update(onePage().finish(), test.body))
			if err != nil || got.Pages != test.want {
				t.Errorf("%d pages, %v; want %d", got.Pages, err, test.want)
			}
		})
	}
}

// The offsets in these files are right, so that any reader opens them.
func TestCrossReferenceStreamsAndHybrids(t *testing.T) {
	t.Run("a document in object streams", func(t *testing.T) {
		d := &document{offsets: map[int]int{}}
		d.raw("%PDF-1.5\n").objectStream(5,
			packed{1, "<< /Type /Catalog /Pages 2 0 R >>"},
			packed{2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
			packed{3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"})
		start := d.Len()
		rows := fmt.Sprintf("\x00\x00\x00\xff\x02\x00\x05\x00\x02\x00\x05\x01\x02\x00\x05\x02\x00\x00\x00\xff\x01%c%c\x00\x01%c%c\x00",
			0, d.offsets[5], start>>8, start&0xff)
		d.stream(6, "/Type /XRef /W [1 2 1] /Size 7 /Root 1 0 R", rows)
		fmt.Fprintf(d, "startxref\n%d\n%%%%EOF\n", start)
		expect(t, d.Bytes(), "ok")
	})
	t.Run("a hybrid hides objects from old readers", func(t *testing.T) {
		d := onePage().objectStream(5, packed{6, "<< /Type /OCG /Name (plan) >>"})
		d.stream(7, "/Type /XRef /W [1 2 1] /Size 8 /Index [6 1]", "\x02\x00\x05\x00")
		expect(t, d.finishWith(fmt.Sprintf("/Root 1 0 R /XRefStm %d", d.offsets[7])), "ok")
	})
	t.Run("a hybrid hides a script from old readers", func(t *testing.T) {
		d := onePage().objectStream(5, packed{6, action})
		d.stream(7, "/Type /XRef /W [1 2 1] /Size 8 /Index [6 1]", "\x02\x00\x05\x00")
		expect(t, d.finishWith(fmt.Sprintf("/Root 1 0 R /XRefStm %d", d.offsets[7])), refusedScript)
	})
}

// Neither a bomb nor a tangle may take long: were one read in quadratic time, this
// test would not end.
func TestCostIsBounded(t *testing.T) {
	fill := func(unit string) []byte {
		const room = 1 << 18
		return []byte("%PDF-1.4\n" + strings.Repeat(unit, room/len(unit)))
	}
	objects := func(n int, body string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%d 0 obj%s", i+9, body)
		}
		return b.String()
	}
	zeros := deflate(strings.Repeat("\x00", 5<<20))
	ones := deflate(strings.Repeat("1 ", 1<<20))
	tests := map[string]struct {
		data []byte
		want string
	}{
		"open arrays":                    {fill("["), "pdf_damaged no_catalogue"},
		"one object of open arrays":      {append([]byte("%PDF-1.4\n1 0 obj"), fill("[")...), "pdf_damaged too_complex"},
		"one object of open dicts":       {append([]byte("%PDF-1.4\n1 0 obj"), fill("<</A")...), "pdf_damaged too_complex"},
		"objects in unclosed strings":    {fill("1 0 obj(("), "pdf_damaged too_complex"},
		"objects in unclosed dicts":      {fill("1 0 obj<</A"), "pdf_damaged too_complex"},
		"objects in comments":            {fill("1 0 obj%"), "pdf_damaged too_complex"},
		"objects in hexadecimal strings": {fill("1 0 obj<"), "pdf_damaged too_complex"},
		"objects before blanks":          {fill("1 0 obj" + strings.Repeat(" ", 9000)), "pdf_damaged cut_short"},
		"streams never closed":           {fill("1 0 obj<</A 1>>stream\n"), "pdf_damaged cut_short"},
		"object streams never closed":    {fill("1 0 obj<</First 1>>stream\n"), "pdf_damaged object_stream"},
		"trailers":                       {fill("trailer<</Root 1 0 R>>"), "pdf_damaged no_catalogue"},
		"trailers in unclosed dicts":     {fill("trailer<<"), "pdf_damaged too_complex"},
		"too many numbers":               {[]byte("%PDF-1.4\n1 0 obj[" + strings.Repeat("1 ", maxValues+1)), "pdf_damaged too_complex"},
		"scripts without a type":         {onePage().object(5, "<<"+strings.Repeat("/JS 1 0 R", 30_000)+">>").finish(), "ok"},
		"signatures without content":     {onePage().object(5, "<<"+strings.Repeat("/ByteRange[]", 30_000)+">>").finish(), "ok"},
		"references to references":       {[]byte("%PDF-1.4\n" + objects(9000, " 9 0 R ") + "trailer<</Root 9 0 R>>"), "pdf_damaged no_catalogue"},
		"a page named very often":        {onePage().object(2, "<</Kids["+strings.Repeat("3 0 R ", 20_000)+"]>>").finish(), "ok"},
		"a bomb":                         {onePage().stream(9, "/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zeros).finish(), "pdf_damaged too_complex"},
		"a bomb in a bomb":               {onePage().stream(9, "/Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]", deflate(zeros)).finish(), "pdf_damaged too_complex"},
		"a bomb in a picture":            {onePage().stream(9, "/Subtype/Image/Filter/FlateDecode", zeros).finish(), "ok"},
		"a header of a million places":   {onePage().stream(9, "/N 500000/First 2000000/Filter/FlateDecode", ones).finish(), "pdf_damaged too_complex"},
		"a predictor with endless rows": {onePage().stream(9, "/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 12/Colors 32/BitsPerComponent 16/Columns 1048576>>",
			deflate("\x001 0 2 ")).finish(), "ok"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			expect(t, test.data, test.want)
		})
	}
}
