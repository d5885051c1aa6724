// Package reference holds the portal's reference lists: countries, currencies,
// units, Incoterms, modes of transport, ports, families of controlled goods and
// inspection bureaux (the identifiers specification: versioned data files with
// source and date, never Go code). Each list is one file under data, read the
// first time it is asked for. What could not be sourced is marked as a sample.
package reference

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"sync"

	"portal/shared/calendar"
)

//go:embed data/*.json
var data embed.FS

// Edition says which version of a list is in force and where it comes from.
type Edition struct {
	List    string        `json:"list"`
	Version string        `json:"version"` // as its source or the portal names it
	Source  string        `json:"source"`
	Date    calendar.Date `json:"date"` // when the file was drawn up
	Sample  bool          `json:"sample,omitempty"`
}

// Names are what an entry is called in the portal's languages.
type Names struct {
	French  string `json:"fr"`
	Arabic  string `json:"ar,omitempty"`
	English string `json:"en,omitempty"`
}

// In is the name in a language (fr, ar, en), in French where there is none.
func (n Names) In(language string) string {
	switch {
	case language == "ar" && n.Arabic != "":
		return n.Arabic
	case language == "en" && n.English != "":
		return n.English
	}
	return n.French
}

// Entry is one line of a list. Fields that a list does not use are absent.
type Entry struct {
	Code     string   `json:"code"`
	Names    Names    `json:"names"`
	Sample   bool     `json:"sample,omitempty"`
	Decimals *int     `json:"decimals,omitempty"` // currencies: digits after the point; nil where ISO 4217 has none to give
	Symbol   string   `json:"symbol,omitempty"`   // units
	Country  string   `json:"country,omitempty"`  // ports: ISO 3166-1 alpha-2
	Modes    []string `json:"modes,omitempty"`    // ports: modes of transport served; Incoterms: modes confined to, all when empty
	Prefixes []string `json:"prefixes,omitempty"` // families of goods: digits their HS codes begin with
}

// ServesMode tells whether the entry lends itself to a mode of transport (a
// code of TransportModes); one that names no mode lends itself to all.
func (e Entry) ServesMode(mode string) bool {
	return len(e.Modes) == 0 || slices.Contains(e.Modes, mode)
}

// List is a reference list. The zero List is empty.
type List struct {
	edition Edition
	entries []Entry
	byCode  map[string]int
}

// Edition says which version this is.
func (l List) Edition() Edition { return l.edition }

// Len is the number of entries.
func (l List) Len() int { return len(l.entries) }

// Entries are all entries in the order of the file. The slice is the caller's;
// what its entries point to is not.
func (l List) Entries() []Entry { return slices.Clone(l.entries) }

// Has tells whether the list has a code, which is case-sensitive.
func (l List) Has(code string) bool {
	_, found := l.byCode[code]
	return found
}

// Lookup is the entry of a code; false when the list has none.
func (l List) Lookup(code string) (Entry, bool) {
	at, found := l.byCode[code]
	if !found {
		return Entry{}, false
	}
	return l.entries[at], true
}

// Name is a code's name in a language, or the code itself where the list has
// none.
func (l List) Name(code, language string) string {
	if entry, ok := l.Lookup(code); ok {
		return entry.Names.In(language)
	}
	return code
}

// ParseList reads a list in the form of the files under data. It errs when the
// JSON is malformed, the list has no name, version, source or date, or an entry
// has no code, no French name, or the code of another.
func ParseList(text []byte) (List, error) {
	var file struct {
		Edition
		Entries []Entry `json:"entries"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return List{}, fmt.Errorf("read a reference list: %w", err)
	}
	if err := file.Edition.check(); err != nil {
		return List{}, err
	}
	list := List{edition: file.Edition, entries: file.Entries, byCode: make(map[string]int, len(file.Entries))}
	for at, entry := range file.Entries {
		if entry.Code == "" || entry.Names.French == "" {
			return List{}, fmt.Errorf("reference list %s: entry %d (%s) has no code or no French name", file.List, at+1, entry.Code)
		}
		if list.Has(entry.Code) {
			return List{}, fmt.Errorf("reference list %s: code %s is there twice", file.List, entry.Code)
		}
		list.byCode[entry.Code] = at
	}
	return list, nil
}

func (e Edition) check() error {
	if e.List == "" || e.Version == "" || e.Source == "" || e.Date.IsZero() {
		return fmt.Errorf("reference list %q: a name, a version, a source and a date are needed", e.List)
	}
	return nil
}

// Countries are those of ISO 3166-1, by alpha-2 code.
func Countries() List { return countries() }

// Currencies are those of ISO 4217, funds and metals included.
func Currencies() List { return currencies() }

// Units are those of UN/ECE Recommendation 20 that are usual in trade.
func Units() List { return units() }

// Incoterms are the rules of 2020.
func Incoterms() List { return incoterms() }

// TransportModes are the codes of UN/ECE Recommendation 19.
func TransportModes() List { return transportModes() }

// Ports are sea ports and airports, by UN/LOCODE.
func Ports() List { return ports() }

// Families are the families of controlled goods bureaux are accredited for.
func Families() List { return families() }

var (
	countries      = shipped("countries")
	currencies     = shipped("currencies")
	units          = shipped("units")
	incoterms      = shipped("incoterms")
	transportModes = shipped("transport_modes")
	ports          = shipped("ports")
	families       = shipped("hs_families")
)

func shipped(name string) func() List {
	return sync.OnceValue(func() List {
		list, err := load(name)
		if err != nil {
			return List{} // unreachable: the file is compiled in and a test reads it
		}
		return list
	})
}

func load(name string) (List, error) {
	text, err := data.ReadFile("data/" + name + ".json")
	if err != nil {
		return List{}, fmt.Errorf("reference list %s: %w", name, err)
	}
	return ParseList(text)
}

// Version says which edition of a list is in force, bureaux included; false
// when there is no list of that name.
func Version(list string) (Edition, bool) {
	at := slices.IndexFunc(editions(), func(e Edition) bool { return e.List == list })
	if at < 0 {
		return Edition{}, false
	}
	return editions()[at], true
}

// Editions says which edition of every list is in force, by name of list.
func Editions() []Edition { return slices.Clone(editions()) }

var editions = sync.OnceValue(func() []Edition {
	files, _ := data.ReadDir("data") // compiled in, in order of name, and a test reads them
	found := make([]Edition, 0, len(files))
	for _, file := range files {
		var edition Edition
		text, _ := data.ReadFile(path.Join("data", file.Name()))
		if json.Unmarshal(text, &edition) == nil {
			found = append(found, edition)
		}
	}
	return found
})
