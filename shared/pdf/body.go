package pdf

import "strings"

// file is what is known about a file while it is read.
type file struct {
	text       string
	limits     *limits
	found      findings
	cut        bool // the file ends inside its last object
	garbled    bool // an object or trailer is not well formed
	streamEnds []int
	defined    map[int]definition
	roots      []placed // what trailers name as /Root
	catalogues []placed // what calls itself a catalogue
	packed     []objectStream
	relied     map[int]bool // objects that tell how to unpack an object stream
	inflater   inflater
}

// placed is a value and the offset in the file that it was found at.
type placed struct {
	value value
	order int
}

func newFile(content string) *file {
	return &file{
		text:       content,
		limits:     limitsFor(len(content)),
		streamEnds: occurrences(content, "endstream"),
		defined:    map[int]definition{},
		relied:     map[int]bool{},
	}
}

// readTrailers reads the dictionary behind every "trailer". A root may be spelt
// out in it, so it is searched like an object.
func (f *file) readTrailers() {
	for _, at := range occurrences(f.text, "trailer") {
		f.limits.object()
		p := newParser(f.text, at+len("trailer"), f.limits)
		if v, ok := p.object(); ok && v.kind == isDictionary {
			f.garbled = f.garbled || p.garbled || p.cut
			f.found.inspect(v)
			f.trailer(v, at)
		}
		if f.limits.exceeded {
			return
		}
	}
}

// trailer notes what a trailer, or a stream that may be a cross-reference stream,
// says of the file.
func (f *file) trailer(dict value, order int) {
	f.found.inspectTrailer(dict)
	if root := dict.get("Root"); root.kind != isNull {
		f.roots = append(f.roots, placed{root, order})
	}
}

// readBody reads the value behind every "obj".
func (f *file) readBody() {
	free := 0 // what begins before it stands inside a stream
	last := 0
	for at := 0; !f.limits.exceeded; {
		i := strings.Index(f.text[at:], "obj")
		if i < 0 {
			break
		}
		at += i
		if beginsObject(f.text, at) {
			f.limits.object()
			end, cut := f.readObject(at, at >= free)
			if at >= free {
				free, f.cut, last = end, cut, at
			}
		}
		at += len("obj")
	}
	if strings.LastIndex(f.text, "trailer") > last {
		f.cut = false
	}
}

// beginsObject says whether the "obj" at offset at can be the keyword: some readers
// take it for that right behind a number or a character they do not know.
func beginsObject(content string, at int) bool {
	after := at + len("obj")
	return at > 0 && !letter(content[at-1]) && (after == len(content) || !letter(content[after]))
}

// readObject reads the object whose keyword stands at offset at. It returns the
// end of its stream if it has one, and whether the file ends inside it. Only a
// placed object defines its number.
func (f *file) readObject(at int, isPlaced bool) (end int, cut bool) {
	p := newParser(f.text, at+len("obj"), f.limits)
	v, ok := p.object()
	if !ok {
		return at, true
	}
	f.found.inspectObject(v)
	number, numbered := objectNumber(f.text, at)
	if numbered {
		f.define(number, definition{text: f.text, at: p.start, order: at}, isPlaced)
	}
	if numbered || v.kind == isDictionary { // else it may be a word in a text
		f.garbled = f.garbled || p.garbled || p.cut
	}
	if v.kind != isDictionary {
		return at, p.cut
	}
	if isPlaced && v.get("Type").named("Catalog") {
		f.catalogues = append(f.catalogues, placed{v, at})
	}
	cut = p.cut
	keywordEnd, adjoins := p.streamKeyword()
	if keywordEnd < 0 {
		return at, cut
	}
	f.garbled = f.garbled || !adjoins
	return f.readStream(v, keywordEnd, at)
}

// occurrences are the offsets of a word in content.
func occurrences(content, word string) []int {
	var all []int
	for at := 0; ; at += len(word) {
		i := strings.Index(content[at:], word)
		if i < 0 {
			return all
		}
		at += i
		all = append(all, at)
	}
}
