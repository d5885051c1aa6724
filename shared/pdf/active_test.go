package pdf

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestActiveContentIsRefused(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"a script when opened":           {"<< /Type /Catalog /Pages 2 0 R /OpenAction " + action + " >>", JavaScript},
		"a script on a page event":       {"<< /Type /Page /AA << /O " + action + " >> >>", JavaScript},
		"a script by name":               {"<< /Names << /JavaScript << /Names [(a) 9 0 R] >> >> >>", JavaScript},
		"a tree of scripts elsewhere":    {"<< /JavaScript 9 0 R >>", JavaScript},
		"a script in a chain":            {"<< /S /GoTo /D [3 0 R /Fit] /Next [<< /S /URI /URI (x) /Next " + action + " >>] >>", JavaScript},
		"a script in a rendition":        {"<< /S /Rendition /JS (app.alert(1)) >>", RichMedia},
		"a script kept in a stream":      {"<< /S 8 0 R /JS 9 0 R >>", JavaScript},
		"a script without its type":      {"<< /JS (app.alert(1)) >>", JavaScript},
		"a script of a 3D view":          {"<< /OnInstantiate 9 0 R >>", JavaScript},
		"a type in an object of its own": {"/JavaScript", JavaScript},
		"a second type":                  {"<< /S /URI /S /JavaScript >>", JavaScript},
		"an escaped name":                {"<< /S /J#61vaScript >>", JavaScript},
		"all of it escaped":              {"<< /#53 /#4a#61#76#61#53#63#72#69#70#74 >>", JavaScript},
		"an escape some readers accept":  {"<< /S /J#5HvaScript >>", JavaScript},
		"names without white space":      {"<</S/JavaScript/JS(x)>>", JavaScript},
		"blanks of one reader":           {"<< /S\xff/JavaScript\x80 >>", JavaScript},
		"a blank of one reader alone":    {"<< /S \xff /JavaScript >>", JavaScript},
		"a null behind the name":         {"<< /S /JavaScript#00s >>", JavaScript},
		"a comment in between":           {"<< /S % >>\n/JavaScript >>", JavaScript},
		"a null in between":              {"<< /S\x00/JavaScript\x00>>", JavaScript},
		"a dictionary out of step":       {"<< 7 /S /JavaScript >>", JavaScript},
		"a dictionary with a lost key":   {"<< /X /S /JavaScript >>", JavaScript},
		"a dictionary never closed":      {"<< /S /JavaScript", JavaScript},
		"an array never closed":          {"<< /X [ /S /JavaScript >>", JavaScript},
		"endobj inside":                  {"<< /X endobj /S /JavaScript >>", JavaScript},
		"stream inside":                  {"<< /X stream /S /JavaScript >>", JavaScript},
		"an obj inside":                  {"<< /X 1 0 obj /S /JavaScript >>", JavaScript},
		"a bracket that closes nothing":  {"<< ] /S /JavaScript >>", JavaScript},
		"deep inside":                    {strings.Repeat("<< /A [ ", 90) + action + strings.Repeat(" ] >>", 90), JavaScript},
		"a program":                      {"<< /S /Launch /F (cmd.exe) >>", Launch},
		"a program for Windows":          {"<< /S /Launch /Win << /F (cmd.exe) >> >>", Launch},
		"an attachment":                  {"<< /Type /Filespec /F (a.exe) /EF << /F 9 0 R >> >>", EmbeddedFile},
		"an attachment elsewhere":        {"<< /EF 9 0 R >>", EmbeddedFile},
		"a tree of attachments":          {"<< /EmbeddedFiles << /Names [(a) << /EF << /F 9 0 R >> >>] >> >>", EmbeddedFile},
		"a paper clip":                   {"<< /Type /Annot /Subtype /FileAttachment >>", EmbeddedFile},
		"a jump into an attachment":      {"<< /S /GoToE /T << /R /C >> >>", EmbeddedFile},
		"a jump to another file":         {`<< /S /GoToR /F (\\\\host\\share\\a.pdf) /D [0 /Fit] >>`, ExternalFile},
		"form data from a file":          {"<< /S /ImportData /F (a.fdf) >>", ExternalFile},
		"a form that is sent":            {"<< /S /SubmitForm /F << /FS /URL /F (https://example.org) >> >>", SubmitForm},
		"a film":                         {"<< /Type /Annot /Subtype /Movie >>", RichMedia},
		"a sound":                        {"<< /S /Sound /Sound 9 0 R >>", RichMedia},
		"Flash":                          {"<< /Type /Annot /Subtype /RichMedia /RichMediaContent 9 0 R >>", RichMedia},
		"the content of Flash":           {"<< /RichMediaContent 9 0 R >>", RichMedia},
		"a command to Flash":             {"<< /S /RichMediaExecute >>", RichMedia},
		"a screen":                       {"<< /Type /Annot /Subtype /Screen >>", RichMedia},
		"a model":                        {"<< /Type /Annot /Subtype /3D >>", RichMedia},
		"an XML form":                    {"<< /AcroForm << /XFA [(template) 9 0 R] >> >>", XFA},
		"an XML form in one stream":      {"<< /XFA 9 0 R >>", XFA},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			expect(t, onePage().object(5, test.body).finish(), ActiveContent+" "+test.want)
		})
	}
}

