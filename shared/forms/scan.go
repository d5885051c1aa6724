package forms

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What follows reads JSON in place. It relies on the text being JSON, which
// encoding/json has found; it only tells where values end.

// kind is a type of JSON Schema. A number is an integer when its value is one.
type kind int

const (
	null kind = iota
	boolean
	number
	integer
	text
	array
	object
)

var kindNames = []string{"null", "boolean", "number", "integer", "string", "array", "object"}

// kinds is a set of types.
type kinds int

func (k kinds) has(one kind) bool { return k&(1<<one) != 0 }

func (k kinds) String() string {
	var list []string
	for i, name := range kindNames {
		if k.has(kind(i)) {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}

// admit tells whether the value at a place of the body is of one of the types.
func (k kinds) admit(body []byte, at int) bool {
	found := kindAt(body, at)
	return k.has(found) || found == number && k.has(integer) && isInteger(body[at:skip(body, at)])
}

// kindAt never tells integer: that takes reading.
func kindAt(body []byte, at int) kind {
	switch body[at] {
	case '{':
		return object
	case '[':
		return array
	case '"':
		return text
	case 't', 'f':
		return boolean
	case 'n':
		return null
	}
	return number
}

// space is the first place from here on that is not white.
func space(body []byte, at int) int {
	for at < len(body) && (body[at] == ' ' || body[at] == '\n' || body[at] == '\r' || body[at] == '\t') {
		at++
	}
	return at
}

// next is the place of the next item or name, or of the bracket that ends them.
func next(body []byte, at int) int {
	at = space(body, at)
	if body[at] == ',' {
		at = space(body, at+1)
	}
	return at
}

// skip is the place behind the value that begins here.
func skip(body []byte, at int) int {
	switch body[at] {
	case '"':
		return skipText(body, at)
	case '{', '[':
		return skipNested(body, at)
	}
	return skipWord(body, at)
}

func skipWord(body []byte, at int) int {
	for ; at < len(body); at++ {
		switch body[at] {
		case ',', ']', '}', ' ', '\n', '\r', '\t':
			return at
		}
	}
	return at
}

func skipText(body []byte, at int) int {
	for at++; body[at] != '"'; at++ {
		if body[at] == '\\' {
			at++
		}
	}
	return at + 1
}

func skipNested(body []byte, at int) int {
	for depth := 0; ; at++ {
		switch body[at] {
		case '"':
			at = skipText(body, at) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
}

// unquoted is what a JSON string says.
func unquoted(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var said string
	_ = json.Unmarshal(quoted, &said) // it is a string
	return []byte(said)
}

// canonical writes equal values alike (JSON Schema Core, section 4.2.2). Most
// stand as they are.
func canonical(value []byte) []byte {
	switch value[0] {
	case 't', 'f', 'n':
		return value
	case '"':
		if bytes.IndexByte(value, '\\') < 0 {
			return value
		}
		return slices.Concat([]byte{'"'}, unquoted(value), []byte{'"'})
	}
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var v any
	_ = decoder.Decode(&v) // it is JSON
	var b bytes.Buffer
	writeCanonical(&b, v)
	return b.Bytes()
}

func writeCanonical(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case string:
		b.WriteString(strconv.Quote(v))
	case json.Number:
		exact, _ := new(big.Rat).SetString(v.String())
		b.WriteString(exact.RatString())
	case []any:
		b.WriteByte('[')
		for _, item := range v {
			writeCanonical(b, item)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		b.WriteByte('{')
		for _, name := range names {
			b.WriteString(strconv.Quote(name) + ":")
			writeCanonical(b, v[name])
			b.WriteByte(',')
		}
		b.WriteByte('}')
	}
}

// plain tells whether a body can be walked as it is: it is UTF-8 and its
// numbers are written as Go reads them.
func plain(body []byte) bool {
	for at := 0; at < len(body); at++ {
		switch c := body[at]; {
		case c == '"':
			at = skipText(body, at) - 1
		case c == '-' || c >= '0' && c <= '9':
			end := skip(body, at)
			if !plainNumber(body[at:end]) {
				return false
			}
			at = end - 1
		}
	}
	return utf8.Valid(body)
}
