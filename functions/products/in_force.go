package products

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/control"
	"portal/shared/identifiers"
)

// ErrNoList says that no list was in force on a day, or that there is no
// version of a name.
var ErrNoList = errors.New("products: no list of controlled products")

// InForce is the list in force on a day: its entries for these HS codes, which
// cost a query a chapter, or all of them when none is given. ErrNoList before
// the first.
func InForce(ctx context.Context, table infra.Table, day calendar.Date, codes ...identifiers.HS) (control.List, error) {
	listing, err := OnDay(ctx, table, day)
	if err != nil {
		return control.List{}, err
	}
	return listing.List(ctx, table, codes...)
}

// Version is a version of the list by its name, whether in force, replaced or
// to come, with entries as InForce gives them. ErrNoList.
func Version(ctx context.Context, table infra.Table, version string, codes ...identifiers.HS) (control.List, error) {
	listing, err := listingOf(ctx, table, version)
	if err != nil {
		return control.List{}, err
	}
	return listing.List(ctx, table, codes...)
}

// shipped is the first version, which has no row.
func shipped() Listing {
	list := control.Shipped()
	return Listing{Edition: list.Edition, Entries: list.Len()}
}

// OnDay is the version in force on a day, without its entries, in one query:
// the last that began by then and was not withdrawn before. ErrNoList.
func OnDay(ctx context.Context, table infra.Table, day calendar.Date) (Listing, error) {
	for q := (infra.Query{PK: listsPK, From: versionPrefix, To: upTo(day), Descending: true, Limit: 5}); ; {
		page, err := table.Query(ctx, q)
		if err != nil {
			return Listing{}, err
		}
		for _, row := range page.Rows {
			var p Publication
			if err := row.Decode(&p); err != nil {
				return Listing{}, fmt.Errorf("list of products: %w", err)
			}
			if p.Withdrawal == nil {
				return p.Listing, nil
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			break
		}
	}
	if first := shipped(); !day.Before(first.InForce) {
		return first, nil
	}
	return Listing{}, ErrNoList
}

func listingOf(ctx context.Context, table infra.Table, version string) (Listing, error) {
	if first := shipped(); version == first.Version {
		return first, nil
	}
	if !validName(version) {
		return Listing{}, ErrNoList
	}
	row, err := table.Get(ctx, nameKey(version))
	if errors.Is(err, infra.ErrNotFound) {
		return Listing{}, ErrNoList
	}
	if err != nil {
		return Listing{}, err
	}
	var l Listing
	return l, row.Decode(&l)
}

// mostChapters is up to how many chapters are read one by one.
const mostChapters = 8

// List reads a version's entries for these HS codes, or all when none is given.
func (l Listing) List(ctx context.Context, table infra.Table, codes ...identifiers.HS) (control.List, error) {
	if l.Digest == "" {
		return control.Shipped(), nil
	}
	var chapters []string
	for _, code := range codes {
		if !code.IsZero() {
			chapters = append(chapters, code.Chapter()+"#")
		}
	}
	slices.Sort(chapters)
	chapters = slices.Compact(chapters)
	if len(chapters) == 0 && len(codes) > 0 {
		return control.Restore(l.Edition, nil), nil
	}
	if len(chapters) == 0 || len(chapters) > mostChapters {
		chapters = []string{""}
	}
	var entries []control.Entry
	for _, prefix := range chapters {
		var err error
		if entries, err = readEntries(ctx, table, l.Digest, prefix, entries); err != nil {
			return control.List{}, err
		}
	}
	return control.Restore(l.Edition, entries), nil
}

func readEntries(ctx context.Context, table infra.Table, digest, prefix string, to []control.Entry) ([]control.Entry, error) {
	for q := (infra.Query{PK: entriesPK(digest), Prefix: prefix, Limit: infra.MaxPage}); ; {
		page, err := table.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			var part chunk
			if err := row.Decode(&part); err != nil {
				return nil, fmt.Errorf("entries of a list of products: %w", err)
			}
			to = append(to, part.Entries...)
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return to, nil
		}
	}
}

// shelf keeps the whole lists that a process read last: versions never change,
// and anybody may search them.
type shelf struct {
	mu    sync.Mutex
	lists map[string]control.List // by version
}

// mostShelved bounds the memory of a process.
const mostShelved = 3

func (s *shelf) whole(ctx context.Context, table infra.Table, l Listing) (control.List, error) {
	s.mu.Lock()
	defer s.mu.Unlock() // two readers of one list: the second waits for the first's
	if list, kept := s.lists[l.Version]; kept {
		return list, nil
	}
	list, err := l.List(ctx, table)
	if err != nil {
		return control.List{}, err
	}
	if s.lists == nil || len(s.lists) >= mostShelved {
		s.lists = map[string]control.List{}
	}
	s.lists[l.Version] = list
	return list, nil
}
