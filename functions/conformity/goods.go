package conformity

import (
	"context"
	"encoding/json"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// Goods lines are written under a revision that nobody else uses, and the head
// then points to it: whoever reads sees all of the old lines or all of the new
// ones. A few lines go into the head's own Write; many are staged before it.
const (
	fewChunks   = 20      // of lines that share the head's Write
	stagedBytes = 3 << 20 // of rows in one Write that stages, under a store's 4 MB
)

// giveGoods puts lines under a new revision of the file, with their facts. What
// it returns belongs into the Write of the head; lines that are too many for
// that are staged now, invisible until the head points to them.
func (r room) giveGoods(ctx context.Context, f *conformity.File, lines []conformity.Line) ([]infra.Op, error) {
	f.Lines, f.Goods, f.Facts = len(lines), lines, conformity.FactsOf(lines)
	f.GoodsRevision = ""
	if len(lines) == 0 {
		return []infra.Op{factsPut(f.ID, f.Facts)}, nil
	}
	f.GoodsRevision = r.IDs.New()
	puts := goodsPuts(f.ID, f.GoodsRevision, lines)
	if len(puts) <= fewChunks {
		return append(puts, factsPut(f.ID, f.Facts)), nil
	}
	return []infra.Op{factsPut(f.ID, f.Facts)}, inBatches(ctx, r.Dossiers, puts)
}

// inBatches writes operations of which each stands for itself, as many at once
// as a Write bears.
func inBatches(ctx context.Context, table infra.Table, ops []infra.Op) error {
	var batch []infra.Op
	size := 0
	for _, op := range ops {
		bytes := 0
		if put, ok := op.(infra.Put); ok {
			raw, err := json.Marshal(put.Value)
			if err != nil {
				return err
			}
			bytes = len(raw)
		}
		if len(batch) == infra.MaxOps || size+bytes > stagedBytes {
			if err := table.Write(ctx, batch...); err != nil {
				return err
			}
			batch, size = nil, 0
		}
		batch, size = append(batch, op), size+bytes
	}
	return table.Write(ctx, batch...)
}

// dropGoods deletes the lines of a revision that the head no longer points to.
// Few go with the head's Write; many after it, where a crash leaves rows that
// nobody reads and that the draft's end deletes.
func (c *change) dropGoods(r room, revision string, lines int) {
	gone := goodsDeletes(c.ID, revision, lines)
	if len(gone) <= fewChunks {
		c.Ops = append(c.Ops, gone...)
		return
	}
	c.After = func(ctx context.Context) { _ = inBatches(ctx, r.Dossiers, gone) }
}

// goodsPuts are the rows of lines under a revision.
func goodsPuts(id, revision string, lines []conformity.Line) []infra.Op {
	var ops []infra.Op
	for i := 0; i*conformity.ChunkLines < len(lines); i++ {
		part := lines[i*conformity.ChunkLines : min((i+1)*conformity.ChunkLines, len(lines))]
		ops = append(ops, infra.Put{
			Key:   infra.Key{PK: dossier.PK(id), SK: dossier.SKGoods(revision, i)},
			Value: chunk{Lines: part},
		})
	}
	return ops
}

// goodsDeletes removes the rows of a revision that had this many lines.
func goodsDeletes(id, revision string, lines int) []infra.Op {
	var ops []infra.Op
	for i := 0; i*conformity.ChunkLines < lines; i++ {
		ops = append(ops, infra.Delete{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKGoods(revision, i)}})
	}
	return ops
}
