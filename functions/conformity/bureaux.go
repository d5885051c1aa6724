package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/reference"
	"portal/shared/step"
)

type bureauxOutput struct {
	Body struct {
		Bureaux []bureauView `json:"bureaux"`
	}
}

type bureauView struct {
	Code           string                    `json:"code"`
	Name           string                    `json:"name"`
	Accreditations []reference.Accreditation `json:"accreditations"`
}

// bureaux answers the inspection bureaux a declarant may choose from.
func bureaux(p infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:    "conformity/bureaux",
		Summary: "List the inspection bureaux",
		Who:     step.Anyone(),
	}, http.MethodGet, "/api/conformity/bureaux", func(context.Context, *struct{}) (*bureauxOutput, error) {
		out := &bureauxOutput{}
		out.Body.Bureaux = []bureauView{}
		for _, b := range reference.Bureaux() {
			out.Body.Bureaux = append(out.Body.Bureaux, bureauView{Code: b.Code, Name: b.Name, Accreditations: b.Accreditations})
		}
		return out, nil
	})
}
