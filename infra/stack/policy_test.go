package stack_test

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portal/infra/stack"
)

// request is what IAM is asked: an action on a resource, with what it knows of
// the request.
type request struct {
	action, resource string
	context          map[string][]string
}

// filled are the values of parameters, pseudo parameters and attributes.
func filled(name string) string {
	switch name {
	case "AWS::Partition":
		return "aws"
	case "AWS::Region":
		return "eu-west-3"
	case "AWS::AccountId":
		return "123456789012"
	case "Portal":
		return "portal"
	}
	return "value-of-" + strings.ReplaceAll(name, ".", "-")
}

var placeholder = regexp.MustCompile(`\$\{([^}]+)\}`)

// text is a value as it is once deployed.
func text(t *testing.T, v any) string {
	t.Helper()
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		for function, argument := range v {
			switch function {
			case "Ref", "Fn::GetAtt":
				return filled(fmt.Sprint(argument))
			case "Fn::Sub":
				return placeholder.ReplaceAllStringFunc(fmt.Sprint(argument), func(m string) string { return filled(m[2 : len(m)-1]) })
			}
		}
	}
	t.Fatalf("a policy holds %v", v)
	return ""
}

func texts(t *testing.T, v any) []string {
	var out []string
	for _, item := range stack.List(v) {
		out = append(out, text(t, item))
	}
	return out
}

// allowed decides as IAM does with one identity policy of Allow statements.
func allowed(t *testing.T, role stack.Resource, r request) bool {
	t.Helper()
	for _, policy := range stack.List(role.Properties["Policies"]) {
		for _, s := range stack.List(stack.At(policy, "PolicyDocument", "Statement")) {
			if stack.At(s, "Effect") != "Allow" {
				t.Fatalf("statement %v does not allow", s)
			}
			if slices.Contains(texts(t, stack.At(s, "Action")), r.action) && anyLike(texts(t, stack.At(s, "Resource")), r.resource) && met(t, stack.At(s, "Condition"), r) {
				return true
			}
		}
	}
	return false
}

// met tells whether every condition holds. A key that the request does not
// have fails every operator but ForAllValues, which nothing fails, and Null.
func met(t *testing.T, conditions any, r request) bool {
	t.Helper()
	m, _ := conditions.(map[string]any)
	for operator, keys := range m {
		for key, v := range keys.(map[string]any) {
			want, have := texts(t, v), r.context[key]
			ok := false
			switch operator {
			case "ForAllValues:StringLike":
				ok = !slices.ContainsFunc(have, func(h string) bool { return !anyLike(want, h) })
			case "StringLike":
				ok = len(have) == 1 && anyLike(want, have[0])
			case "StringEquals":
				ok = len(have) == 1 && slices.Contains(want, have[0])
			case "Null":
				ok = (want[0] == "true") == (len(have) == 0)
			default:
				t.Fatalf("unknown operator %s", operator)
			}
			if !ok {
				return false
			}
		}
	}
	return true
}

// anyLike matches as IAM does: * is any text, slashes included.
func anyLike(patterns []string, s string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(strings.ReplaceAll(p, "/", "|"), strings.ReplaceAll(s, "/", "|"))
		return err == nil && ok
	})
}
