package conformity

import (
	"context"
	"errors"
	"time"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/export"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// exportJob is a list that somebody wants as a file: row export#<id> / export.
// It is made bit by bit outside of the request that asked for it. While it is
// being made it stands in the index pending, so that every Write of it rings
// for the next bit, and a ring that was lost is found.
type exportJob struct {
	ID     string        `json:"id"`
	Rev    int64         `json:"rev"` // every Write is conditional on it: of rivals one goes on
	Person string        `json:"person"`
	Lang   string        `json:"lang"`
	Format export.Format `json:"format"`
	Selection
	Range   exportRange  `json:"range"`
	Created time.Time    `json:"created"`
	Touched time.Time    `json:"touched"`
	State   exportState  `json:"state"`
	Rows    int          `json:"rows"`             // read so far
	Parts   int          `json:"parts"`            // that wait to be put together
	Cursor  string       `json:"cursor,omitempty"` // of the next page
	Read    bool         `json:"read,omitempty"`   // the last page was read
	Files   []exportFile `json:"files"`            // put together
}

// exportRange is what was selected when it was asked for, so that what is late
// or due soon does not change on the way: a range of an index.
type exportRange struct {
	Index string `json:"index"`
	PK    string `json:"key"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// exportFile is a finished file.
type exportFile struct {
	Key   string `json:"key"`
	Rows  int    `json:"rows"`
	Bytes int    `json:"bytes"`
}

// exportPart is a page of rows: row export#<id> / part#<file>#<n>. The cells
// are in a file.
type exportPart struct {
	Key  string `json:"key"`
	Rows int    `json:"rows"`
}

// exportState is how far an export is; label under export.state.<state>.
type exportState string

const (
	exportBuilding exportState = "building"
	exportReady    exportState = "ready"
	exportRefused  exportState = "refused" // whoever asked may not see the list any more
)

// exportKept is how long an export can be fetched. Its files go a day later by
// themselves.
const exportKept = 7 * 24 * time.Hour

// exportsPending is the partition of the index pending that holds the exports
// being made. One bears it: they come by dozens a day.
const exportsPending = "exports#all"

const exportPrefix = "export#"

func exportKey(id string) infra.Key  { return infra.Key{PK: exportPrefix + id, SK: "export"} }
func exportsPK(person string) string { return "exports#" + person }

// exportPut writes a job that was read at its revision.
func exportPut(e exportJob) infra.Put {
	condition := infra.Equals("rev", e.Rev)
	if e.Rev == 0 {
		condition = infra.Absent()
	}
	e.Rev++
	index := map[string]infra.Key{"owner": {PK: exportsPK(e.Person), SK: dossier.SortKey(e.Created) + "#" + e.ID}}
	if e.State == exportBuilding {
		index["pending"] = infra.Key{PK: exportsPending, SK: dossier.SortKey(e.Touched) + "#" + e.ID}
	}
	return infra.Put{Key: exportKey(e.ID), Value: e, Index: index, Expires: e.Created.Add(exportKept), If: []infra.Cond{condition}}
}

// exportOf reads a job; the problem not_found when there is none.
func (r room) exportOf(ctx context.Context, id string) (exportJob, error) {
	var e exportJob
	row, err := r.Dossiers.Get(ctx, exportKey(id))
	if errors.Is(err, infra.ErrNotFound) {
		return e, problem.New("not_found")
	}
	if err != nil {
		return e, err
	}
	return e, row.Decode(&e)
}

// exportsOf is a person's exports, newest first.
func (r room) exportsOf(ctx context.Context, person string) ([]exportJob, error) {
	page, err := r.Dossiers.Query(ctx, infra.Query{Index: "owner", PK: exportsPK(person), Descending: true, Limit: mostExports})
	if err != nil {
		return nil, err
	}
	jobs := make([]exportJob, len(page.Rows))
	for i, row := range page.Rows {
		if err := row.Decode(&jobs[i]); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// exportView is an export as whoever asked for it sees it.
type exportView struct {
	ID         string        `json:"id"`
	State      string        `json:"state" doc:"building, ready or refused"`
	StateLabel string        `json:"state_label"`
	Format     export.Format `json:"format" enum:"csv,xlsx"`
	Selection
	Created time.Time  `json:"created"`
	Expires time.Time  `json:"expires" doc:"Until when it can be fetched"`
	Rows    int        `json:"rows" doc:"So far"`
	Files   []fileView `json:"files" doc:"Once ready; a list of more than a hundred thousand rows comes in several"`
}

type fileView struct {
	Name  string `json:"name"`
	Rows  int    `json:"rows"`
	Bytes int    `json:"bytes"`
	URL   string `json:"url,omitempty" doc:"Downloads the file without a session for five minutes; shown with one export, not in the list"`
}

func viewExport(ctx context.Context, e exportJob) exportView {
	v := exportView{
		ID: e.ID, State: string(e.State), StateLabel: i18n.Text(step.RequestOf(ctx).Lang, "export.state."+string(e.State), nil),
		Format: e.Format, Selection: e.Selection, Created: e.Created, Expires: e.Created.Add(exportKept), Rows: e.Rows, Files: []fileView{},
	}
	if e.State != exportReady {
		return v
	}
	for n, f := range e.Files {
		v.Files = append(v.Files, fileView{Name: e.fileName(n), Rows: f.Rows, Bytes: f.Bytes})
	}
	return v
}

// visibleExport finds an export of the caller's own whose list they may still
// see; not_found otherwise.
func (r room) visibleExport(ctx context.Context, caller people.Caller, id string) (exportJob, error) {
	e, err := r.exportOf(ctx, id)
	if err != nil {
		return e, err
	}
	if e.Person != caller.Person || !e.visible(caller) {
		return e, problem.New("not_found")
	}
	return e, nil
}
