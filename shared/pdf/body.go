package pdf

import (
	"sort"
	"strings"
)

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

// definition is where the latest revision of an object stands. Its text is empty
// if it stands inside a stream only.
type definition struct {
	text   string // the file, or an unpacked object stream
	at     int    // offset of the value in text
	order  int    // offset in the file of the object, or of its object stream
	copies int    // how often the object is defined
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

// streamKeyword finds the end of "stream" behind a dictionary, or -1. Like some
// readers it passes over what does not belong there; adjoins is false then.
func (p *parser) streamKeyword() (end int, adjoins bool) {
	for adjoins = true; ; adjoins = false {
		t := p.next()
		switch {
		case t.kind == endOfText:
			return -1, adjoins
		case t.kind != keywordToken:
		case strings.HasPrefix(t.text, "stream"):
			return t.start + len("stream"), adjoins
		case t.text == "endobj" || t.text == "obj" || t.text == "xref" || t.text == "trailer":
			return -1, adjoins
		}
	}
}

// readStream takes note of the stream whose keyword ends at offset keywordEnd.
func (f *file) readStream(dict value, keywordEnd, order int) (end int, cut bool) {
	f.found.inspectStream(dict)
	f.trailer(dict, order)
	start, clean := startOfData(f.text, keywordEnd)
	end = f.endOfStream(start)
	if mayHoldObjects(dict) {
		f.packed = append(f.packed, objectStream{dict: dict, start: start, end: end, clean: clean, order: order})
	}
	if end < 0 {
		return len(f.text), true
	}
	// Data that happens to contain the closing word goes on to its stated length.
	if length := dict.get("Length"); length.kind == isInteger && length.number > end-start {
		if stated := start + length.number; stated <= len(f.text) && closesStream(f.text[stated:]) {
			return stated, false
		}
	}
	return end, false
}

// startOfData passes over the end of line that belongs to the keyword "stream".
// clean says that it is one of the two that the standard allows.
func startOfData(content string, keywordEnd int) (start int, clean bool) {
	rest := content[keywordEnd:]
	switch {
	case strings.HasPrefix(rest, "\r\n"):
		return keywordEnd + 2, true
	case strings.HasPrefix(rest, "\n"):
		return keywordEnd + 1, true
	case strings.HasPrefix(rest, "\r"):
		return keywordEnd + 1, false
	}
	return keywordEnd, false
}

// endOfStream is the offset of the first "endstream" from start on, or -1.
func (f *file) endOfStream(start int) int {
	i := sort.SearchInts(f.streamEnds, start)
	if i == len(f.streamEnds) {
		return -1
	}
	return f.streamEnds[i]
}

// closesStream says whether content begins with "endstream", an end of line
// before it allowed.
func closesStream(content string) bool {
	for i := 0; i < 4 && i < len(content); i++ {
		if !blank(content[i]) {
			content = content[i:]
			break
		}
	}
	return strings.HasPrefix(content, "endstream")
}

func (f *file) define(number int, d definition, isPlaced bool) {
	known := f.defined[number]
	if !isPlaced || d.order < known.order {
		d = known
	}
	d.copies = known.copies + 1
	f.defined[number] = d
}

// resolve follows references to a value; null if there is none.
func (f *file) resolve(v value) value {
	for range maxHops {
		if v.kind != isReference {
			return v
		}
		d := f.defined[v.number]
		if d.text == "" {
			return value{}
		}
		v, _ = newParser(d.text, d.at, f.limits).object()
	}
	return value{}
}

// objectNumber reads "12 0 " backwards from the keyword at offset at.
func objectNumber(content string, at int) (number int, ok bool) {
	at, generation := integerBefore(content, at)
	if generation < 0 {
		return 0, false
	}
	_, number = integerBefore(content, at)
	return number, number >= 0
}

// integerBefore reads the digits before offset at, white space in between
// allowed. The integer is -1 if there is none or it is too long.
func integerBefore(content string, at int) (start, n int) {
	for at > 0 && classes[content[at-1]]&(isBlank|isStray) != 0 {
		at--
	}
	end := at
	for at > 0 && digit(content[at-1]) {
		at--
	}
	if at == end || end-at > 10 {
		return at, -1
	}
	for _, c := range content[at:end] {
		n = n*10 + int(c-'0')
	}
	return at, n
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
