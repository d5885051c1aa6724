package pdf

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// describe writes tokens down for comparison.
func describe(content string) []string {
	l := lexer{text: content, limits: limitsFor(len(content))}
	var all []string
	for t := l.next(); t.kind != endOfText; t = l.next() {
		s := map[tokenKind]string{
			integerToken: fmt.Sprint(t.number), realToken: "real", stringToken: "string", nameToken: "/" + t.text,
			keywordToken: t.text, arrayOpen: "[", arrayClose: "]", dictOpen: "<<", dictClose: ">>",
		}[t.kind]
		if t.cut {
			s += " cut"
		}
		all = append(all, s)
	}
	return all
}

func TestTokens(t *testing.T) {
	tests := map[string]struct {
		content string
		want    []string
	}{
		"numbers":                        {"1 -2 +3 0004 .5 6. -7.8 --9 1-2", []string{"1", "-2", "3", "4", "real", "real", "real", "real", "real"}},
		"numbers that are too large":     {"2147483647 2147483648 -99999999999999999999", []string{"2147483647", "real", "real"}},
		"numbers before letters":         {"5 0R 6obj", []string{"5", "0", "R", "6", "obj"}},
		"names":                          {"/A/B /C#44#2f /#4", []string{"/A", "/B", "/CD/", "/#4"}},
		"names end at delimiters":        {"/A(x)/B<41>/C[/D]/E%x\n/F{/G}", []string{"/A", "string", "/B", "string", "/C", "[", "/D", "]", "/E", "/F", "{", "/G", "}"}},
		"an empty name":                  {"/ A", []string{"/", "A"}},
		"strings":                        {`(a(b)c) (\)\() (\\) ()`, []string{"string", "string", "string", "string"}},
		"strings over lines":             {"(a\r\n%b\n)1", []string{"string", "1"}},
		"a string cut short":             {"(a(b)", []string{"string cut"}},
		"a string cut short at a slash":  {`(a\`, []string{"string cut"}},
		"a hexadecimal string":           {"<41 4g>1", []string{"string", "1"}},
		"a hexadecimal string cut short": {"<41", []string{"string cut"}},
		"dictionaries and arrays":        {"<</A[1]>>", []string{"<<", "/A", "[", "1", "]", ">>"}},
		"what closes nothing":            {") > } ]", []string{")", ">", "}", "]"}},
		"comments":                       {"1%2\r3%4\n5%6", []string{"1", "3", "5"}},
		"keywords":                       {"true null R endobj\x00stream", []string{"true", "null", "R", "endobj", "stream"}},
		"nothing":                        {" \n%", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := describe(test.content); !slices.Equal(got, test.want) {
				t.Errorf("tokens %q, want %q", got, test.want)
			}
		})
	}
}

// write puts a value down as text again.
func write(v value) string {
	switch v.kind {
	case isInteger:
		return fmt.Sprint(v.number)
	case isReal:
		return "real"
	case isString:
		return "string"
	case isName:
		return "/" + v.text
	case isKeyword:
		return "?" + v.text
	case isReference:
		return fmt.Sprintf("@%d", v.number)
	case isArray, isDictionary:
		parts := make([]string, len(v.items))
		for i, item := range v.items {
			parts[i] = write(item)
		}
		if v.kind == isArray {
			return "[" + strings.Join(parts, " ") + "]"
		}
		return "{" + strings.Join(parts, " ") + "}"
	}
	return "null"
}

func TestValues(t *testing.T) {
	tests := map[string]struct {
		content, want string
		cut           bool
	}{
		"a dictionary":                {"<< /A 1 /B [2 (x) <41>] /C << /D 1.5 >> >>", "{/A 1 /B [2 string string] /C {/D real}}", false},
		"references":                  {"[1 0 R 2 3 0 R 4 R]", "[@1 2 @3 4 ?R]", false},
		"a reference alone":           {"5 0 R endobj", "@5", false},
		"an integer alone":            {"5 endobj", "5", false},
		"two integers alone":          {"5 0 obj", "5", false},
		"null and other words":        {"[null true]", "[null ?true]", false},
		"a bracket that closes wrong": {"[ >> ] ", "[?]", false},
		"an array cut short":          {"[ 1 << /A", "[1 {/A}]", true},
		"a string cut short":          {"[ 1 (", "[1 string]", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := newParser(test.content, 0, limitsFor(len(test.content)))
			v, ok := p.object()
			if got := write(v); !ok || got != test.want || p.cut != test.cut {
				t.Errorf("value %s, cut %t, %t; want %s, cut %t", got, p.cut, ok, test.want, test.cut)
			}
		})
	}
}

func TestLookupPassesOverWhatIsNoKey(t *testing.T) {
	content := "<< 7 /A 1 (x) /B /A /A 2 /C >>"
	v, _ := newParser(content, 0, limitsFor(len(content))).object()
	if a, times := v.lookup("A"); a.number != 1 || times != 2 {
		t.Errorf("/A is %v, %d times", a, times)
	}
	if b := v.get("B"); !b.named("A") {
		t.Errorf("/B is %v", b)
	}
	if c, times := v.lookup("C"); c.kind != isNull || times != 0 {
		t.Errorf("/C without a value is %v, %d times", c, times)
	}
}

func TestNestingIsBounded(t *testing.T) {
	nested := func(depth int) bool {
		content := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		l := limitsFor(len(content))
		newParser(content, 0, l).object()
		return l.exceeded
	}
	if nested(maxDepth) {
		t.Errorf("%d levels are refused", maxDepth)
	}
	if !nested(maxDepth + 1) {
		t.Errorf("%d levels are accepted", maxDepth+1)
	}
}
