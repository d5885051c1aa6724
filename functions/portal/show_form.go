package portal

import (
	"context"
	"net/http"
	"slices"

	"portal/infra"
	"portal/shared/forms"
	"portal/shared/problem"
	"portal/shared/step"
)

type formInput struct {
	Room string `path:"room" maxLength:"40"`
	Name string `path:"name" maxLength:"40"`
}

type schemaOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// showForm answers a form's JSON Schema, from which the browser draws it.
func showForm(infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:     "portal/show_form",
		Summary:  "Read a form's JSON Schema",
		Who:      step.Anyone(),
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/forms/{room}/{name}", func(_ context.Context, in *formInput) (*schemaOutput, error) {
		name := in.Room + "/" + in.Name
		if !slices.Contains(forms.Names(), name) {
			return nil, problem.New("not_found")
		}
		schema, err := forms.Raw(name)
		return &schemaOutput{ContentType: "application/schema+json", Body: schema}, err
	}, step.Answers(http.StatusOK, "application/schema+json"))
}
