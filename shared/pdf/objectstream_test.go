package pdf

import (
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// unreadable is the verdict on an object stream that readers may differ on.
const unreadable = Damaged + " " + badObjectStream

func hexed(s string) string { return hex.EncodeToString([]byte(s)) + ">" }

func based85(s string) string {
	encoded := make([]byte, ascii85.MaxEncodedLen(len(s)))
	return string(encoded[:ascii85.Encode(encoded, []byte(s))]) + "~>"
}

// rowsUp applies the PNG predictor Up to rows of so many columns.
func rowsUp(s string, columns int) string {
	var b strings.Builder
	for i := range len(s) {
		if i%columns == 0 {
			b.WriteByte(rowUp)
		}
		above := byte(0)
		if i >= columns {
			above = s[i-columns]
		}
		b.WriteByte(s[i] - above)
	}
	return b.String()
}

func TestObjectStreamsAreUnpackedWhateverTheirFilter(t *testing.T) {
	tests := map[string]struct {
		entries string
		encode  func(string) string
	}{
		"none":                      {"", func(s string) string { return s }},
		"a null filter":             {"/Filter null /DecodeParms null", func(s string) string { return s }},
		"no filter in an array":     {"/Filter []", func(s string) string { return s }},
		"Flate":                     {"/Filter /FlateDecode", deflate},
		"Flate in an array":         {"/Filter [/FlateDecode]", deflate},
		"Flate abbreviated":         {"/Filter /Fl", deflate},
		"Flate under a short key":   {"/F /FlateDecode", deflate},
		"Flate escaped":             {"/Filter /Flat#65Decode", deflate},
		"Flate in its own object":   {"/Filter 20 0 R", deflate},
		"Flate behind references":   {"/Filter 21 0 R", deflate},
		"Flate in an indirect list": {"/Filter 22 0 R", deflate},
		"hexadecimal":               {"/Filter /ASCIIHexDecode", hexed},
		"hexadecimal Flate":         {"/Filter [/AHx /Fl]", func(s string) string { return hexed(deflate(s)) }},
		"base 85 Flate":             {"/Filter [/ASCII85Decode /FlateDecode]", func(s string) string { return based85(deflate(s)) }},
		"Flate twice":               {"/Filter [/FlateDecode /FlateDecode]", func(s string) string { return deflate(deflate(s)) }},
		"predictor none":            {"/Filter /FlateDecode /DecodeParms << /Predictor 1 >>", deflate},
		"predictor Up": {"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 5 >>",
			func(s string) string { return deflate(rowsUp(s, 5)) }},
		"predictor with parameters elsewhere": {"/Filter /FlateDecode /DecodeParms 23 0 R",
			func(s string) string { return deflate(rowsUp(s, 5)) }},
		"predictor in a list": {"/Filter [/AHx /Fl] /DecodeParms [null << /Predictor 15 /Columns 5 >>]",
			func(s string) string { return hexed(deflate(rowsUp(s, 5))) }},
		"predictor under a short key": {"/Filter /Fl /DP << /Predictor 12 /Columns 5 >>",
			func(s string) string { return deflate(rowsUp(s, 5)) }},
	}
	build := func(entries string, encode func(string) string, body string) []byte {
		header, content := pack(packed{30, "[1 2]"}, packed{31, body}, packed{32, "12"})
		d := onePage().object(20, "/FlateDecode").object(21, "20 0 R").object(22, "[20 0 R]")
		d.object(23, "<< /Predictor 12 /Columns 24 0 R >>").object(24, "5")
		d.stream(9, fmt.Sprintf("/Type /ObjStm /N 3 /First %d %s", len(header), entries), encode(header+content))
		return d.finish()
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			expect(t, build(test.entries, test.encode, "<< /A (/S /JavaScript) >>"), "ok")
			expect(t, build(test.entries, test.encode, action), refusedScript)
		})
	}
}

