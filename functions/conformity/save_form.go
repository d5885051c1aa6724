package conformity

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type saveFormInput struct {
	Target
	Section string `path:"section" enum:"object,parties,inspection" doc:"The step of the form"`
	RawBody []byte
}

// saveForm keeps one step of a draft's form, complete or not: half a code is
// worth saving. What it still lacks comes back as missing.
func saveForm(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(everyDeed(step.Declaration{
		Name:    "conformity/save_form",
		Summary: "Save one step of a draft's form",
		Who:     step.Roles(people.Declarant),
		Grants:  citeGrants,
	}), http.MethodPut, "/api/conformity/dossiers/{id}/form/{section}", func(ctx context.Context, in *saveFormInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.EditForm), func(c *change) error {
			return c.saveSection(in.Section, in.RawBody)
		})
	}, step.Draft(draftOf("the form conformity/{section}"), httpapi.MaxBody))
}

// draftOf describes the body of a draft's part: its form with anything still left
// out, which cannot be said in a schema without saying it twice.
func draftOf(forms string) string {
	return "As " + forms + ", with anything still left out or half typed"
}

func (c *change) saveSection(name string, body []byte) error {
	var asSent json.RawMessage
	faults, err := forms.Check(conformity.FormName(name), body, &asSent)
	if err != nil {
		return err
	}
	if structural := slices.DeleteFunc(slices.Clone(faults), func(f problem.Fault) bool { return !forms.Structural(f) }); len(structural) > 0 {
		return problem.Invalid(structural)
	}
	kept := c.Form.Section(name)
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return problem.New("not_json")
	}
	if c.Content.Changes, err = dossier.Diff(*kept, compact.Bytes()); err != nil {
		return err
	}
	c.Content.Details = map[string]any{"section": name}
	*kept = compact.Bytes()
	c.Ops = append(c.Ops, formPut(c.ID, c.Form))
	conformity.Summarise(c.File)
	return nil
}
