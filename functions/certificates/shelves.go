package certificates

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
)

// Filter is what lists of certificates can be narrowed by.
type Filter struct {
	Kind     string `query:"kind" enum:"COC,SOR,SOL,NCR,CIA" doc:"Only this kind"`
	Status   string `query:"status" enum:"valid,expired,replaced,revoked,used_up" doc:"Only this status"`
	Expiring int    `query:"expiring" minimum:"1" maximum:"366" doc:"Only what is valid and will not be in so many days; goes with no status"`
	Cursor   string `query:"cursor" maxLength:"2000"`
	Limit    int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

// shelves are an organisation's certificates in two indexes: all of them by
// date of issue, and each kind in each status by last day of validity.
type shelves struct{ all, byStatus, org string }

// queries are the ranges of the indexes that hold exactly what a filter lets
// through, to be read one after the other: nothing is read to be thrown away.
func (s shelves) queries(f Filter, today calendar.Date) []infra.Query {
	if f.Kind == "" && f.Status == "" && f.Expiring == 0 {
		return []infra.Query{{Index: s.all, PK: listPK(s.org), Descending: true}}
	}
	kinds := identifiers.CertificateKinds()
	if f.Kind != "" {
		kinds = []identifiers.CertificateKind{identifiers.CertificateKind(f.Kind)}
	}
	statuses := certificate.Statuses()
	if f.Status != "" {
		statuses = []certificate.Status{certificate.Status(f.Status)}
	}
	var list []infra.Query
	for _, status := range statuses {
		for _, kind := range kinds {
			if f.Expiring > 0 {
				if status == certificate.Valid {
					list = append(list, s.shelf(kind, status, today.String(), today.AddDays(f.Expiring).String()+"~"))
				}
				continue
			}
			list = append(list, s.inStatus(kind, status, today)...)
		}
	}
	return list
}

// inStatus is a status as it is today: what is over since midnight is expired,
// whether or not the sweep has marked it.
func (s shelves) inStatus(kind identifiers.CertificateKind, status certificate.Status, today calendar.Date) []infra.Query {
	switch status {
	case certificate.Valid:
		return []infra.Query{s.shelf(kind, status, today.String(), "")}
	case certificate.Expired:
		return []infra.Query{s.shelf(kind, certificate.Valid, "", today.AddDays(-1).String()+"~"), s.shelf(kind, status, "", "")}
	}
	return []infra.Query{s.shelf(kind, status, "", "")}
}

func (s shelves) shelf(kind identifiers.CertificateKind, status certificate.Status, from, to string) infra.Query {
	return infra.Query{Index: s.byStatus, PK: shelfPK(s.org, kind, status), From: from, To: to}
}

// chain reads a page of several queries as if they were one. Its cursor is the
// number of the query and the query's own. ErrBadCursor of infra for another's.
func chain(ctx context.Context, table infra.Table, queries []infra.Query, cursor string, limit int) (rows []infra.Row, next string, err error) {
	at := 0
	if cursor != "" {
		number, own, ok := strings.Cut(cursor, ".")
		if at, err = strconv.Atoi(number); !ok || err != nil || at < 0 || at >= len(queries) {
			return nil, "", infra.ErrBadCursor
		}
		cursor = own
	}
	for at < len(queries) && len(rows) < limit {
		q := queries[at]
		q.Limit, q.Cursor = limit-len(rows), cursor
		page, err := table.Query(ctx, q)
		if err != nil {
			return nil, "", err
		}
		rows = append(rows, page.Rows...)
		if cursor = page.Cursor; cursor == "" {
			at++
		}
	}
	if at < len(queries) {
		next = fmt.Sprintf("%d.%s", at, cursor)
	}
	return rows, next, nil
}
