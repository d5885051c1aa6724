package pdf

import (
	"sort"
	"strings"
)

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
