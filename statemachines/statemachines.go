// Package statemachines holds what happens between two people's steps, as
// Amazon States Language. Infrastructure deploys these files; the runner of
// one machine plays them; tests walk them.
package statemachines

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed *.asl.json
var files embed.FS

// Names lists the machines.
var Names = sync.OnceValue(func() []string {
	entries, _ := files.ReadDir(".")
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".asl.json"))
	}
	slices.Sort(names)
	return names
})

// Definition is a machine's text. An error for an unknown name.
func Definition(name string) ([]byte, error) {
	return files.ReadFile(name + ".asl.json")
}

// Revision identifies a machine's text: another text, another revision. An
// execution started under an older one is superseded.
func Revision(name string) (string, error) {
	text, err := Definition(name)
	if err != nil {
		return "", fmt.Errorf("statemachines: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6]), nil
}

// StepOf is the step that a definition substitution names: ${LifecyclePark}
// is lifecycle/park, ${ConformityTellAgent} is conformity/tell_agent.
func StepOf(substitution string) string {
	var words []string
	for _, r := range substitution {
		if r >= 'A' && r <= 'Z' {
			words = append(words, strings.ToLower(string(r)))
			continue
		}
		if len(words) > 0 {
			words[len(words)-1] += string(r)
		}
	}
	if len(words) < 2 {
		return ""
	}
	return words[0] + "/" + strings.Join(words[1:], "_")
}

// SubstitutionOf is the inverse of StepOf.
func SubstitutionOf(step string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(step, func(r rune) bool { return r == '/' || r == '_' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
