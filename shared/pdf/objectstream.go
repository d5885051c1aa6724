package pdf

import (
	"cmp"
	"slices"
	"strings"
)

// objectStream is a stream that holds objects (ISO 32000-1, 7.5.7).
type objectStream struct {
	dict  value
	start int  // offset in the file of the data
	end   int  // offset of the next "endstream", or -1
	clean bool // all readers agree on start
	order int  // offset of the object's own keyword
}

// mayHoldObjects goes by /First, not by /Type alone: most readers do not look at
// the type.
func mayHoldObjects(dict value) bool {
	for _, item := range dict.items {
		if item.named("First") || item.named("ObjStm") {
			return true
		}
	}
	return false
}

// unpackObjectStreams reads the objects in all object streams. It returns false,
// having stopped, if one cannot be read or not for certain.
func (f *file) unpackObjectStreams() bool {
	for _, s := range f.packed {
		if f.limits.exceeded || !f.unpack(s) {
			return false
		}
	}
	return true
}

func (f *file) unpack(s objectStream) bool {
	if !unambiguous(s.dict) {
		return false
	}
	n, nOK := f.settleInteger(s.dict.get("N"))
	first, firstOK := f.settleInteger(s.dict.get("First"))
	data, dataOK := f.streamData(s)
	if !nOK || !firstOK || !dataOK {
		return false
	}
	content, ok := f.decode(data, s.dict)
	if !ok || first > len(content) {
		return false
	}
	places, ok := f.readPlaces(content[:first], n)
	return ok && f.readPacked(content, first, places, s.order)
}

// unambiguous says that no key that tells how to unpack the stream is there twice,
// be it under its other name.
func unambiguous(dict value) bool {
	for _, names := range [][]string{
		{"N"}, {"First"}, {"Length"}, {"Filter", "F"}, {"DecodeParms", "DP"},
	} {
		times := 0
		for _, key := range names {
			_, n := dict.lookup(key)
			times += n
		}
		if times > 1 {
			return false
		}
	}
	return true
}

// settle follows references to a value that no second definition can contradict;
// ok is false if there is none.
func (f *file) settle(v value) (_ value, ok bool) {
	for range maxHops {
		if v.kind != isReference {
			return v, true
		}
		d := f.defined[v.number]
		if d.copies != 1 || d.text == "" {
			return value{}, false
		}
		f.relied[v.number] = true
		v, _ = newParser(d.text, d.at, f.limits).object()
	}
	return value{}, false
}

// settleInteger does so for an integer of 0 or more.
func (f *file) settleInteger(v value) (n int, ok bool) {
	v, ok = f.settle(v)
	return v.number, ok && v.kind == isInteger && v.number >= 0
}

// streamData returns the bytes that both /Length and the first "endstream"
// delimit.
func (f *file) streamData(s objectStream) (data string, ok bool) {
	length, ok := f.settleInteger(s.dict.get("Length"))
	if !ok || !s.clean || length > s.end-s.start {
		return "", false
	}
	end := s.start + length
	return f.text[s.start:end], closesStream(f.text[end:])
}

// place is where an object begins, in bytes behind /First.
type place struct{ number, offset int }

// readPlaces reads the n pairs of numbers that an object stream begins with, and
// sorts them by offset.
func (f *file) readPlaces(header string, n int) (places []place, ok bool) {
	l := lexer{text: header, limits: f.limits}
	for range n {
		number, offset := l.next(), l.next()
		if number.kind != integerToken || offset.kind != integerToken || offset.number < 0 {
			return nil, false
		}
		f.limits.object()
		places = append(places, place{number.number, offset.number})
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.offset, b.offset) })
	return places, true
}

// readPacked reads one value after the other and expects each place at the
// beginning of one: readers that go by the places and readers that go on where
// the last value ended then see the same values.
func (f *file) readPacked(content string, first int, places []place, order int) bool {
	p := newParser(content, first, f.limits)
	for {
		after := p.pos
		v, ok := p.object()
		if !ok {
			return len(places) == 0
		}
		f.found.inspectObject(v)
		if p.cut || p.garbled {
			return false
		}
		if v.get("Type").named("Catalog") {
			f.catalogues = append(f.catalogues, placed{v, order})
		}
		for len(places) > 0 && first+places[0].offset <= p.start {
			if !f.leadsTo(content, first+places[0].offset, after) || f.relied[places[0].number] {
				return false
			}
			f.define(places[0].number, definition{text: content, at: p.start, order: order}, true)
			places = places[1:]
		}
	}
}

// leadsTo says whether reading from offset at finds the same value as reading from
// offset after, where the last value ended: at is not before it, and not inside a
// comment that it would not take for one.
func (f *file) leadsTo(content string, at, after int) bool {
	if at < after {
		return false
	}
	f.limits.read(at - after)
	line := content[after:at]
	return !strings.Contains(line[strings.LastIndexAny(line, "\r\n")+1:], "%")
}
