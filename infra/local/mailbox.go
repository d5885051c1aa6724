package local

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"portal/infra"
)

// Mailbox is infra.Mail that delivers nothing: it keeps every letter handed
// over, and shows them (ServeHTTP).
type Mailbox struct {
	db      *bbolt.DB
	commits *committer
	clock   infra.Clock
}

// Handover is one letter as it was handed over. A letter handed over again
// has the same ID, another N and a higher Copy.
type Handover struct {
	N       uint64    `json:"n"`    // 1, 2, 3 … over all letters
	Copy    int       `json:"copy"` // 1, 2, 3 … of the same ID
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Lang    string    `json:"lang"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
}

var (
	lettersBucket    = []byte("mail/letters")    // N: Handover
	rawBucket        = []byte("mail/raw")        // N: message of RFC 5322
	byAddressBucket  = []byte("mail/by_address") // address NUL N
	copiesBucket     = []byte("mail/copies")     // ID: how often handed over
	suppressedBucket = []byte("mail/suppressed") // address
	mailBuckets      = [][]byte{lettersBucket, rawBucket, byAddressBucket, copiesBucket, suppressedBucket}
)

// Send keeps a letter for good.
func (m *Mailbox) Send(ctx context.Context, l infra.Letter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := m.clock.Now().UTC()
	raw, err := infra.MIME(l, now)
	if err != nil {
		return err
	}
	return m.commits.run(ctx, func(tx *bbolt.Tx) error {
		if tx.Bucket(suppressedBucket).Get(mailAddress(l.To)) != nil {
			return fmt.Errorf("mail: %w", infra.ErrSuppressed)
		}
		h := Handover{At: now, ID: l.ID, Kind: l.Kind, From: l.From, To: l.To, Subject: l.Subject, Lang: l.Lang, Text: l.Text, HTML: l.HTML}
		if err := keep(tx, h, raw); err != nil {
			return broken{fmt.Errorf("mail: %w", err)}
		}
		return nil
	})
}

func keep(tx *bbolt.Tx, h Handover, raw []byte) error {
	n, err := tx.Bucket(lettersBucket).NextSequence()
	if err != nil {
		return err
	}
	copies := tx.Bucket(copiesBucket)
	h.N, h.Copy = n, len(copies.Get([]byte(h.ID)))+1
	if err := copies.Put([]byte(h.ID), bytes.Repeat([]byte{'|'}, h.Copy)); err != nil {
		return err
	}
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := tx.Bucket(lettersBucket).Put(number(n), text); err != nil {
		return err
	}
	if err := tx.Bucket(rawBucket).Put(number(n), raw); err != nil {
		return err
	}
	return tx.Bucket(byAddressBucket).Put(addressPlace(h.To, n), nil)
}

// Suppress makes an address one that bounced: letters to it are refused with
// infra.ErrSuppressed from now on.
func (m *Mailbox) Suppress(ctx context.Context, address string) error {
	return m.commits.run(ctx, func(tx *bbolt.Tx) error {
		if err := tx.Bucket(suppressedBucket).Put(mailAddress(address), []byte{1}); err != nil {
			return broken{fmt.Errorf("mail: %w", err)}
		}
		return nil
	})
}

// Letters are the hand-overs to an address ("" for everybody's) with N above
// after and, unless it is 0, below before: newest first, at most limit.
func (m *Mailbox) Letters(to string, after, before uint64, limit int) ([]Handover, error) {
	letters := []Handover{}
	err := m.db.View(func(tx *bbolt.Tx) error {
		bucket, prefix := tx.Bucket(lettersBucket), []byte(nil)
		if to != "" {
			bucket, prefix = tx.Bucket(byAddressBucket), append(mailAddress(to), 0)
		}
		cursor := bucket.Cursor()
		for place := newest(cursor, prefix, before); place != nil && len(letters) < limit; place, _ = cursor.Prev() {
			if !bytes.HasPrefix(place, prefix) || binary.BigEndian.Uint64(place[len(prefix):]) <= after {
				break
			}
			var h Handover
			if err := json.Unmarshal(tx.Bucket(lettersBucket).Get(place[len(prefix):]), &h); err != nil {
				return fmt.Errorf("mail: %w", err)
			}
			letters = append(letters, h)
		}
		return nil
	})
	return letters, err
}

// newest goes to the last place with this prefix whose number is below before,
// or to whatever comes ahead of the prefix.
func newest(cursor *bbolt.Cursor, prefix []byte, before uint64) []byte {
	if before == 0 {
		before = 1<<64 - 1
	}
	place, _ := cursor.Seek(append(bytes.Clone(prefix), number(before)...))
	if place == nil {
		place, _ = cursor.Last()
		return place
	}
	place, _ = cursor.Prev()
	return place
}

// Letter is one hand-over and its raw message. infra.ErrNotFound.
func (m *Mailbox) Letter(n uint64) (Handover, []byte, error) {
	var h Handover
	var raw []byte
	err := m.db.View(func(tx *bbolt.Tx) error {
		text := tx.Bucket(lettersBucket).Get(number(n))
		if text == nil {
			return fmt.Errorf("mail: %w", infra.ErrNotFound)
		}
		raw = bytes.Clone(tx.Bucket(rawBucket).Get(number(n)))
		return json.Unmarshal(text, &h)
	})
	return h, raw, err
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// mailAddress is the key of an address; nobody tells addresses apart by case.
func mailAddress(address string) []byte { return []byte(strings.ToLower(strings.TrimSpace(address))) }

func addressPlace(address string, n uint64) []byte {
	return append(append(mailAddress(address), 0), number(n)...)
}
