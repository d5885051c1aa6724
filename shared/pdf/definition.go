package pdf

// definition is where the latest revision of an object stands. Its text is empty
// if it stands inside a stream only.
type definition struct {
	text   string // the file, or an unpacked object stream
	at     int    // offset of the value in text
	order  int    // offset in the file of the object, or of its object stream
	copies int    // how often the object is defined
}

// define notes a definition. Only a placed one, which stands outside any stream,
// counts as a revision.
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
