// Package pdf checks uploaded documents: a real PDF that can be read, is not
// encrypted and carries no active content ("header, parseable, no encryption, no
// active content: JavaScript, Launch, EmbeddedFile", the specification's list of
// what holds for every procedure). PDF is taken as in ISO 32000-1.
//
// The check does not follow the file's own index. A cross-reference may be
// damaged, differ between revisions or lead one reader where it does not lead
// another; so every place where an object can begin is read, in all revisions,
// reachable or not, and object streams are unpacked. What was once in the file
// and was superseded still refuses it. An object spelt out in full inside a
// stream, string or comment counts too, because a reader that rebuilds a broken
// index would take it for one; the mere word in a text does not.
//
// A broken index is tolerated, a broken object is not: each reader repairs it in
// its own way, so that a script may hide from one and run in another. The same
// holds for an object stream that two readers could unpack differently.
//
// The package keeps no state, and time and memory are bounded by a multiple of
// the file's size.
package pdf

import "strings"

// MaxBytes is the largest document accepted, 3 MiB.
const MaxBytes = 3 * 1024 * 1024

// headerWithin is how far into the file, in bytes, the header may begin (PDF
// Reference 1.7, Appendix H, note 13).
const headerWithin = 1024

// Info describes an accepted document.
type Info struct {
	// Pages is the number of pages in the page tree, at least 1.
	Pages int
	// Version is the version claimed by the header, or by the catalogue when it is
	// later, such as "1.7". Empty when the header has no readable version.
	Version string
	// Signed says that the file carries a digital signature (ISO 32000-1, 12.8),
	// whether valid or not. Empty signature fields, document time-stamps and usage
	// rights are no signatures.
	Signed bool
}

// Check says whether data is an acceptable document. The error is always a
// *Fault. Of several faults, encryption is named before active content and both
// before damage.
func Check(data []byte) (Info, error) {
	switch {
	case len(data) == 0:
		return Info{}, &Fault{Code: Empty}
	case len(data) > MaxBytes:
		return Info{}, &Fault{Code: TooLarge}
	}
	content := string(data)
	version, ok := headerVersion(content)
	if !ok {
		return Info{}, &Fault{Code: NotAPDF}
	}
	f := newFile(content)
	if fault := f.read(); fault != nil {
		return Info{}, fault
	}
	catalogue, fault := f.catalogue()
	if fault != nil {
		return Info{}, fault
	}
	pages, fault := f.countPages(catalogue)
	if fault != nil {
		return Info{}, fault
	}
	if named := f.resolve(catalogue.get("Version")); later(named.text, version) {
		version = named.text
	}
	return Info{Pages: pages, Version: version, Signed: f.found.signed}, nil
}

// read finds every object and says what is wrong with any of them.
func (f *file) read() *Fault {
	f.readTrailers()
	f.readBody()
	if f.found.encrypted {
		return &Fault{Code: Encrypted}
	}
	readable := f.unpackObjectStreams()
	switch {
	case f.found.active != "":
		return &Fault{Code: ActiveContent, Detail: f.found.active}
	case f.limits.exceeded:
		return &Fault{Code: Damaged, Detail: tooComplex}
	case !readable:
		return &Fault{Code: Damaged, Detail: badObjectStream}
	case f.cut:
		return &Fault{Code: Damaged, Detail: cutShort}
	case f.garbled:
		return &Fault{Code: Damaged, Detail: garbledObject}
	}
	return nil
}

// headerVersion finds "%PDF-1.7" near the beginning. ok is false without it.
func headerVersion(content string) (version string, ok bool) {
	const header = "%PDF-"
	at := strings.Index(content[:min(len(content), headerWithin+len(header)-1)], header)
	if at < 0 {
		return "", false
	}
	after := content[at+len(header):]
	if len(after) >= 3 && isVersion(after[:3]) {
		return after[:3], true
	}
	return "", true
}

func later(version, than string) bool { return isVersion(version) && version > than }

func isVersion(s string) bool {
	return len(s) == 3 && digit(s[0]) && s[1] == '.' && digit(s[2])
}
