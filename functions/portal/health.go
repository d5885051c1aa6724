package portal

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/step"
)

type healthOutput struct {
	Body struct {
		Status string `json:"status"`
	}
}

// health tells that the portal answers. It touches no port: what they are
// worth, alarms tell.
func health(infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:    "portal/health",
		Summary: "Tell that the portal answers",
		Who:     step.Anyone(),
	}, http.MethodGet, "/api/health", func(context.Context, *struct{}) (*healthOutput, error) {
		out := &healthOutput{}
		out.Body.Status = "ok"
		return out, nil
	})
}