func TestObjectStreamsThatReadersMayDifferOnAreRefused(t *testing.T) {
	body := "<< /A 1 >> "
	header := "30 0 "
	stream := func(entries, data string) []byte { return onePage().stream(9, entries, data).finish() }
	plain := "/Type /ObjStm /N 1 /First 5 "
	flate := plain + "/Filter /FlateDecode "
	good := deflate(header + body)
	tests := map[string][]byte{
		"a filter for pictures":              stream(plain+"/Filter /DCTDecode", header+body),
		"a filter that is no name":           stream(plain+"/Filter (FlateDecode)", good),
		"an encrypting filter":               stream(plain+"/Filter [/Crypt /FlateDecode]", good),
		"too many filters":                   stream(plain+"/Filter ["+strings.Repeat("/FlateDecode ", 9)+"]", good),
		"two filters under two keys":         stream(flate+"/F /ASCIIHexDecode", good),
		"two filters under one key":          stream(flate+"/Filter /ASCIIHexDecode", good),
		"two filters, one escaped":           stream(flate+"/#46ilter /ASCIIHexDecode", good),
		"a filter defined twice":             update(onePage().object(20, "/FlateDecode").stream(9, plain+"/Filter 20 0 R", good).finish(), "20 0 obj /AHx endobj"),
		"a filter redefined by objects":      onePage().object(20, "/FlateDecode").stream(9, plain+"/Filter 20 0 R", good).objectStream(10, packed{20, "/AHx"}).finish(),
		"a filter not defined":               stream(plain+"/Filter 20 0 R", good),
		"a filter that refers to itself":     onePage().object(20, "20 0 R").stream(9, plain+"/Filter 20 0 R", good).finish(),
		"a listed filter not defined":        stream(plain+"/Filter [20 0 R]", good),
		"parameters not defined":             stream(flate+"/DecodeParms 20 0 R", good),
		"listed parameters not defined":      stream(plain+"/Filter [/Fl] /DecodeParms [20 0 R]", good),
		"parameters in a list, no list":      stream(flate+"/DecodeParms [<< /Predictor 12 >>]", good),
		"a list, parameters in none":         stream(plain+"/Filter [/Fl] /DecodeParms << /Predictor 12 >>", good),
		"parameters that are none":           stream(flate+"/DecodeParms 12", good),
		"a parameter twice":                  stream(flate+"/DecodeParms << /Predictor 1 /Predictor 12 >>", good),
		"a predictor for pictures":           stream(flate+"/DecodeParms << /Predictor 2 >>", good),
		"a predictor that is none":           stream(flate+"/DecodeParms << /Predictor 99 >>", good),
		"a row type that is none":            stream(flate+"/DecodeParms << /Predictor 12 /Columns 200 >>", deflate("\x05"+header+body)),
		"no columns":                         stream(flate+"/DecodeParms << /Predictor 12 /Columns 0 >>", good),
		"Flate that is none":                 stream(flate, header+body),
		"Flate without its header":           stream(flate, good[2:]),
		"Flate cut short":                    stream(flate, good[:len(good)-9]),
		"hexadecimal with other letters":     stream(plain+"/Filter /AHx", "3x"+hexed(header+body)),
		"base 85 with other letters":         stream(plain+"/Filter /A85", "\x7f\x7f"+based85(header+body)),
		"a length that is too short":         onePage().object(9, fmt.Sprintf("<< %s /Length 3 >>\nstream\n%s\nendstream", plain, header+body)).finish(),
		"a length that is too long":          onePage().object(9, fmt.Sprintf("<< %s /Length 99 >>\nstream\n%s\nendstream", plain, header+body)).finish(),
		"a length that is enormous":          onePage().object(9, fmt.Sprintf("<< %s /Length 9223372036854775807 >>\nstream\n%s\nendstream", plain, header+body)).finish(),
		"a negative length":                  onePage().object(9, fmt.Sprintf("<< %s /Length -1 >>\nstream\n%s\nendstream", plain, header+body)).finish(),
		"no length":                          onePage().object(9, fmt.Sprintf("<< %s >>\nstream\n%s\nendstream", plain, header+body)).finish(),
		"two lengths":                        stream(plain+"/Length 2", header+body),
		"endstream in the data":              stream(plain, header+"(endstream)"),
		"no end of line after stream":        onePage().object(9, fmt.Sprintf("<< %s /Length 16 >>\nstream %s\nendstream", plain, header+body)).finish(),
		"a carriage return after stream":     onePage().object(9, fmt.Sprintf("<< %s /Length 16 >>\nstream\r%s\nendstream", plain, header+body)).finish(),
		"no first":                           stream("/Type /ObjStm /N 1", header+body),
		"no number":                          stream("/Type /ObjStm /First 5", header+body),
		"no type and no number":              stream("/First 5", header+body),
		"first beyond the end":               stream("/Type /ObjStm /N 1 /First 50", header+body),
		"a negative first":                   stream("/Type /ObjStm /N 0 /First -5", header+body),
		"more objects than places":           stream("/Type /ObjStm /N 2 /First 5", header+body),
		"places that are no numbers":         stream(plain, "30 A "+body),
		"a place before the first":           stream(plain, "30 -1"+body),
		"a place beyond the end":             stream(plain, "30 99"+body),
		"a place inside a value":             stream(plain, "30 1 "+body),
		"a place inside a comment":           stream(plain, "30 2 %  << /S /JavaScript >>\n 1"),
		"a value cut short":                  stream(plain, header+"<< /A 1"),
		"a string cut short":                 stream(plain, header+"(abc"),
		"a value out of step":                stream(plain, header+"<< 1 /A 1 >>"),
		"a stream that is never closed":      append(onePage().finish(), "9 0 obj << /Type /ObjStm /N 1 /First 5 /Length 9 >>\nstream\n30 0 << >>"...),
		"a stream hidden in another stream":  stream("", "8 0 obj << /Type /ObjStm >>\nstream\nendobj"),
		"a superseded stream":                update(stream(plain, "30 9 "), "9 0 obj null endobj"),
		"a number of objects defined twice":  update(onePage().object(20, "1").stream(9, "/N 20 0 R /First 5", header+body).finish(), "20 0 obj 0 endobj"),
		"a number redefined inside a stream": onePage().object(20, "1").stream(9, "/N 20 0 R /First 5", header+body).stream(10, "", "20 0 obj 0 endobj").finish(),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) { expect(t, data, unreadable) })
	}
}

