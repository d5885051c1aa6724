package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Event is one change of a dossier: row dossier#<id> / event#<n>. Events form
// a chain: each carries the hash of the one before, taken over a salted digest
// of what was said, not over the words. Erasing personal data later removes
// Content and Salt and leaves a chain that still verifies.
type Event struct {
	N       int64     `json:"n"`
	At      time.Time `json:"at"`
	Action  Action    `json:"action"`
	From    Status    `json:"from"`
	To      Status    `json:"to"`
	Content *Content  `json:"content,omitempty"`
	Salt    string    `json:"salt,omitempty"`
	Digest  string    `json:"digest"`
	Prev    string    `json:"prev,omitempty"`
	Hash    string    `json:"hash"`
}

// Content is the personal part of an event: who, why, what changed.
type Content struct {
	Person       string         `json:"person,omitempty"`
	Name         string         `json:"name,omitempty"`
	Organisation string         `json:"organisation,omitempty"`
	Relation     Relation       `json:"relation"`
	Reason       string         `json:"reason,omitempty"`
	Changes      []Change       `json:"changes,omitempty"`
	Details      map[string]any `json:"details,omitempty"`
}

// Change is one field's difference.
type Change struct {
	Pointer string `json:"pointer"`
	Before  any    `json:"before,omitempty"`
	After   any    `json:"after,omitempty"`
}

// Seal completes an event as the next of a chain.
func (e *Event) Seal(prev, salt string) error {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.Prev, e.Salt = prev, salt
	digest, err := e.contentDigest()
	if err != nil {
		return err
	}
	e.Digest = digest
	e.Hash = e.link()
	return nil
}

// contentDigest is SHA-256 of the salt and the content's canonical JSON
// (encoding/json sorts map keys and keeps struct order).
func (e *Event) contentDigest() (string, error) {
	content, err := canonical(e.Content)
	if err != nil {
		return "", fmt.Errorf("dossier: event %d: %w", e.N, err)
	}
	return sum(e.Salt, string(content)), nil
}

// canonical goes through generic JSON once, so that a content read back from a
// store gives the same bytes as the one that was built.
func canonical(c *Content) ([]byte, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var generic any
	if err := json.Unmarshal(raw, &generic); err != nil {
		return nil, err
	}
	return json.Marshal(generic)
}

func (e *Event) link() string {
	return sum(e.Prev, fmt.Sprint(e.N), e.At.Format(time.RFC3339Nano), string(e.Action), string(e.From), string(e.To), e.Digest)
}

func sum(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Verify checks a whole chain, in order from the first event: numbers without
// a gap, each status where the one before led, every hash right, and every
// content that was not erased equal to its digest.
func Verify(events []Event) error {
	prev, status := "", Status("")
	for i := range events {
		e := &events[i]
		switch {
		case e.N != int64(i+1):
			return fmt.Errorf("dossier: event %d stands at place %d", e.N, i+1)
		case e.Prev != prev:
			return fmt.Errorf("dossier: event %d does not follow the one before", e.N)
		case e.From != status:
			return fmt.Errorf("dossier: event %d starts from %q, the one before led to %q", e.N, e.From, status)
		case e.Hash != e.link():
			return fmt.Errorf("dossier: event %d was altered", e.N)
		}
		if e.Content != nil {
			digest, err := e.contentDigest()
			if err != nil {
				return err
			}
			if digest != e.Digest {
				return fmt.Errorf("dossier: event %d's content was altered", e.N)
			}
		}
		prev, status = e.Hash, e.To
	}
	return nil
}

// Erase removes the personal part of an event; the chain still verifies.
func (e *Event) Erase() { e.Content, e.Salt = nil, "" }

// Read records that somebody was given a document or a certificate: row
// dossier#<id> / read#<id>.
type Read struct {
	At     time.Time `json:"at"`
	Person string    `json:"person"`
	What   string    `json:"what"`
}