func TestActiveStreamsAreRefused(t *testing.T) {
	tests := map[string]struct{ entries, want string }{
		"an attachment":              {"/Type /EmbeddedFile", EmbeddedFile},
		"an attachment by subtype":   {"/Subtype /EmbeddedFile", EmbeddedFile},
		"data in another file":       {`/F (\\\\host\\share\\a)`, ExternalFile},
		"data in a file with a name": {"/F << /Type /Filespec /F (a) >>", ExternalFile},
		"data in a file elsewhere":   {"/F 9 0 R", ExternalFile},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			expect(t, onePage().stream(5, test.entries, "abc").finish(), ActiveContent+" "+test.want)
		})
	}
}

func TestActiveContentIsFoundWhereverItStands(t *testing.T) {
	good := onePage().finish()
	object := "9 0 obj " + action + " endobj"
	tests := map[string][]byte{
		"behind the end of the file":       append(onePage().finish(), object...),
		"before the first object":          []byte("%PDF-1.7\n" + object + string(good)),
		"before the header":                []byte(object + "\n" + string(good)),
		"in an object later superseded":    update(onePage().object(9, action).finish(), "9 0 obj null endobj"),
		"in a revision that frees it":      update(update(good, object), "xref 9 1 0000000000 00001 f"),
		"in a catalogue superseded":        update(update(good, "1 0 obj << /Pages 2 0 R /OpenAction "+action+" >> endobj"), "1 0 obj << /Pages 2 0 R >> endobj"),
		"in a trailer":                     onePage().finishWith("/Root << /Pages 2 0 R /OpenAction " + action + " >>"),
		"in the data of a stream":          onePage().stream(9, "", "8 0 obj "+action+" endobj").finish(),
		"in the data of a longer stream":   onePage().raw("9 0 obj << /Length 9999 >> stream\nendstream endobj " + object).finish(),
		"in a stream dictionary":           onePage().stream(9, "/OpenAction "+action, "").finish(),
		"in a comment, spelt out":          onePage().raw("% " + object + "\n").finish(),
		"in a string, spelt out":           onePage().raw("8 0 obj ( " + object + " ) endobj\n").finish(),
		"behind a string never closed":     onePage().raw("8 0 obj ( \n" + object).finish(),
		"behind a number broken by a note": onePage().raw("9 %\n 0 %\nobj " + action + " endobj\n").finish(),
		"behind a number that is too long": onePage().raw("99999999999999999999 0 obj " + action + " endobj\n").finish(),
		"behind a keyword with a number":   onePage().raw("9 0 obj5 obj " + action + " endobj\n").finish(),
		"behind a number with a point":     onePage().raw("9 0.obj " + action + " endobj\n").finish(),
		"between characters unknown":       onePage().raw("9\xa00\xa0obj\v" + action + " endobj\n").finish(),
		"without an end":                   append(onePage().finish(), "9 0 obj "+action...),
		"without white space":              append(onePage().finish(), "9 0obj"+action...),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) { expect(t, data, refusedScript) })
	}
}

