package products

import (
	"encoding/json"
	"fmt"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/control"
	"portal/shared/people"
)

// The rows of the lists of products under control, none of which is ever
// deleted. Those of one partition are few: a version is published some times a
// year.
const (
	listsPK       = "control#lists"
	versionPrefix = "version#" // version#<first day in force>#<version>: Publication
	namePrefix    = "name#"    // name#<version>: Listing; reserves the name
	eventPrefix   = "event#"   // event#<n>: Event; of two changes at once one finds it taken
)

// Listing is a version as it was published, which nothing changes.
type Listing struct {
	control.Edition
	Digest  string `json:"digest"` // of its entries, which are under control#entries#<digest>
	Entries int    `json:"entries"`
}

// Publication is a version with its history.
type Publication struct {
	Listing
	At         time.Time   `json:"at"`
	By         string      `json:"by"` // person
	Name       string      `json:"name"`
	Changes    Changes     `json:"changes"`
	Withdrawal *Withdrawal `json:"withdrawal,omitempty"`
}

// Changes is what a version changes of the one before it: how many entries, and
// the HS codes of the first of them.
type Changes struct {
	Against string              `json:"against" doc:"The version before it"`
	Added   int                 `json:"added"`
	Removed int                 `json:"removed"`
	Changed int                 `json:"changed"`
	First   control.Differences `json:"first" doc:"The HS codes of the first of each"`
}

// mostShown is how many HS codes of each kind of change are kept.
const mostShown = 50

func changesOf(before, after control.List) Changes {
	d := control.Compare(before, after)
	first := func(codes []string) []string { return append([]string{}, codes[:min(mostShown, len(codes))]...) }
	return Changes{
		Against: before.Version, Added: len(d.Added), Removed: len(d.Removed), Changed: len(d.Changed),
		First: control.Differences{Added: first(d.Added), Removed: first(d.Removed), Changed: first(d.Changed)},
	}
}

// Withdrawal takes back a version before its day.
type Withdrawal struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"` // person
	Name   string    `json:"name"`
	Reason string    `json:"reason"`
}

// Event is one change of the lists: row control#lists / event#<n>.
type Event struct {
	N       int       `json:"n"`
	At      time.Time `json:"at"`
	Action  string    `json:"action"` // publish or withdraw
	Version string    `json:"version"`
	By      string    `json:"by"`
	Name    string    `json:"name"`
	Reason  string    `json:"reason,omitempty"`
}

// chunk is some entries of one chapter: row control#entries#<digest> /
// <chapter>#<n>. Rows are named after what they hold, so that staging a list
// twice writes the same rows, and a crash before publishing leaves nothing that
// another attempt does not use.
type chunk struct {
	Entries []control.Entry `json:"entries"`
}

// chunkBytes is the most that the entries of a row weigh, half of what a row
// may: a store counts otherwise than JSON.
const chunkBytes = infra.MaxRowBytes / 2

func entriesPK(digest string) string { return "control#entries#" + digest }

func versionKey(l Listing) infra.Key {
	return infra.Key{PK: listsPK, SK: versionPrefix + l.InForce.String() + "#" + l.Version}
}

// upTo bounds the versions in force on a day or before it: no name of a version
// sorts after a tilde.
func upTo(day calendar.Date) string { return versionPrefix + day.String() + "#~" }

func nameKey(version string) infra.Key { return infra.Key{PK: listsPK, SK: namePrefix + version} }

func eventPut(e Event) infra.Put {
	return infra.Put{
		Key:   infra.Key{PK: listsPK, SK: fmt.Sprintf("%s%06d", eventPrefix, e.N)},
		Value: e, If: []infra.Cond{infra.Absent()},
	}
}

// staged are the rows of a list's entries and what names them.
func staged(list control.List) (digest string, rows []infra.Op, err error) {
	entries := list.Entries()
	text, err := json.Marshal(entries)
	if err != nil {
		return "", nil, fmt.Errorf("entries: %w", err)
	}
	digest = people.Hash(string(text))
	var part chunk
	weight := 0
	flush := func() {
		if len(part.Entries) > 0 {
			sk := fmt.Sprintf("%s#%04d", chapterOf(part.Entries[0]), len(rows))
			rows = append(rows, infra.Put{Key: infra.Key{PK: entriesPK(digest), SK: sk}, Value: part})
		}
		part, weight = chunk{}, 0
	}
	for _, e := range entries {
		one, err := json.Marshal(e)
		if err != nil {
			return "", nil, fmt.Errorf("entry: %w", err)
		}
		if len(part.Entries) > 0 && (chapterOf(part.Entries[0]) != chapterOf(e) || weight+len(one) > chunkBytes) {
			flush()
		}
		part.Entries, weight = append(part.Entries, e), weight+len(one)
	}
	flush()
	return digest, rows, nil
}

func chapterOf(e control.Entry) string { return e.HS[:2] }
