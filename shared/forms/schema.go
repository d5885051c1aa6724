package forms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// document is a JSON Schema (2020-12) as written: its fields are the keywords
// that forms may use. An unknown one, an x-… of somebody else's too, is an error
// and never passed over: what a form says must be what is checked.
type document struct {
	Schema      string `json:"$schema"`
	Title       string `json:"title"`       // a key of the catalogue
	Description string `json:"description"` // for readers
	Comment     string `json:"$comment"`
	List        string `json:"x-list"` // the reference list a code is of; rules look it up

	Type   oneOrMore         `json:"type"`
	Const  json.RawMessage   `json:"const"`
	Enum   []json.RawMessage `json:"enum"`
	Format string            `json:"format"`

	Ref  string               `json:"$ref"` // "#/$defs/<name>" only
	Defs map[string]*document `json:"$defs"`

	Properties           map[string]*document `json:"properties"`
	Required             []string             `json:"required"`
	DependentRequired    map[string][]string  `json:"dependentRequired"`
	AdditionalProperties *bool                `json:"additionalProperties"`
	MinProperties        *int                 `json:"minProperties"`

	Items       *document `json:"items"`
	MinItems    *int      `json:"minItems"`
	MaxItems    *int      `json:"maxItems"`
	UniqueItems bool      `json:"uniqueItems"`

	MinLength *int   `json:"minLength"`
	MaxLength *int   `json:"maxLength"`
	Pattern   string `json:"pattern"`

	Minimum          json.Number `json:"minimum"`
	Maximum          json.Number `json:"maximum"`
	ExclusiveMinimum json.Number `json:"exclusiveMinimum"`

	AllOf []*document `json:"allOf"`
	If    *document   `json:"if"`
	Then  *document   `json:"then"`
	Else  *document   `json:"else"`

	never bool // the schema false
}

// UnmarshalJSON reads a schema, or true or false in the place of one.
func (d *document) UnmarshalJSON(raw []byte) error {
	switch string(raw) {
	case "true":
		return nil
	case "false":
		d.never = true
		return nil
	}
	type keywords document
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode((*keywords)(d))
}

type oneOrMore []string

// UnmarshalJSON reads a name or a list of names.
func (o *oneOrMore) UnmarshalJSON(raw []byte) error {
	if raw[0] == '[' {
		return json.Unmarshal(raw, (*[]string)(o))
	}
	*o = make([]string, 1)
	return json.Unmarshal(raw, &(*o)[0])
}

// schema is a document made ready to check values with.
type schema struct {
	never   bool
	types   kinds
	choices []map[string]bool // of canonical values: const, enum
	format  string

	ref *schema

	fields   []field
	byName   map[string]int // index in fields
	required names
	together []dependency
	closed   bool // no other fields
	fewest   int  // fields

	items    *schema
	minItems int
	maxItems int
	unique   bool

	minLength int
	maxLength int
	pattern   *regexp.Regexp

	bounds []bound

	all                   []*schema
	when, then, otherwise *schema
}

// field is a property that a schema names; schema is nil when it says nothing
// else of it.
type field struct {
	name   string
	schema *schema
}

// names is a set of fields, by their index.
type names uint64

// mostFields is how many fields of one object fit in names.
const mostFields = 64

func (n names) has(i int) bool { return n&(1<<i) != 0 }

// dependency requires fields where another is given.
type dependency struct {
	given    int
	required names
}

// bound is one end of a range of numbers.
type bound struct {
	limit   *big.Rat
	nearest float64 // to limit
	crossed func(sign int) bool
	code    string
	param   string
}

// compile makes a form's schema ready.
func compile(raw []byte) (*schema, error) {
	var root document
	if err := json.Unmarshal(raw, &root); err != nil {
		return nil, err
	}
	c := compiler{defs: root.Defs, done: map[*document]*schema{}}
	return c.schema(&root), errors.Join(c.errs...)
}

type compiler struct {
	defs map[string]*document
	done map[*document]*schema
	errs []error
}

