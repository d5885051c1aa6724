package mail

import (
	"strings"
	"time"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
)

// Notice is a letter to be sent to an account: row person#<id> / mail#<id>. It
// is written in the same Write as its cause, and removed once sent.
type Notice struct {
	Kind   string            `json:"kind"` // catalogue key
	Link   string            `json:"link,omitempty"`
	Opens  registry.LinkKind `json:"opens,omitempty"` // what the link is for
	At     time.Time         `json:"at"`              // of the cause; {when} in the text
	Values map[string]string `json:"values,omitempty"`
}

// Knock is a letter to whoever has an e-mail, if anybody: row knock#<hash> /
// mail#<id>. The step that writes it does not look whether there is an
// account, so its answer cannot tell, not even by the time it takes.
type Knock struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
}

// The kinds of knocks.
const (
	Forgotten = "forgotten"      // asks for a link to choose a password
	Slowed    = "account_slowed" // tells of wrong passwords
)

// Outbox is the partition of the pending index that holds every letter not yet
// sent, oldest first.
const Outbox = "mail#all"

// keep is how long a letter that cannot be sent is tried. One with a link
// lives no longer than its link.
const keep = 7 * 24 * time.Hour

const (
	personPrefix = "person#"
	knockPrefix  = "knock#"
	mailPrefix   = "mail#"
)

// Notify is the operation that leaves a letter for an account. id is the
// letter's own, new for each.
func Notify(person, id string, n Notice) infra.Op {
	expires := n.At.Add(keep)
	if n.Opens != "" {
		expires = n.At.Add(n.Opens.Valid())
	}
	return put(people.PersonPK(person), id, n.At, n, expires)
}

// KnockOn is the operation that leaves a letter for whoever has this e-mail.
func KnockOn(email, id string, k Knock) infra.Op {
	return put(knockPrefix+people.Hash(people.FoldEmail(email)), id, k.At, k, k.At.Add(24*time.Hour))
}

func put(partition, id string, at time.Time, value any, expires time.Time) infra.Op {
	return infra.Put{
		Key:     infra.Key{PK: partition, SK: mailPrefix + id},
		Value:   value,
		Index:   map[string]infra.Key{"pending": {PK: Outbox, SK: sortTime(at) + "#" + id}},
		Expires: expires,
	}
}

func sortTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// letterID is stable over every attempt to send the letter of a row.
func letterID(key infra.Key) string { return strings.TrimPrefix(key.SK, mailPrefix) }

// Invitation is the notice of the link that p has just been given.
func Invitation(p people.Person, opens registry.LinkKind, letter string, now time.Time) Notice {
	n := Notice{Kind: letter, Opens: opens, Link: p.ResetLink, At: now}
	if opens == registry.Creation {
		n.Link = p.CreationLink
	}
	return n
}
