package stack

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Template is a template as CloudFormation reads it. In values, !Ref, !Sub and
// the like are maps of one entry: {"Ref": "Log"}, {"Fn::Sub": "${Portal}-log"}.
type Template struct {
	Parameters map[string]any
	Globals    any
	Conditions map[string]any
	Resources  map[string]Resource
	Outputs    map[string]any
}

// Resource is one of a template's resources.
type Resource struct {
	Type        string
	Condition   string
	DependsOn   []string
	Properties  map[string]any
	Deletion    string // DeletionPolicy
	Replacement string // UpdateReplacePolicy
}

// Read reads a template. It is for tests: it knows what the portal's templates
// use, and refuses what no template can mean.
func Read(text []byte) (Template, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return Template{}, fmt.Errorf("stack: read: %w", err)
	}
	if len(document.Content) != 1 {
		return Template{}, errors.New("stack: read: no document")
	}
	value, err := plainValue(document.Content[0])
	if err != nil {
		return Template{}, fmt.Errorf("stack: read: %w", err)
	}
	root, _ := value.(map[string]any)
	t := Template{
		Parameters: section(root, "Parameters"), Globals: root["Globals"], Conditions: section(root, "Conditions"),
		Outputs: section(root, "Outputs"), Resources: map[string]Resource{},
	}
	for id, v := range section(root, "Resources") {
		r, ok := v.(map[string]any)
		if !ok {
			return Template{}, fmt.Errorf("stack: read: resource %s is no mapping", id)
		}
		t.Resources[id] = resource(r)
	}
	return t, nil
}

func resource(r map[string]any) Resource {
	text := func(name string) string { s, _ := r[name].(string); return s }
	out := Resource{
		Type: text("Type"), Condition: text("Condition"), Properties: section(r, "Properties"),
		Deletion: text("DeletionPolicy"), Replacement: text("UpdateReplacePolicy"),
	}
	for _, v := range List(r["DependsOn"]) {
		if id, ok := v.(string); ok {
			out.DependsOn = append(out.DependsOn, id)
		}
	}
	return out
}

func section(m map[string]any, name string) map[string]any {
	s, _ := m[name].(map[string]any)
	return s
}

// List is a value that templates write alone when it is the only one.
func List(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// At follows a path of names through a value; nil where it ends early.
func At(v any, path ...string) any {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// plainValue is a node's value with short forms of functions written long.
func plainValue(n *yaml.Node) (any, error) {
	value, err := bare(n)
	if err != nil || !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return value, err
	}
	name := n.Tag[1:]
	if name != "Ref" && name != "Condition" {
		name = "Fn::" + name
	}
	return map[string]any{name: value}, nil
}

func bare(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if _, twice := m[key]; twice {
				return nil, fmt.Errorf("line %d: %s twice", n.Content[i].Line, key)
			}
			v, err := plainValue(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			m[key] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			v, err := plainValue(item)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.ScalarNode:
		if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
			return n.Value, nil
		}
		var v any
		err := n.Decode(&v)
		return v, err
	}
	return nil, fmt.Errorf("line %d: an alias or an unknown kind of node", n.Line)
}