func (c *compiler) fail(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

// schema compiles a document once, so that a definition may refer to itself.
func (c *compiler) schema(d *document) *schema {
	if d == nil {
		return nil
	}
	if s, ok := c.done[d]; ok {
		return s
	}
	s := &schema{
		never: d.never, format: d.Format, closed: d.AdditionalProperties != nil && !*d.AdditionalProperties, fewest: least(d.MinProperties),
		unique: d.UniqueItems, minItems: least(d.MinItems), maxItems: most(d.MaxItems),
		minLength: least(d.MinLength), maxLength: most(d.MaxLength), byName: map[string]int{},
	}
	c.done[d] = s
	c.gates(s, d)
	c.object(s, d)
	c.numbers(s, d)
	s.items = c.schema(d.Items)
	for _, one := range d.AllOf {
		s.all = append(s.all, c.schema(one))
	}
	s.when, s.then, s.otherwise = c.schema(d.If), c.schema(d.Then), c.schema(d.Else)
	return s
}

func least(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func most(n *int) int {
	if n == nil {
		return math.MaxInt
	}
	return *n
}

// gates compiles what is about values of every type, and what is about texts.
func (c *compiler) gates(s *schema, d *document) {
	for _, name := range d.Type {
		kind := slices.Index(kindNames, name)
		if kind < 0 {
			c.fail("no type is called %q", name)
			continue
		}
		s.types |= 1 << kind
	}
	if d.Const != nil {
		s.choices = append(s.choices, map[string]bool{string(canonical(d.Const)): true})
	}
	if d.Enum != nil {
		offered := map[string]bool{}
		for _, one := range d.Enum {
			offered[string(canonical(one))] = true
		}
		s.choices = append(s.choices, offered)
	}
	if d.Format != "" && formats[d.Format] == nil {
		c.fail("no format is called %q", d.Format)
	}
	if d.Pattern != "" {
		var err error
		if s.pattern, err = regexp.Compile(d.Pattern); err != nil {
			c.errs = append(c.errs, err)
		}
	}
	if d.Ref != "" {
		name, ok := strings.CutPrefix(d.Ref, "#/$defs/")
		if !ok || c.defs[name] == nil {
			c.fail("%q refers to nothing", d.Ref)
			return
		}
		s.ref = c.schema(c.defs[name])
	}
}

func (c *compiler) object(s *schema, d *document) {
	for name, property := range d.Properties {
		s.fields[s.index(name)].schema = c.schema(property)
	}
	s.required = s.named(d.Required)
	for name, others := range d.DependentRequired {
		s.together = append(s.together, dependency{s.index(name), s.named(others)})
	}
	if len(s.fields) > mostFields {
		c.fail("an object has %d fields, %d at most", len(s.fields), mostFields)
	}
}

// index is the place of a field, which is made when it has none.
func (s *schema) index(name string) int {
	i, ok := s.byName[name]
	if !ok {
		i = len(s.fields)
		s.byName[name] = i
		s.fields = append(s.fields, field{name: name})
	}
	return i
}

func (s *schema) named(list []string) names {
	var set names
	for _, name := range list {
		set |= 1 << s.index(name)
	}
	return set
}

func (c *compiler) numbers(s *schema, d *document) {
	for _, b := range []struct {
		limit json.Number
		bound
	}{
		{d.Minimum, bound{crossed: func(sign int) bool { return sign < 0 }, code: "too_small", param: "min"}},
		{d.Maximum, bound{crossed: func(sign int) bool { return sign > 0 }, code: "too_large", param: "max"}},
		{d.ExclusiveMinimum, bound{crossed: func(sign int) bool { return sign <= 0 }, code: "not_above", param: "min"}},
	} {
		if b.limit == "" {
			continue
		}
		limit, ok := new(big.Rat).SetString(b.limit.String())
		if !ok {
			c.fail("%q is no bound", b.limit)
			continue
		}
		b.bound.limit = limit
		b.nearest, _ = limit.Float64()
		s.bounds = append(s.bounds, b.bound)
	}
}