func TestHarmlessContentPasses(t *testing.T) {
	tests := map[string]string{
		"a title":                         "<< /Title (JavaScript, /S /JavaScript, Launch and /EmbeddedFile for beginners) >>",
		"a title with parentheses":        `<< /Title (\) (nested) /S /JavaScript \( ) >>`,
		"a title in hexadecimal":          "<< /Title <2F53202F4A617661536372697074> >>",
		"a comment":                       "<< % /S /JavaScript\n /A 1 >>",
		"a longer name":                   "<< /S /JavaScripts /Subtype /Launcher >>",
		"another case":                    "<< /S /javascript >>",
		"an escape of another letter":     "<< /S /J#62vaScript >>",
		"a font called JS":                "<< /Font << /JS 9 0 R >> >>",
		"a style called JavaScript":       "<< /RoleMap << /JavaScript /P /Launch /P /EmbeddedFiles /P >> >>",
		"a blend called Screen":           "<< /BM /Screen >>",
		"attestation of a signature":      "<< /Legal << /JavaScriptActions 0 /LaunchActions 0 /EmbeddedFiles 0 >> >>",
		"an empty tree of attachments":    "<< /Names << /EmbeddedFiles << /Names [] >> >> >>",
		"no scripts":                      "<< /Names << /JavaScript null >> /XFA null >>",
		"a page to open at":               "<< /OpenAction [3 0 R /XYZ null null 0] >>",
		"a page to go to when opened":     "<< /OpenAction << /S /GoTo /D [3 0 R /Fit] >> >>",
		"a link":                          "<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://example.org) >> >>",
		"a named action":                  "<< /S /Named /N /NextPage >>",
		"a form that is cleared":          "<< /S /ResetForm >>",
		"a text field":                    "<< /FT /Tx /Subtype /Widget /V (Launch) /F 4 >>",
		"a sticky note":                   "<< /Type /Annot /Subtype /Text /Contents (/S /Launch) >>",
		"a name alone":                    "/DeviceRGB",
		"a colour space that is an array": "[/Indexed /DeviceRGB 1 <000000FFFFFF>]",
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) { expect(t, onePage().object(5, body).finish(), "ok") })
	}
	t.Run("a content stream that shows code", func(t *testing.T) {
		expect(t, onePage().stream(5, "", "BT (/S /JavaScript) Tj ET /S /JavaScript << /S /Launch /JS (x) >> BDC").finish(), "ok")
	})
	t.Run("an abbreviated filter", func(t *testing.T) {
		expect(t, onePage().stream(5, "/F /AHx", "2F53>").finish(), "ok")
	})
}

// Whatever it is wrapped in and however it is spelt, a script is found; the same
// wrapping around the same words in a string is accepted.
func TestScriptsAreFoundInAnyWrapping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blank := func() string {
			return rapid.SampledFrom([]string{" ", "\n", "\r\n", "\t", "\x00", "\f", " %(>>)\n", "  "}).Draw(t, "blank")
		}
		spell := func(name string) string {
			var b strings.Builder
			b.WriteByte('/')
			for _, c := range []byte(name) {
				if rapid.Bool().Draw(t, "escaped") {
					fmt.Fprintf(&b, rapid.SampledFrom([]string{"#%02x", "#%02X"}).Draw(t, "escape"), c)
				} else {
					b.WriteByte(c)
				}
			}
			return b.String()
		}
		script := "<<" + spell("S") + blank() + spell("JavaScript") + blank() + ">>"
		text := "(" + script + "\\))"
		for range rapid.IntRange(0, 6).Draw(t, "depth") {
			wrap := rapid.SampledFrom([]string{"[%s]", "<</K%s>>", "<</K [1 0 R %s]/L 2>>", "[(%%) %s null]", "<</A/B/K%s>>"}).Draw(t, "wrap")
			between := blank()
			script = fmt.Sprintf(wrap, between+script)
			text = fmt.Sprintf(wrap, between+text)
		}
		place := rapid.SampledFrom([]func(body string) []byte{
			func(body string) []byte { return onePage().object(5, body).finish() },
			func(body string) []byte { return update(onePage().finish(), "5 0 obj"+body+"endobj") },
			func(body string) []byte { return update(onePage().object(5, body).finish(), "5 0 obj null endobj") },
			func(body string) []byte { return onePage().objectStream(5, packed{6, "1"}, packed{7, body}).finish() },
			func(body string) []byte { return onePage().finishWith("/Root 1 0 R /X " + body) },
			func(body string) []byte { return onePage().stream(5, "/X "+body, "data").finish() },
		}).Draw(t, "place")
		if _, err := Check(place(text)); err != nil {
			t.Errorf("words in a string: %v\n%s", err, text)
		}
		_, err := Check(place(script))
		if fault, isFault := err.(*Fault); !isFault || fault.Detail != JavaScript {
			t.Errorf("script: %v\n%s", err, script)
		}
	})
}
