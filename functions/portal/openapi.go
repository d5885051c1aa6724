package portal

import (
	"context"
	"net/http"
	"sync"

	"portal/infra"
	"portal/shared/step"
)

// OpenAPI makes the step that answers the description of the API. describe is
// called once, when it is first asked: it mounts every step.
func OpenAPI(describe func(infra.Settings) ([]byte, error)) infra.Maker {
	return func(p infra.Ports) step.Step {
		once := sync.OnceValues(func() ([]byte, error) { return describe(p.Settings) })
		return step.HTTP(step.Declaration{
			Name:    "portal/openapi",
			Summary: "Read the description of this API (OpenAPI 3.1)",
			Who:     step.Anyone(),
			Memory:  512,
		}, http.MethodGet, "/api/openapi.json", func(context.Context, *struct{}) (*schemaOutput, error) {
			doc, err := once()
			return &schemaOutput{ContentType: "application/json", Body: doc}, err
		}, step.Answers(http.StatusOK, "application/json"))
	}
}