func TestOddButCertainObjectStreamsPass(t *testing.T) {
	stream := func(entries, data string) []byte { return onePage().stream(9, entries, data).finish() }
	tests := map[string][]byte{
		"empty":                           stream("/Type /ObjStm /N 0 /First 0", ""),
		"places out of order":             stream("/N 2 /First 10", "30 4 31 0 [1] (two)"),
		"a place before white space":      stream("/N 2 /First 10", "30 0 31 3 [1]  (two)"),
		"a place before a comment":        stream("/N 2 /First 10", "30 0 31 3 [1]% note )\n (two)"),
		"two numbers for one value":       stream("/N 2 /First 10", "30 0 31 0 [1]"),
		"numbers one after the other":     stream("/N 3 /First 15", "30 0 31 3 32 5 10 0 7"),
		"a reference":                     stream("/N 1 /First 5", "30 0 3 0 R"),
		"an extension of another":         stream("/Type /ObjStm /N 1 /First 5 /Extends 8 0 R", "30 0 [1]"),
		"a length in its own object":      onePage().object(8, "10").object(9, "<< /N 1 /First 5 /Length 8 0 R >>\nstream\n30 0 [1 2]\nendstream").finish(),
		"a length without an end of line": onePage().object(9, "<< /N 1 /First 5 /Length 10 >>\nstream\r\n30 0 [1 2]endstream").finish(),
		"a filter checksum that is wrong": stream("/N 1 /First 5 /Filter /FlateDecode", deflate("30 0 [1 2]")[:18]+"\x00\x00\x00\x00"),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) { expect(t, data, "ok") })
	}
}

func TestScriptsInObjectStreamsAreFound(t *testing.T) {
	stream := func(entries, data string) []byte { return onePage().stream(9, entries, data).finish() }
	tests := map[string][]byte{
		"a stream without a type":      stream("/N 1 /First 5", "30 0 "+action),
		"a value between two places":   stream("/N 2 /First 11", "30 0 31 44 [1] "+action+" [2]"),
		"a value no place leads to":    stream("/N 1 /First 5", "30 0 [1] "+action),
		"a type in a stream":           stream("/N 1 /First 5", "30 0 /JavaScript"),
		"a value cut short":            stream("/N 1 /First 5", "30 0 << /S /JavaScript"),
		"a stream later superseded":    update(stream("/N 1 /First 5", "30 0 "+action), "9 0 obj null endobj"),
		"an object later superseded":   update(stream("/N 1 /First 5", "30 0 "+action), "30 0 obj null endobj"),
		"a stream in a later revision": update(onePage().finish(), "9 0 obj << /N 1 /First 5 /Length 44 >> stream\n30 0 "+action+"\nendstream endobj"),
		"a word before the stream":     onePage().raw("9 0 obj << /N 1 /First 5 /Length 44 >> >> word stream\n30 0 " + action + "\nendstream endobj\n").finish(),
		"a stream in another stream":   stream("", "8 0 obj << /N 1 /First 5 /Length 44 >> stream\n30 0 "+action+"\nendstream endobj"),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) { expect(t, data, refusedScript) })
	}
}

func TestTheLatestRevisionOfAPackedObjectCounts(t *testing.T) {
	pages := func(kids string) packed { return packed{2, "<< /Type /Pages /Kids [" + kids + "] >>"} }
	first := onePage().objectStream(8, pages("3 0 R 3 0 R")).finish()
	tests := map[string]struct {
		data []byte
		want int
	}{
		"packed later than plain": {first, 2},
		"plain later than packed": {update(first, "2 0 obj << /Kids [3 0 R 3 0 R 3 0 R] >> endobj"), 3},
		"packed twice":            {onePage().objectStream(8, pages("3 0 R 3 0 R")).objectStream(9, pages("3 0 R")).finish(), 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Check(test.data)
			if err != nil || got.Pages != test.want {
				t.Errorf("%d pages, %v; want %d", got.Pages, err, test.want)
			}
		})
	}
}
