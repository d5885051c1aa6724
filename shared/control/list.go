package control

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"portal/shared/identifiers"
	"portal/shared/problem"
)

// The digits of an entry's HS code: from a heading to the whole code of the
// Moroccan tariff.
const (
	LeastDigits = 4
	MostDigits  = 10
)

// List is one version of the list, or the part of it that some questions need.
// It is immutable; the zero List covers nothing.
type List struct {
	Edition
	entries []Entry // by HS code, each once
	folded  func() []string
}

// NewList makes a list of entries, tidied and in the order of their HS codes,
// or names every fault of every entry at once, at /entries/<index>/<field>.
func NewList(e Edition, entries []Entry) (List, []problem.Fault) {
	tidied := make([]Entry, len(entries))
	for i, entry := range entries {
		tidied[i] = entry.tidy()
	}
	if faults := faultsOf(tidied); len(faults) > 0 {
		return List{}, faults
	}
	return Restore(e, tidied), nil
}

// Restore makes a list, or a part of it, of entries that NewList accepted once:
// what was right when it was published stays readable whatever the reference
// lists become.
func Restore(e Edition, entries []Entry) List {
	kept := slices.SortedFunc(slices.Values(entries), byHS)
	return List{Edition: e, entries: kept, folded: sync.OnceValue(func() []string { return foldAll(kept) })}
}

func byHS(a, b Entry) int { return strings.Compare(a.HS, b.HS) }

// Len is the number of entries.
func (l List) Len() int { return len(l.entries) }

// Entries are the entries by HS code. The slice is the caller's; what its
// entries point to is not.
func (l List) Entries() []Entry { return slices.Clone(l.entries) }

// Lookup is the most specific entry that covers an HS code; false when none
// does.
func (l List) Lookup(hs identifiers.HS) (Entry, bool) {
	digits := hs.String()
	for n := len(digits); n >= LeastDigits; n-- {
		if at, found := l.find(digits[:n]); found {
			return l.entries[at], true
		}
	}
	return Entry{}, false
}

// find is where the entry of exactly these digits is, or would be.
func (l List) find(digits string) (int, bool) {
	return slices.BinarySearchFunc(l.entries, digits, func(e Entry, hs string) int { return strings.Compare(e.HS, hs) })
}

// Shipped is the list that comes with the portal, read once: the first version,
// in force until the ministry publishes another. It is a sample.
func Shipped() List { return shipped() }

//go:embed data/list.json
var shippedFile []byte

var shipped = sync.OnceValue(func() List {
	list, err := Parse(shippedFile)
	if err != nil {
		return List{} // unreachable: the file is compiled in and a test reads it
	}
	return list
})

// Parse reads a list in the form of data/list.json. It errs when the JSON is
// malformed, the version is not dated and sourced, or an entry has a fault.
func Parse(text []byte) (List, error) {
	var file struct {
		Edition
		Entries []Entry `json:"entries"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return List{}, fmt.Errorf("read a list of controlled products: %w", err)
	}
	if file.Version == "" || file.Source == "" || file.InForce.IsZero() || file.Published.IsZero() {
		return List{}, fmt.Errorf("list of controlled products %q: a version, a source and two dates are needed", file.Version)
	}
	list, faults := NewList(file.Edition, file.Entries)
	if len(faults) > 0 {
		return List{}, fmt.Errorf("list of controlled products %q: %d faults, the first %s at %s", file.Version, len(faults), faults[0].Code, faults[0].Pointer)
	}
	return list, nil
}
