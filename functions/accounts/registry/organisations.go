package registry

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"portal/infra"
	"portal/shared/people"
)

// Directory is the partition that lists every organisation by kind and name:
// SK <kind>#<folded name>#<id>. One partition bears it: organisations come by
// hundreds a day, not a second.
const Directory = "organisations#all"

// Listed is a row of the directory.
type Listed struct {
	ID           string                  `json:"id"`
	Kind         people.OrganisationKind `json:"kind"`
	Name         string                  `json:"name"`
	Bureau       string                  `json:"bureau,omitempty"`
	Subscription string                  `json:"subscription,omitempty"`
}

// OrganisationKey is the row of an organisation.
func OrganisationKey(id string) infra.Key {
	return infra.Key{PK: people.OrganisationPK(id), SK: "organisation"}
}

// MemberKey is the row of a member of an organisation.
func MemberKey(organisation, person string) infra.Key {
	return infra.Key{PK: people.OrganisationPK(organisation), SK: people.MemberSK(person)}
}

// Organisation reads an organisation. infra.ErrNotFound.
func Organisation(ctx context.Context, table infra.Table, id string) (people.Organisation, error) {
	var o people.Organisation
	err := read(ctx, table, OrganisationKey(id), &o)
	return o, err
}

// Found writes a new organisation and its place in the directory.
func Found(o people.Organisation) []infra.Op {
	o.Version = 1
	return []infra.Op{
		infra.Put{Key: OrganisationKey(o.ID), Value: o, If: []infra.Cond{infra.Absent()}},
		listing(o),
	}
}

// SaveOrganisation writes an organisation that was read at o.Version, if it
// still has that version, and raises it by one. Its name has not changed: the
// directory is sorted by it.
func SaveOrganisation(o people.Organisation) []infra.Op {
	was := o.Version
	o.Version++
	return []infra.Op{
		infra.Put{Key: OrganisationKey(o.ID), Value: o, If: []infra.Cond{infra.Equals("version", was)}},
		listing(o),
	}
}

func listing(o people.Organisation) infra.Op {
	return infra.Put{
		Key:   infra.Key{PK: Directory, SK: DirectoryPrefix(o.Kind, o.Name) + "#" + o.ID},
		Value: ListedOf(o),
	}
}

// ListedOf is an organisation as the directory shows it.
func ListedOf(o people.Organisation) Listed {
	return Listed{ID: o.ID, Kind: o.Kind, Name: o.Name, Bureau: o.Bureau, Subscription: o.Subscription}
}

// BureauID is the organisation of an inspection bureau, by its code.
func BureauID(code string) string { return "bureau-" + code }

// DirectoryPrefix begins the sort keys of the organisations of a kind whose
// names begin so.
func DirectoryPrefix(kind people.OrganisationKind, name string) string {
	return string(kind) + "#" + foldName(name)
}

// foldName is a name as the directory sorts it, cut to what a key can hold.
func foldName(name string) string {
	const most = 120 // runes; 480 bytes at worst
	folded := []rune(strings.ReplaceAll(people.FoldEmail(name), "#", " "))
	return string(folded[:min(len(folded), most)])
}

// Join gives a person roles in an organisation, on both sides: it changes p,
// which the caller saves or opens in the same Write as the member's row.
func Join(p *people.Person, organisation string, roles []people.Role) infra.Op {
	p.Memberships = append(slices.Clone(p.Memberships), people.Membership{Organisation: organisation, Roles: roles})
	return infra.Put{
		Key: MemberKey(organisation, p.ID),
		// An account's version is another every time it joins.
		Value: people.Member{Person: p.ID, Name: p.Name, Roles: roles, Rev: strconv.FormatInt(p.Version, 10)},
		If:    []infra.Cond{infra.Absent()},
	}
}

// SaveMember writes a member as changed, if their row is still the one that was
// read; rev is one that was never used.
func SaveMember(organisation string, m people.Member, rev string) infra.Op {
	unchanged := []infra.Cond{infra.Equals("rev", m.Rev)}
	if m.Rev == "" {
		unchanged = []infra.Cond{infra.Present(), infra.Missing("rev")}
	}
	m.Rev = rev
	return infra.Put{Key: MemberKey(organisation, m.Person), Value: m, If: unchanged}
}

// Leave takes a person out of an organisation, on both sides, like Join.
func Leave(p *people.Person, organisation string) infra.Op {
	p.Memberships = slices.DeleteFunc(slices.Clone(p.Memberships), func(m people.Membership) bool {
		return m.Organisation == organisation
	})
	return infra.Delete{Key: MemberKey(organisation, p.ID), If: []infra.Cond{infra.Present()}}
}
