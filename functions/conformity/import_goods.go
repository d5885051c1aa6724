package conformity

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/goodsfile"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

const (
	mostToldCells = 1000      // in the problem; all are in the report
	reportLife    = time.Hour // of the link to the report
)

// importGoods replaces a draft's goods lines by those of an uploaded file, or
// adds those to them. Of a file with a bad cell nothing is imported: the
// problem names the cells, and links to the file with its errors beside the
// rows, which is gone after a day. Nothing is kept of the upload itself.
func importGoods(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/import_goods",
			Summary: "Import a draft's goods lines from an uploaded file",
			Who:     step.Roles(people.Declarant),
			Grants: citeGrants.And(step.Grants{Files: step.FileGrants{
				Read: []string{"incoming/"}, Write: []string{"incoming/"}, Delete: []string{"incoming/"},
			}}),
			Problems: []string{"import_refused"},
			Memory:   1769, // a full CPU: ten thousand lines are read, checked and staged in seconds
			Timeout:  29 * time.Second,
		},
		noun:   "goods-imports",
		form:   "goods-import",
		need:   whole,
		action: always(conformity.EditGoods),
		decide: func(ctx context.Context, c *change, raw []byte) error {
			var body struct {
				Upload string `json:"upload"`
				Mode   string `json:"mode"`
			}
			if err := forms.Decode("conformity/goods-import", raw, &body); err != nil {
				return err
			}
			key := incomingKey(c.ID, body.Upload)
			lines, err := r.goodsIn(ctx, c, key)
			if err != nil {
				return err
			}
			if body.Mode == "append" {
				lines = slices.Concat(c.Goods, lines)
			}
			if len(lines) > conformity.MaxLines {
				return problem.Invalid([]problem.Fault{{Pointer: "/upload", Code: "too_many_lines", Params: map[string]any{"max": conformity.MaxLines}}})
			}
			if err := r.replaceGoods(ctx, c, lines); err != nil {
				return err
			}
			c.afterwards(func(ctx context.Context) {
				_ = r.Files.Delete(ctx, key) // lost in a crash, it goes with its folder after a day
			})
			return nil
		},
	})
}

// afterwards adds to what runs once the change is written.
func (c *change) afterwards(do func(context.Context)) {
	before := c.After
	c.After = func(ctx context.Context) {
		if before != nil {
			before(ctx)
		}
		do(ctx)
	}
}

// goodsIn reads the lines of an upload. A file that is refused is deleted.
func (r room) goodsIn(ctx context.Context, c *change, key string) ([]conformity.Line, error) {
	data, err := r.Files.Read(ctx, key, goodsfile.MaxBytes)
	switch {
	case errors.Is(err, infra.ErrNotFound):
		return nil, &problem.Problem{Code: "import_refused", Faults: []problem.Fault{{Pointer: "/upload", Code: "upload_not_found"}}}
	case err != nil:
		return nil, err // too large too: the form did not let it through
	}
	object, err := conformity.ObjectOf(c.File)
	if err != nil {
		return nil, err
	}
	reading := goodsfile.Read(data, !object.IsStatement())
	if len(reading.Faults) == 0 {
		return reading.Lines, nil
	}
	refusal, err := r.importRefused(ctx, c, reading, data)
	if err != nil {
		return nil, err
	}
	if err := r.Files.Delete(ctx, key); err != nil {
		return nil, err
	}
	return nil, refusal
}

// importRefused is the problem of a file with faults, its report stored.
func (r room) importRefused(ctx context.Context, c *change, reading goodsfile.Reading, data []byte) (*problem.Problem, error) {
	lang := step.RequestOf(ctx).Lang
	refusal := &problem.Problem{Code: "import_refused", Total: len(reading.Faults)}
	for _, f := range reading.Faults[:min(len(reading.Faults), mostToldCells)] {
		refusal.Faults = append(refusal.Faults, cellFault(f, lang))
	}
	report, err := reading.Annotated(data, lang)
	if errors.Is(err, goodsfile.ErrNoTable) {
		return refusal, nil
	}
	if err != nil {
		return nil, err
	}
	key := incomingKey(c.ID, r.IDs.New())
	if err := r.Files.Put(ctx, key, reading.Kind.ContentType(), report); err != nil {
		return nil, err
	}
	url, err := r.Files.Link(ctx, key, goodsFileName("report", reading.Kind, lang), reportLife)
	if err != nil {
		return nil, err
	}
	refusal.Report = &problem.Report{URL: url, Expires: c.Now.Add(reportLife)}
	return refusal, nil
}

// cellFault is a bad cell as a fault of the upload: /upload/E7, with its place
// spelt out.
func cellFault(f goodsfile.Fault, lang string) problem.Fault {
	told := problem.Fault{Pointer: "/upload", Code: f.Code, Params: maps.Clone(f.Params)}
	if f.Row == 0 {
		return told
	}
	if told.Params == nil {
		told.Params = map[string]any{}
	}
	told.Pointer += "/" + f.Place()
	if f.Column == "" {
		told.Pointer += "/" + f.Field // several headings may be missing in one row
	}
	told.Params["row"] = f.Row
	for name, value := range map[string]string{"sheet": f.Sheet, "column": f.Column, "field": f.Field} {
		if value != "" {
			told.Params[name] = value
		}
	}
	if f.Field != "" {
		told.Params["heading"] = goodsfile.Heading(lang, f.Field)
	}
	return told
}
