package administration

import (
	"context"
	"errors"
	"net/http"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/forms"
	"portal/shared/identifiers"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type recordSubscriptionInput struct {
	ID      string `path:"id" doc:"Id of the organisation"`
	RawBody []byte
}

type recordSubscriptionOutput struct{ Body registry.Listed }

// recordSubscription notes the PORTNET subscription that an operator has
// already: filing needs it.
func recordSubscription(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "administration/record_subscription",
		Summary: "Record an operator's validated PORTNET subscription",
		Who:     administrators,
		Grants: step.Grants{People: step.TableGrants{
			Read:  []string{"organisation#"},
			Write: []string{"organisation#", "organisations#"},
		}},
		Problems: []string{"not_found", "not_an_operator"},
	}, http.MethodPut, organisationPath+"/subscription", func(ctx context.Context, in *recordSubscriptionInput) (*recordSubscriptionOutput, error) {
		if err := portalOnly(ctx); err != nil {
			return nil, err
		}
		code, err := subscriptionCode(in.RawBody)
		if err != nil {
			return nil, err
		}
		var saved people.Organisation
		err = registry.Again(func() error {
			o, err := r.administered(ctx, in.ID)
			if err != nil {
				return err
			}
			if o.Kind != people.Operator {
				return problem.New("not_an_operator")
			}
			o.Subscription = code.String()
			saved = o
			return r.People.Write(ctx, registry.SaveOrganisation(o)...)
		})
		if err != nil {
			return nil, err
		}
		return &recordSubscriptionOutput{registry.ListedOf(saved)}, nil
	}, form("subscription"))
}

func subscriptionCode(raw []byte) (identifiers.SubscriptionCode, error) {
	var body struct {
		Code string `json:"code"`
	}
	if err := forms.Decode("administration/subscription", raw, &body); err != nil {
		return identifiers.SubscriptionCode{}, err
	}
	code, err := identifiers.ParseSubscriptionCode(body.Code)
	var wrong *identifiers.Error
	if errors.As(err, &wrong) {
		return code, problem.Invalid([]problem.Fault{{Pointer: "/code", Code: string(wrong.Code), Params: wrong.Params}})
	}
	return code, err
}
