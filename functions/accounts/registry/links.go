package registry

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"portal/infra"
	"portal/shared/people"
)

// LinkKind is what a link lets its bearer do.
type LinkKind string

// The kinds of links.
const (
	Creation LinkKind = "creation" // choose the first password
	Reset    LinkKind = "reset"    // choose another
)

// Valid is how long a link works (the accounts specification).
func (k LinkKind) Valid() time.Duration {
	if k == Creation {
		return 24 * time.Hour
	}
	return time.Hour
}

// LinkPurpose is the purpose of the key that authenticates links.
const LinkPurpose = "links"

// Link is the row link#<hash of the token> / link. The token is made of the id
// by a key, so that it can be made again when the mail is sent and is stored
// nowhere.
type Link struct {
	Person string   `json:"person"`
	Kind   LinkKind `json:"kind"`
	ID     string   `json:"id"` // 256 random bits
}

// NewLink makes a link for p, which forgets the one of the same kind it had:
// only the newest works. The caller saves or opens p in the same Write.
func NewLink(ctx context.Context, ports infra.Ports, p *people.Person, kind LinkKind) (infra.Op, error) {
	secret := ports.IDs.Secret()
	link := Link{Person: p.ID, Kind: kind, ID: hex.EncodeToString(secret[:])}
	token, err := Token(ctx, ports.MAC, link.ID)
	if err != nil {
		return nil, err
	}
	if kind == Creation {
		p.CreationLink = link.ID
	} else {
		p.ResetLink = link.ID
	}
	return infra.Put{Key: linkKey(token), Value: link, Expires: ports.Clock.Now().Add(kind.Valid())}, nil
}

// Token is what a link carries in its address.
func Token(ctx context.Context, mac infra.MAC, id string) (string, error) {
	sum, err := mac.Sum(ctx, LinkPurpose, []byte(id))
	if err != nil {
		return "", fmt.Errorf("token of a link: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// Address is the page that a link opens. The token travels in the fragment,
// which browsers send to nobody.
func Address(s infra.Settings, kind LinkKind, token string) string {
	return s.BaseURL + "/mot-de-passe#token=" + token + "&kind=" + string(kind)
}

// Current tells whether p's link of this kind is still the one with this id.
func Current(p people.Person, kind LinkKind, id string) bool {
	switch kind {
	case Creation:
		return p.Status == people.Pending && p.CreationLink == id
	case Reset:
		return p.Status == people.Active && p.ResetLink == id
	}
	return false
}

// Follow finds the person who may use this token for this, and the operation
// that uses it up. infra.ErrNotFound when it is unknown, used, expired,
// replaced, or of another kind.
func Follow(ctx context.Context, table infra.Table, token string, kind LinkKind) (people.Person, infra.Op, error) {
	var link Link
	if err := read(ctx, table, linkKey(token), &link); err != nil {
		return people.Person{}, nil, err
	}
	p, err := Person(ctx, table, link.Person)
	if err != nil {
		return people.Person{}, nil, err
	}
	if link.Kind != kind || !Current(p, kind, link.ID) {
		return people.Person{}, nil, errors.Join(errors.New("link replaced"), infra.ErrNotFound)
	}
	return p, infra.Delete{Key: linkKey(token), If: []infra.Cond{infra.Present()}}, nil
}

func linkKey(token string) infra.Key {
	return infra.Key{PK: "link#" + people.Hash(token), SK: "link"}
}
