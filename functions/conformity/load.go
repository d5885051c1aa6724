package conformity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/problem"
)

// depth is how much of a dossier a step needs.
type depth int

const (
	light  depth = iota // head, form, documents, requests, certificates, facts of the goods
	judged              // and verdicts
	whole               // and goods lines
)

// load reads a dossier in one query. The problem not_found when there is none.
func load(ctx context.Context, table infra.Table, id string, need depth) (*conformity.File, error) {
	query := infra.Query{PK: dossier.PK(id), From: dossier.SKHead, To: dossier.SKLightEnd, Limit: 1000}
	switch need {
	case judged:
		query.To = dossier.SKJudgedEnd
	case whole:
		query = infra.Query{PK: dossier.PK(id), Prefix: dossier.SKAll, Limit: 1000}
	}
	f := &conformity.File{Verdicts: map[int]conformity.LineVerdict{}}
	var chunks []chunk
	for {
		page, err := table.Query(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			if err := place(f, row, &chunks); err != nil {
				return nil, fmt.Errorf("dossier row %s: %w", row.SK, err)
			}
		}
		if page.Cursor == "" {
			break
		}
		query.Cursor = page.Cursor
	}
	if f.ID == "" || f.Procedure != conformity.Procedure.Name {
		return nil, problem.New("not_found")
	}
	for _, c := range chunks {
		if c.revision == f.GoodsRevision {
			f.Goods = append(f.Goods, c.Lines...)
		}
	}
	return f, nil
}

// chunk is up to ChunkLines goods lines of one revision.
type chunk struct {
	Lines    []conformity.Line `json:"lines"`
	revision string
}

func place(f *conformity.File, row infra.Row, chunks *[]chunk) error {
	kind, rest, _ := strings.Cut(row.SK, "#")
	switch kind {
	case dossier.SKHead:
		return row.Decode(&f.Dossier)
	case dossier.SKForm:
		return row.Decode(&f.Form)
	case dossier.SKFacts:
		return row.Decode(&f.Facts)
	case "dossier.document":
		return appendRow(row, &f.Documents)
	case "dossier.asked":
		return appendRow(row, &f.Asked)
	case "dossier.certificate":
		return appendRow(row, &f.Certificates)
	case "dossier.wares":
		c := chunk{}
		c.revision, _, _ = strings.Cut(rest, "#")
		if err := row.Decode(&c); err != nil {
			return err
		}
		*chunks = append(*chunks, c)
	case "dossier.verdicts":
		var v verdicts
		if err := row.Decode(&v); err != nil {
			return err
		}
		return v.into(f.Verdicts)
	}
	return nil
}

func appendRow[T any](row infra.Row, list *[]T) error {
	var one T
	if err := row.Decode(&one); err != nil {
		return err
	}
	*list = append(*list, one)
	return nil
}

// relations tells what a caller is to a dossier. None: it does not exist for
// them. A draft exists for its owner only.
func relations(c people.Caller, d *conformity.Dossier) []dossier.Relation {
	var rel []dossier.Relation
	if c.HasIn(d.Owner, people.Declarant) {
		rel = append(rel, dossier.Declarant)
	}
	if d.Body == "" {
		return rel
	}
	if c.HasIn(d.Body, people.Supervisor) {
		rel = append(rel, dossier.Supervisor)
	}
	if c.HasIn(d.Body, people.Agent) {
		if d.Agent == c.Person {
			rel = append(rel, dossier.Agent)
		} else {
			rel = append(rel, dossier.Colleague)
		}
	}
	return rel
}

// allowed lists what a caller may do to a dossier today.
func allowed(c people.Caller, d *conformity.Dossier, today calendar.Date) []string {
	names := []string{}
	for _, a := range conformity.Procedure.Allowed(d.Status, relations(c, d)...) {
		if a != conformity.AskComplement || d.ComplementBarred(today) == "" {
			names = append(names, string(a))
		}
	}
	return names
}

// open loads a dossier for a caller who may see it; not_found otherwise, since
// a stranger must not learn that it exists.
func open(ctx context.Context, table infra.Table, c people.Caller, id string, need depth) (*conformity.File, error) {
	f, err := load(ctx, table, id, need)
	if err != nil {
		return nil, err
	}
	if len(relations(c, &f.Dossier)) == 0 {
		return nil, problem.New("not_found")
	}
	return f, nil
}

// mayEver tells whether one of these relations can do the action in some
// status; if not, trying is forbidden rather than untimely.
func mayEver(rel []dossier.Relation, action dossier.Action) bool {
	return slices.ContainsFunc(conformity.Procedure.By(action), func(by dossier.Relation) bool {
		return slices.Contains(rel, by)
	})
}
