package products

import (
	"context"

	"portal/infra"
)

// prefixed is a table of its own within another, so that one store serves many
// runs of a property.
type prefixed struct {
	infra.Table
	prefix string
}

func (p prefixed) Get(ctx context.Context, key infra.Key) (infra.Row, error) {
	key.PK = p.prefix + key.PK
	return p.Table.Get(ctx, key)
}

func (p prefixed) Query(ctx context.Context, q infra.Query) (infra.Page, error) {
	q.PK = p.prefix + q.PK
	return p.Table.Query(ctx, q)
}

func (p prefixed) Write(ctx context.Context, ops ...infra.Op) error {
	moved := make([]infra.Op, len(ops))
	for i, op := range ops {
		put := op.(infra.Put)
		put.PK = p.prefix + put.PK
		moved[i] = put
	}
	return p.Table.Write(ctx, moved...)
}

// counting counts what is asked.
type counting struct {
	infra.Table
	queries int
}

func (c *counting) Query(ctx context.Context, q infra.Query) (infra.Page, error) {
	c.queries++
	return c.Table.Query(ctx, q)
}
