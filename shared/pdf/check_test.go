package pdf

import (
	"bytes"
	"strings"
	"testing"
)

func TestSizeAndHeader(t *testing.T) {
	good := string(onePage().finish())
	tests := map[string]struct {
		data string
		want string
	}{
		"nothing":                             {"", Empty},
		"one byte too many":                   {good + strings.Repeat(" ", MaxBytes+1-len(good)), TooLarge},
		"just small enough":                   {good + strings.Repeat(" ", MaxBytes-len(good)), "ok"},
		"a picture":                           {"\xff\xd8\xff\xe0" + strings.Repeat("\x00\x10JFIF", 500), NotAPDF},
		"a zip archive":                       {"PK\x03\x04" + good[5:], NotAPDF},
		"blank":                               {" \n\n", NotAPDF},
		"a header alone":                      {"%PDF-1.7\n%%EOF\n", Damaged + " " + noCatalogue},
		"a mail header before the PDF header": {"From: scanner\n\n" + good, "ok"},
		"the header begins at byte 1023":      {strings.Repeat("x", 1023) + good, "ok"},
		"the header begins at byte 1024":      {strings.Repeat("x", 1024) + good, NotAPDF},
		"a header without a version":          {"%PDF-" + good[8:], "ok"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { expect(t, []byte(test.data), test.want) })
	}
}

func TestInfo(t *testing.T) {
	signature := "<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00> "
	tests := map[string]struct {
		data []byte
		want Info
	}{
		"one page": {onePage().finish(), Info{Pages: 1, Version: "1.7"}},
		"a later version in the catalogue": {
			onePage().object(1, "<< /Type /Catalog /Version /2.0 /Pages 2 0 R >>").finish(), Info{Pages: 1, Version: "2.0"},
		},
		"an earlier version in the catalogue": {
			onePage().object(1, "<< /Type /Catalog /Version /1.4 /Pages 2 0 R >>").finish(), Info{Pages: 1, Version: "1.7"},
		},
		"a version that is none": {
			bytes.Replace(onePage().finish(), []byte("%PDF-1.7"), []byte("%PDF-x.7"), 1), Info{Pages: 1},
		},
		"a signature":     {onePage().object(5, signature+">>").finish(), Info{Pages: 1, Version: "1.7", Signed: true}},
		"a signed update": {update(onePage().finish(), "5 0 obj "+signature+">> endobj"), Info{Pages: 1, Version: "1.7", Signed: true}},
		"an empty signature field": {
			onePage().object(5, "<< /FT /Sig /T (Signature1) /Subtype /Widget >>").finish(), Info{Pages: 1, Version: "1.7"},
		},
		"a document time-stamp": {
			onePage().object(5, strings.Replace(signature, "/Sig", "/DocTimeStamp", 1)+">>").finish(), Info{Pages: 1, Version: "1.7"},
		},
		"usage rights, which list verbs for embedded files": {
			onePage().object(5, signature+"/Reference [<< /TransformMethod /UR3 /TransformParams << /EF [/Create /Delete] /Form [/SubmitStandalone /Import] >> >>] >>").finish(),
			Info{Pages: 1, Version: "1.7"},
		},
		"a certifying signature": {
			onePage().object(5, signature+"/Reference [<< /TransformMethod /DocMDP >>] >>").finish(),
			Info{Pages: 1, Version: "1.7", Signed: true},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Check(test.data)
			if err != nil || got != test.want {
				t.Errorf("Check = %+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func TestEncryptionInAnyRevisionIsRefused(t *testing.T) {
	encrypt := "/Encrypt 9 0 R"
	tests := map[string][]byte{
		"in the trailer":            onePage().finishWith("/Root 1 0 R " + encrypt),
		"spelt with escapes":        onePage().finishWith("/Root 1 0 R /#45ncr#79pt 9 0 R"),
		"spelt out in the trailer":  onePage().finishWith("/Root 1 0 R /Encrypt << /Filter /Standard >>"),
		"in a superseded trailer":   update(onePage().finishWith("/Root 1 0 R "+encrypt), ""),
		"in a later trailer":        append(onePage().finish(), "trailer << /Root 1 0 R /Encrypt 9 0 R >>"...),
		"in a malformed trailer":    onePage().finishWith("/Root 1 0 R (odd) 7 " + encrypt),
		"in a trailer cut short":    append(onePage().finish(), "trailer << /Root 1 0 R /Encrypt 9 0 R"...),
		"in a stream":               onePage().stream(9, "/Type /XRef /W [1 2 1] /Root 1 0 R "+encrypt, "").finish(),
		"before active content":     onePage().object(9, action).finishWith("/Root 1 0 R " + encrypt),
		"before an odd object pack": onePage().stream(9, "/Type /ObjStm", "sealed").finishWith("/Root 1 0 R " + encrypt),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) { expect(t, data, Encrypted) })
	}
	t.Run("but not null", func(t *testing.T) { expect(t, onePage().finishWith("/Root 1 0 R /Encrypt null"), "ok") })
}

func TestFaultSaysWhy(t *testing.T) {
	fault := &Fault{Code: ActiveContent, Detail: Launch}
	if got := fault.Error(); got != "pdf refused: pdf_active_content (launch)" {
		t.Error(got)
	}
	if got := (&Fault{Code: Empty}).Error(); got != "pdf refused: pdf_empty" {
		t.Error(got)
	}
}
