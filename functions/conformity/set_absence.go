package conformity

import (
	"context"
	"errors"
	"net/http"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type absenceInput struct {
	Person  string `path:"person" maxLength:"40" doc:"The agent"`
	Bureau  string `query:"bureau" maxLength:"40" doc:"The bureau's organisation, when the caller works for several"`
	RawBody []byte
}

type absenceOutput struct{ Body agentView }

// setAbsence notes until when an agent is absent; no date ends the absence.
// Assignment shows it and forbids nothing.
func setAbsence(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/set_absence",
		Summary: "Note an agent's absence",
		Who:     step.Roles(people.Supervisor),
		Grants: step.Grants{
			People:   step.TableGrants{Read: []string{"organisation#"}, Write: []string{"organisation#"}},
			Dossiers: step.TableGrants{Read: []string{"load#"}},
		},
		Problems: []string{"not_found"},
	}, http.MethodPut, "/api/conformity/agents/{person}/absence", func(ctx context.Context, in *absenceInput) (*absenceOutput, error) {
		var body struct {
			Until string `json:"until"`
		}
		if err := forms.Decode("conformity/absence", in.RawBody, &body); err != nil {
			return nil, err
		}
		bureau, err := bureauOf(step.CallerOf(ctx), in.Bureau, people.Supervisor)
		if err != nil {
			return nil, err
		}
		m, err := r.markAbsent(ctx, bureau, in.Person, body.Until)
		if err != nil {
			return nil, err
		}
		loads, err := agentLoads(ctx, r.Dossiers, bureau)
		return &absenceOutput{Body: viewAgent(m, loads[m.Person])}, err
	}, form("absence"))
}

// markAbsent changes nothing but the absence: a membership that ended, or got
// other roles, in the same moment stays as it is.
func (r room) markAbsent(ctx context.Context, bureau, person, until string) (people.Member, error) {
	var m people.Member
	err := registry.Again(func() error {
		row, err := r.People.Get(ctx, registry.MemberKey(bureau, person))
		if errors.Is(err, infra.ErrNotFound) {
			return problem.New("not_found")
		}
		if err != nil {
			return err
		}
		m = people.Member{}
		if err := row.Decode(&m); err != nil {
			return err
		}
		m.AbsentUntil = until
		return r.People.Write(ctx, registry.SaveMember(bureau, m, r.IDs.New()))
	})
	return m, err
}
