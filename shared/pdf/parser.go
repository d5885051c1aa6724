package pdf

type kind uint8

const (
	isNull kind = iota // or not there
	isInteger
	isReal
	isString
	isName
	isKeyword
	isArray
	isDictionary
	isReference
)

// value is one PDF value (ISO 32000-1, 7.3).
type value struct {
	kind   kind
	text   string // of a name or keyword
	number int    // of an integer; the object number of a reference
	// items are an array's elements, or a dictionary's keys and values in the
	// order they stand in, malformed ones included: what is looked for stays
	// visible however a reader would pair them.
	items []value
}

// named says whether the value is the name want.
func (v value) named(want string) bool { return v.kind == isName && v.text == want }

// get returns a dictionary's value for key, or null. Of several it returns
// the first.
func (v value) get(key string) value {
	found, _ := v.lookup(key)
	return found
}

// lookup also counts how often the key is there. Like most readers it passes over
// what stands where a key should and is no name.
func (v value) lookup(key string) (found value, times int) {
	if v.kind != isDictionary {
		return value{}, 0
	}
	for i := 0; i+1 < len(v.items); {
		if v.items[i].kind != isName {
			i++
			continue
		}
		if v.items[i].text == key {
			if times == 0 {
				found = v.items[i+1]
			}
			times++
		}
		i += 2
	}
	return found, times
}

// parser reads values out of text. It never fails: what is malformed is kept as
// it stands, and a value that the text ends in is returned as far as it goes.
type parser struct {
	lexer
	values  int
	start   int  // offset of the object read last
	cut     bool // the text ended inside it
	garbled bool // it is not well formed
}

func newParser(text string, pos int, l *limits) *parser {
	return &parser{lexer: lexer{text: text, pos: pos, limits: l}}
}

// object reads the value of one indirect object. ok is false at the end of the
// text.
func (p *parser) object() (v value, ok bool) {
	p.values, p.cut, p.garbled = 0, false, false
	t := p.next()
	p.start = t.start
	if t.kind == endOfText {
		return value{}, false
	}
	v = p.value(t, 0)
	if v.kind != isInteger {
		return v, true
	}
	return p.referenceOr(v), true
}

// referenceOr returns the reference that the integer first begins, or first.
func (p *parser) referenceOr(first value) value {
	after := p.pos
	if p.next().kind == integerToken {
		if t := p.next(); t.kind == keywordToken && t.text == "R" {
			return value{kind: isReference, number: first.number}
		}
	}
	p.pos = after
	return first
}

// value reads the value that t begins.
func (p *parser) value(t token, depth int) value {
	p.cut = p.cut || t.cut
	p.garbled = p.garbled || t.garbled
	switch t.kind {
	case integerToken:
		return value{kind: isInteger, number: t.number}
	case realToken:
		return value{kind: isReal}
	case stringToken:
		return value{kind: isString}
	case nameToken:
		return value{kind: isName, text: t.text}
	case arrayOpen:
		return value{kind: isArray, items: p.items(arrayClose, depth+1)}
	case dictOpen:
		return value{kind: isDictionary, items: p.items(dictClose, depth+1)}
	case keywordToken:
		if t.text == "null" {
			return value{}
		}
	}
	return value{kind: isKeyword, text: t.text}
}

// items reads values up to the closing token.
func (p *parser) items(closing tokenKind, depth int) []value {
	if depth > maxDepth {
		p.limits.exceeded = true
	}
	var items []value
	for {
		t := p.next()
		switch {
		case t.kind == endOfText:
			p.cut = true
			return items
		case t.kind == closing:
			p.garbled = p.garbled || closing == dictClose && !paired(items)
			return items
		case t.kind == keywordToken && t.text == "R" && endInTwoIntegers(items):
			items = items[:len(items)-1]
			items[len(items)-1].kind = isReference
			p.values--
		default:
			p.garbled = p.garbled || !t.belongs()
			items = append(items, p.value(t, depth))
			p.count()
		}
	}
}

// belongs says that t can stand inside an object.
func (t token) belongs() bool {
	switch t.kind {
	case keywordToken:
		return t.text == "null" || t.text == "true" || t.text == "false"
	case arrayClose, dictClose:
		return false
	}
	return true
}

// paired says that a dictionary's items are keys with a value each.
func paired(items []value) bool {
	for i := 0; i < len(items); i += 2 {
		if items[i].kind != isName {
			return false
		}
	}
	return len(items)%2 == 0
}

func (p *parser) count() {
	p.values++
	if p.values > maxValues {
		p.limits.exceeded = true
	}
}

func endInTwoIntegers(items []value) bool {
	n := len(items)
	return n >= 2 && items[n-1].kind == isInteger && items[n-2].kind == isInteger
}
