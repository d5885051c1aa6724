package forms

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portal/shared/problem"
)

// walk holds a body against a schema where it lies: nothing is built of it, and
// every fault is found in one go. The body is JSON, in UTF-8, and plain (see
// plain): whoever walks it relies on that.
type walk struct {
	body   []byte
	path   []place
	faults []problem.Fault
	trial  bool // only whether there are faults is asked
	failed bool // in a trial

	// repeats tells that an object may have two fields of one name, of which only
	// the last counts: this walk does not tell what is wrong with such a body.
	repeats bool
}

// place is a step of the way into a body.
type place struct {
	field string
	item  int // of an array; -1 for a field
}

// check names what is wrong with a body, one fault a field, sorted by pointer.
// A field with several faults keeps its first: "required" beside "too short"
// helps nobody. It also tells whether the body repeats a field.
func (s *schema) check(body []byte) (faults []problem.Fault, repeats bool) {
	w := walk{body: body}
	w.value(s, space(body, 0))
	slices.SortStableFunc(w.faults, func(a, b problem.Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return slices.CompactFunc(w.faults, func(a, b problem.Fault) bool { return a.Pointer == b.Pointer }), w.repeats
}

// value checks the value that begins at a place of the body and tells where it
// ends. What has another type, or is none of the choices, is asked nothing more.
func (w *walk) value(s *schema, at int) (end int) {
	if !w.admits(s, at) {
		return skip(w.body, at)
	}
	if s.ref != nil {
		w.value(s.ref, at)
	}
	switch kindAt(w.body, at) {
	case object:
		end = w.object(s, at)
	case array:
		end = w.array(s, at)
	case text:
		end = skip(w.body, at)
		w.text(s, w.body[at:end])
	case number:
		end = skip(w.body, at)
		w.number(s, w.body[at:end])
	default:
		end = skip(w.body, at)
	}
	for _, one := range s.all {
		w.value(one, at)
	}
	w.conditions(s, at)
	return end
}

func (w *walk) admits(s *schema, at int) bool {
	if s.never {
		w.fault("unknown_field", nil)
		return false
	}
	if s.types != 0 && !s.types.admit(w.body, at) {
		w.fault("type", map[string]any{"expected": s.types.String()})
		return false
	}
	if len(s.choices) == 0 && s.format == "" {
		return true
	}
	value := w.body[at:skip(w.body, at)]
	for _, offered := range s.choices {
		if !offered[string(canonical(value))] {
			w.fault("choice", nil)
			return false
		}
	}
	if s.format != "" && value[0] == '"' && !formats[s.format](string(unquoted(value))) {
		w.fault(s.format, nil)
		return false
	}
	return true
}

func (w *walk) conditions(s *schema, at int) {
	if s.when == nil {
		return
	}
	trial := *w
	trial.trial, trial.failed = true, false
	trial.value(s.when, at)
	w.repeats = trial.repeats
	branch := s.then
	if trial.failed {
		branch = s.otherwise
	}
	if branch != nil {
		w.value(branch, at)
	}
}

func (w *walk) object(s *schema, at int) (end int) {
	var given names
	n, known := 0, true
	at = space(w.body, at+1)
	for w.body[at] != '}' {
		name := w.body[at:skip(w.body, at)]
		at = space(w.body, at+len(name))
		at = space(w.body, at+1) // the colon
		n++
		i, ok := s.byName[string(unquoted(name))]
		switch {
		case !ok:
			known = false
			at = skip(w.body, at)
		case given.has(i):
			w.repeats = true
			at = skip(w.body, at)
		case s.fields[i].schema == nil:
			given |= 1 << i
			known = false
			at = skip(w.body, at)
		default:
			given |= 1 << i
			at = w.member(s.fields[i], at)
		}
		at = next(w.body, at)
	}
	if !known && s.fewest > 0 {
		w.repeats = true // perhaps: names that nobody knows are not remembered
	}
	if n < s.fewest {
		w.fault("too_few", map[string]any{"min": s.fewest})
	}
	if !known && s.closed {
		// The name was sent by the caller: its object is named instead.
		w.fault("unknown_field", nil)
	}
	w.missing(s, s.required&^given)
	for _, d := range s.together {
		if given.has(d.given) {
			w.missing(s, d.required&^given)
		}
	}
	return at + 1
}

func (w *walk) member(f field, at int) (end int) {
	w.path = append(w.path, place{f.name, -1})
	end = w.value(f.schema, at)
	w.path = w.path[:len(w.path)-1]
	return end
}

func (w *walk) missing(s *schema, set names) {
	for ; set != 0; set &= set - 1 {
		w.path = append(w.path, place{s.fields[bits.TrailingZeros64(uint64(set))].name, -1})
		w.fault("required", nil)
		w.path = w.path[:len(w.path)-1]
	}
}

func (w *walk) array(s *schema, at int) (end int) {
	var seen map[string]bool
	if s.unique {
		seen = map[string]bool{}
	}
	repeated := false
	n := 0
	at = space(w.body, at+1)
	for ; w.body[at] != ']'; n++ {
		start := at
		if s.items == nil {
			at = skip(w.body, at)
		} else {
			w.path = append(w.path, place{item: n})
			at = w.value(s.items, at)
			w.path = w.path[:len(w.path)-1]
		}
		if s.unique {
			value := string(canonical(w.body[start:at]))
			repeated = repeated || seen[value]
			seen[value] = true
		}
		at = next(w.body, at)
	}
	if n < s.minItems {
		w.fault("too_few", map[string]any{"min": s.minItems})
	}
	if n > s.maxItems {
		w.fault("too_many", map[string]any{"max": s.maxItems})
	}
	if repeated {
		w.fault("duplicate", nil)
	}
	return at + 1
}

func (w *walk) text(s *schema, quoted []byte) {
	value := unquoted(quoted)
	if s.minLength > 0 || s.maxLength < len(value) {
		n := utf8.RuneCount(value)
		switch {
		case n < s.minLength && s.minLength == 1:
			w.fault("required", nil)
		case n < s.minLength:
			w.fault("too_short", map[string]any{"min": s.minLength})
		case n > s.maxLength:
			w.fault("too_long", map[string]any{"max": s.maxLength})
		}
	}
	if s.pattern != nil && !s.pattern.Match(value) {
		w.fault("format", nil)
	}
}

func (w *walk) number(s *schema, value []byte) {
	if len(s.bounds) == 0 {
		return
	}
	nearest, _ := strconv.ParseFloat(string(value), 64) // in bounds, as all of a plain body
	for _, b := range s.bounds {
		if b.crossed(b.compare(value, nearest)) {
			w.fault(b.code, map[string]any{b.param: decimal(b.limit)})
		}
	}
}

// fault notes what is wrong at the place that the walk has reached.
func (w *walk) fault(code string, params map[string]any) {
	if w.trial {
		w.failed = true
		return
	}
	w.faults = append(w.faults, problem.Fault{Pointer: w.pointer(), Code: code, Params: params})
}

func (w *walk) pointer() string {
	var b strings.Builder
	for _, p := range w.path {
		b.WriteByte('/')
		if p.item < 0 {
			b.WriteString(escape.Replace(p.field))
		} else {
			b.WriteString(strconv.Itoa(p.item))
		}
	}
	return b.String()
}
