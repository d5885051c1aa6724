package pdf

import (
	"strconv"
	"strings"
)

type tokenKind uint8

const (
	endOfText tokenKind = iota
	integerToken
	realToken
	stringToken
	nameToken
	keywordToken
	arrayOpen
	arrayClose
	dictOpen
	dictClose
)

// token is one lexical unit (ISO 32000-1, 7.2 and 7.3). What a string says is
// never needed, so it is not kept.
type token struct {
	kind    tokenKind
	text    string // of a name, decoded, or of a keyword
	number  int    // of an integer
	start   int    // offset of its first byte
	cut     bool   // the text ended inside it
	garbled bool   // a hexadecimal string with other characters in it
}

// lexer splits text into tokens. It accepts anything: what makes no token by the
// book becomes a keyword, as in the readers that people use.
type lexer struct {
	text   string
	pos    int
	limits *limits
}

// next returns the token at or after pos and moves behind it.
func (l *lexer) next() token {
	from := l.pos
	l.skipBlanks()
	if l.limits.exceeded || l.pos >= len(l.text) {
		l.limits.read(l.pos - from)
		return token{kind: endOfText, start: l.pos}
	}
	start := l.pos
	t := l.lex(l.text[start])
	t.start = start
	l.limits.read(l.pos - from)
	return t
}

func (l *lexer) lex(first byte) token {
	switch {
	case first == '/':
		return l.name()
	case first == '(':
		return l.literal()
	case strings.HasPrefix(l.text[l.pos:], "<<"):
		l.pos += 2
		return token{kind: dictOpen}
	case strings.HasPrefix(l.text[l.pos:], ">>"):
		l.pos += 2
		return token{kind: dictClose}
	case first == '<':
		return l.hexadecimal()
	case first == '[':
		l.pos++
		return token{kind: arrayOpen}
	case first == ']':
		l.pos++
		return token{kind: arrayClose}
	case numeric(first):
		return l.numeral()
	default:
		return l.keyword()
	}
}

// skipBlanks passes over white space and comments.
func (l *lexer) skipBlanks() {
	for l.pos < len(l.text) {
		switch c := l.text[l.pos]; {
		case classes[c]&(isBlank|isStray) != 0:
			l.pos++
		case c == '%':
			l.skipLine()
		default:
			return
		}
	}
}

func (l *lexer) skipLine() {
	for l.pos < len(l.text) && l.text[l.pos] != '\n' && l.text[l.pos] != '\r' {
		l.pos++
	}
}

// name reads "/Name" and decodes its #xx escapes: /J#61vaScript is /JavaScript.
func (l *lexer) name() token {
	l.pos++
	text := l.run(isBlank | isDelimiter)
	for i := range len(text) {
		if text[i] == '#' || classes[text[i]]&isStray != 0 {
			return token{kind: nameToken, text: decodeName(text)}
		}
	}
	return token{kind: nameToken, text: text}
}

// decodeName decodes every # with two characters behind it, hexadecimal digits or
// not, and drops what follows a null or stray character: readers differ on these,
// and a name taken for a shorter one can only make the check stricter.
func decodeName(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '#' && i+2 < len(text) {
			c = hexDigit(text[i+1])<<4 + hexDigit(text[i+2])
			i += 2
		}
		if c == 0 || classes[c]&isStray != 0 {
			break
		}
		b.WriteByte(c)
	}
	return b.String()
}

// hexDigit continues the alphabet behind F for what is no digit.
func hexDigit(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	default:
		return c - '0'
	}
}

// literal passes over "(…)", whose parentheses balance unless escaped.
func (l *lexer) literal() token {
	for depth := 0; l.pos < len(l.text); l.pos++ {
		switch l.text[l.pos] {
		case '\\':
			l.pos++
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				l.pos++
				return token{kind: stringToken}
			}
		}
	}
	l.pos = len(l.text)
	return token{kind: stringToken, cut: true}
}

// hexadecimal passes over "<…>". Some readers end it at the first character that
// does not belong, most do not.
func (l *lexer) hexadecimal() token {
	garbled := false
	for l.pos++; l.pos < len(l.text); l.pos++ {
		c := l.text[l.pos]
		if c == '>' {
			l.pos++
			return token{kind: stringToken, garbled: garbled}
		}
		garbled = garbled || classes[c]&(isHexDigit|isBlank) == 0
	}
	return token{kind: stringToken, cut: true, garbled: garbled}
}

// maxInteger is the largest integer (ISO 32000-1, Annex C.2). What is beyond it in
// either direction counts as real, so that offsets can be added.
const maxInteger = 1<<31 - 1

// numeral stops at the first letter: "0R" is a number and a keyword.
func (l *lexer) numeral() token {
	start := l.pos
	for l.pos < len(l.text) && numeric(l.text[l.pos]) {
		l.pos++
	}
	n, err := strconv.Atoi(l.text[start:l.pos])
	if err != nil || n < -maxInteger || n > maxInteger {
		return token{kind: realToken}
	}
	return token{kind: integerToken, number: n}
}

func (l *lexer) keyword() token {
	if classes[l.text[l.pos]] == isDelimiter {
		l.pos++
		return token{kind: keywordToken, text: l.text[l.pos-1 : l.pos]}
	}
	return token{kind: keywordToken, text: l.run(isBlank | isStray | isDelimiter)}
}

// run reads up to the next character of the classes in end.
func (l *lexer) run(end uint8) string {
	start := l.pos
	for l.pos < len(l.text) && classes[l.text[l.pos]]&end == 0 {
		l.pos++
	}
	return l.text[start:l.pos]
}

const (
	isBlank = 1 << iota
	isDelimiter
	isNumeric
	isDigit
	isHexDigit
	isStray // white space to some reader, a regular character by the standard
)

// isDecimal is what a decimal digit is.
const isDecimal = isNumeric | isDigit | isHexDigit

// classes of characters (ISO 32000-1, 7.2.2).
var classes = [256]uint8{
	0: isBlank, '\t': isBlank, '\n': isBlank, '\f': isBlank, '\r': isBlank, ' ': isBlank,
	'\v': isStray, 0x80: isStray, 0xFF: isStray,
	'(': isDelimiter, ')': isDelimiter, '<': isDelimiter, '>': isDelimiter, '[': isDelimiter,
	']': isDelimiter, '{': isDelimiter, '}': isDelimiter, '/': isDelimiter, '%': isDelimiter,
	'+': isNumeric, '-': isNumeric, '.': isNumeric,
	'0': isDecimal, '1': isDecimal, '2': isDecimal, '3': isDecimal, '4': isDecimal,
	'5': isDecimal, '6': isDecimal, '7': isDecimal, '8': isDecimal, '9': isDecimal,
	'A': isHexDigit, 'B': isHexDigit, 'C': isHexDigit, 'D': isHexDigit, 'E': isHexDigit, 'F': isHexDigit,
	'a': isHexDigit, 'b': isHexDigit, 'c': isHexDigit, 'd': isHexDigit, 'e': isHexDigit, 'f': isHexDigit,
}

func blank(c byte) bool   { return classes[c]&isBlank != 0 }
func numeric(c byte) bool { return classes[c]&isNumeric != 0 }
func digit(c byte) bool   { return classes[c]&isDigit != 0 }
func letter(c byte) bool  { return 'a' <= c|0x20 && c|0x20 <= 'z' }
