package conformity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/export"
	"portal/shared/i18n"
)

const (
	// rowsPerPart is a page of the list, as large as pages are.
	rowsPerPart = infra.MaxPage
	// partsPerFile bounds what is put together at once, and a file: 100,000 rows
	// are some 20 MB, and open in any spreadsheet.
	partsPerFile = 100
	// mostPartBytes is far more than a page of rows.
	mostPartBytes = 16 << 20
)

// rangeOf is a query without what is newer than an export: its list is sorted
// by deposit and read once from the oldest on, so that none comes twice.
func rangeOf(q infra.Query, asked time.Time) exportRange {
	if until := dossier.SortKey(asked) + "~"; q.Index != "due" && (q.To == "" || until < q.To) {
		q.To = until
	}
	return exportRange{Index: q.Index, PK: q.PK, From: q.From, To: q.To}
}

// readPart keeps the next page of the list. A dossier is shown as it is when
// its page is read.
func (r room) readPart(ctx context.Context, e exportJob) error {
	heads, cursor, err := r.page(ctx, e)
	if err != nil {
		return err
	}
	ops := []infra.Op{nil}
	if len(heads) > 0 {
		rows := make([][]string, len(heads))
		for i := range heads {
			rows[i] = cells(e.Lang, e.List, &heads[i])
		}
		part := exportPart{Rows: len(rows)}
		if part.Key, err = r.keepRows(ctx, e, rows); err != nil {
			return err
		}
		ops = append(ops, infra.Put{Key: e.partKey(e.Parts), Value: part, Expires: e.Created.Add(exportKept)})
		e.Parts++
	}
	e.Rows += len(heads)
	e.Cursor, e.Read = cursor, cursor == ""
	ops[0] = exportPut(e)
	return r.Dossiers.Write(ctx, ops...)
}

func (e exportJob) partKey(n int) infra.Key {
	return infra.Key{PK: exportPrefix + e.ID, SK: fmt.Sprintf("part#%04d#%04d", len(e.Files), n)}
}

// page reads the next page of what is selected.
func (r room) page(ctx context.Context, e exportJob) ([]conformity.Dossier, string, error) {
	if e.Reference != "" {
		d, err := r.byNumber(ctx, e.Reference)
		if err != nil || d == nil || !e.holds(d) {
			return nil, "", err
		}
		return []conformity.Dossier{*d}, "", nil
	}
	q := infra.Query{Index: e.Range.Index, PK: e.Range.PK, From: e.Range.From, To: e.Range.To, Limit: rowsPerPart, Cursor: e.Cursor}
	page, err := r.Dossiers.Query(ctx, q)
	if err != nil {
		return nil, "", err
	}
	heads := make([]conformity.Dossier, len(page.Rows))
	for i, row := range page.Rows {
		if err := row.Decode(&heads[i]); err != nil {
			return nil, "", err
		}
	}
	return heads, page.Cursor, nil
}

// holds tells whether a dossier found by its number is on the list selected.
func (s Selection) holds(d *conformity.Dossier) bool {
	mine := d.Body
	if s.List == ownList {
		mine = d.Owner
	}
	return mine == s.Organisation && (s.Status == "" || s.Status == string(d.Status))
}

// putTogether makes a file of the parts, the last one when all were read.
func (r room) putTogether(ctx context.Context, e *exportJob) error {
	sheet := export.Sheet{Name: i18n.Text(e.Lang, "export.sheet", nil), Columns: columns(e.Lang, e.List), RightToLeft: e.Lang == "ar"}
	var file bytes.Buffer
	w := sheet.New(e.Format, &file)
	made := exportFile{}
	for n := range e.Parts {
		rows, err := r.partRows(ctx, e.partKey(n))
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := w.Row(row); err != nil {
				return err
			}
		}
		made.Rows += len(rows)
	}
	if err := w.Close(); err != nil {
		return err
	}
	made.Bytes = file.Len()
	var err error
	if made.Key, err = r.keepFile(ctx, *e, string(e.Format), e.Format.ContentType(), file.Bytes()); err != nil {
		return err
	}
	if made.Rows > 0 || len(e.Files) == 0 { // an empty list is a file with its headings
		e.Files = append(e.Files, made)
	}
	e.Parts = 0
	if e.Read {
		e.State = exportReady
	}
	return r.Dossiers.Write(ctx, exportPut(*e))
}

func (r room) partRows(ctx context.Context, key infra.Key) ([][]string, error) {
	row, err := r.Dossiers.Get(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("part: %w", err)
	}
	var part exportPart
	if err := row.Decode(&part); err != nil {
		return nil, err
	}
	raw, err := r.Files.Read(ctx, part.Key, mostPartBytes)
	if err != nil {
		return nil, fmt.Errorf("file of a part: %w", err)
	}
	var rows [][]string
	return rows, json.Unmarshal(raw, &rows)
}

// keepRows stores the rows of a part.
func (r room) keepRows(ctx context.Context, e exportJob, rows [][]string) (string, error) {
	raw, err := json.Marshal(rows)
	if err != nil {
		return "", err
	}
	return r.keepFile(ctx, e, "json", "application/json", raw)
}

// keepFile stores a file under a name that tells what is in it.
func (r room) keepFile(ctx context.Context, e exportJob, ending, contentType string, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	key := fmt.Sprintf("exports/%s/%s.%s", e.ID, hex.EncodeToString(sum[:]), ending)
	return key, r.Files.Put(ctx, key, contentType, data)
}

// fileName is the name under which the nth file is saved: demandes-2026-08-24.csv.
func (e exportJob) fileName(n int) string {
	name := i18n.Text(e.Lang, "export.file", nil) + "-" + calendar.DateIn(e.Created).String()
	if len(e.Files) > 1 {
		name += "-" + strconv.Itoa(n+1)
	}
	return name + "." + string(e.Format)
}
