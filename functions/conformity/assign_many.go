package conformity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type assignManyInput struct{ RawBody []byte }

type assignManyOutput struct {
	Body struct {
		Assigned int          `json:"assigned" doc:"How many were assigned"`
		Dossiers []assignment `json:"dossiers" doc:"What became of each, in the order of the request"`
	}
}

// assignment is what became of one dossier of many.
type assignment struct {
	ID      string   `json:"id"`
	Done    bool     `json:"done"`
	Version int64    `json:"version,omitempty" doc:"After the assignment; or as it stands, when another was named"`
	Refusal *refusal `json:"refusal,omitempty" doc:"What stood in the way, as the step for one dossier tells it"`
}

// refusal is a problem of one dossier in an answer about many.
type refusal struct {
	Code    string              `json:"code" doc:"Stable code of the kind of problem"`
	Title   string              `json:"title"`
	Detail  string              `json:"detail,omitempty"`
	Errors  []problem.BodyFault `json:"errors,omitempty" doc:"Every wrong field"`
	Status  string              `json:"dossier_status,omitempty" doc:"The dossier's status, when it does not allow the step"`
	Allowed []string            `json:"allowed_actions,omitempty" doc:"What the caller may do in this status"`
}

// assignManyBody is the form assignments.
type assignManyBody struct {
	Agent    string `json:"agent"`
	Reason   string `json:"reason"`
	Dossiers []struct {
		ID      string `json:"id"`
		Version int64  `json:"version"`
	} `json:"dossiers"`
}

// assignMany gives many dossiers to one agent. Each is decided on its own, by
// the rules and in the one Write of assign; what stands in the way of one is
// told of that one. Under an Idempotency-Key each is assigned once however
// often the request is repeated, also after a crash in the midst of it, and the
// answer is the first.
func assignMany(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/assign_many",
		Summary: "Assign many dossiers to an agent",
		Who:     step.Roles(people.Supervisor),
		Grants: stepGrants.And(step.Grants{
			People: step.TableGrants{Read: []string{"organisation#"}},
		}),
		Problems: []string{"invalid", "idempotency_key_reused"},
	}, http.MethodPost, "/api/conformity/assignments", func(ctx context.Context, in *assignManyInput) (*assignManyOutput, error) {
		var body assignManyBody
		if err := forms.Decode("conformity/assignments", in.RawBody, &body); err != nil {
			return nil, err
		}
		out := &assignManyOutput{}
		first, err := httpapi.Recall(ctx, r.Dossiers)
		if err != nil {
			return nil, err
		}
		if first == nil {
			if err := r.manyAreRight(ctx, body); err != nil {
				return nil, err
			}
			if first, err = httpapi.Begin(ctx, r.Dossiers, r.Clock.Now()); err != nil {
				return nil, err
			}
		}
		if first.Finished() {
			return out, json.Unmarshal(first.Answer, &out.Body)
		}
		for _, d := range body.Dossiers {
			done, err := r.assignOneOf(httpapi.Part(ctx, d.ID), Target{ID: d.ID, IfMatch: etag(d.Version)}, body.Agent, body.Reason)
			if err != nil {
				return nil, err
			}
			out.Body.Dossiers = append(out.Body.Dossiers, done)
			if done.Done {
				out.Body.Assigned++
			}
		}
		answer, err := json.Marshal(out.Body)
		if err != nil {
			return nil, err
		}
		return out, httpapi.Finish(ctx, r.Dossiers, r.Clock.Now(), httpapi.Remembered{Status: http.StatusOK, Answer: answer})
	}, form("assignments"), step.Status(http.StatusOK))
}

// manyAreRight names what is wrong with the request itself: a dossier named
// twice, an agent of none of the caller's bureaux.
func (r room) manyAreRight(ctx context.Context, body assignManyBody) error {
	var faults []problem.Fault
	seen := map[string]bool{}
	for i, d := range body.Dossiers {
		if seen[d.ID] {
			faults = append(faults, problem.Fault{Pointer: fmt.Sprintf("/dossiers/%d/id", i), Code: "duplicate"})
		}
		seen[d.ID] = true
	}
	known := false
	for _, bureau := range step.CallerOf(ctx).With(people.Supervisor) {
		_, isAgent, err := r.agentOf(ctx, bureau, body.Agent)
		if err != nil {
			return err
		}
		known = known || isAgent
	}
	if !known {
		faults = append(faults, problem.Fault{Pointer: "/agent", Code: "agent_unknown"})
	}
	return problem.Invalid(faults)
}

// assignOneOf is assign for one dossier of many. An error is one that none of
// them is to blame for.
func (r room) assignOneOf(ctx context.Context, in Target, agent, reason string) (assignment, error) {
	out, err := r.move(ctx, in, light, assignOrReassign, func(c *change) error { return r.assignTo(ctx, c, agent, reason) })
	var refused *problem.Problem
	switch {
	case err == nil:
		return assignment{ID: in.ID, Done: true, Version: versionOf(out.ETag)}, nil
	case !errors.As(err, &refused):
		return assignment{}, err
	}
	told := refused.Render(step.RequestOf(ctx).Lang)
	done := assignment{ID: in.ID, Refusal: &refusal{
		Code: told.Code, Title: told.Title, Detail: told.Detail, Errors: told.Errors, Status: told.Dossier, Allowed: told.Allowed,
	}}
	if now, stale := refused.State.(view); stale {
		done.Version = now.Version // of fifty, that is enough
	}
	return done, nil
}

// versionOf is the version that etag made an entity tag of.
func versionOf(tag string) int64 {
	version, _ := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	return version
}
