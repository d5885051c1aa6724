package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/reference"
	"portal/shared/step"
)

type bureauChoiceOutput struct {
	Body struct {
		Chosen     string          `json:"chosen,omitempty" doc:"The bureau that a deposit would go to now, or went to; absent while none may take the goods"`
		Why        []string        `json:"why" doc:"How it comes to be this one"`
		Candidates []candidateView `json:"candidates"`
	}
}

type candidateView struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Fits bool   `json:"fits" doc:"Accredited for every line in its country of origin today"`
	Open int    `json:"open" doc:"Dossiers in hand"`
	Why  string `json:"why,omitempty" doc:"What keeps it from taking the goods"`
}

// showBureauChoice tells a declarant which bureau would be chosen for a draft
// as it is saved, and what is said against each of the others; of a dossier
// that was deposited, which one was.
func showBureauChoice(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/show_bureau_choice",
		Summary: "See which bureau would be chosen, and why",
		Who:     step.Roles(people.Declarant),
		Grants: citeGrants.And(step.Grants{Dossiers: step.TableGrants{
			Read: []string{"dossier#", "load#"},
		}}),
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}/bureau-choice", func(ctx context.Context, in *Shown) (*bureauChoiceOutput, error) {
		f, err := open(ctx, r.Dossiers, step.CallerOf(ctx), in.ID, light)
		if err != nil {
			return nil, err
		}
		today := calendar.DateIn(r.Clock.Now())
		chosen, why, err := r.foreseenBureau(ctx, f, today)
		if err != nil {
			return nil, err
		}
		load, err := bureauLoad(ctx, r.Dossiers)
		if err != nil {
			return nil, err
		}
		out, lang := &bureauChoiceOutput{}, step.RequestOf(ctx).Lang
		out.Body.Candidates, out.Body.Why, out.Body.Chosen = []candidateView{}, []string{}, chosen
		for _, reason := range why {
			out.Body.Why = append(out.Body.Why, i18n.Text(lang, reason.Code, reason.Params))
		}
		for _, c := range conformity.Candidates(f.Facts.Codes, today) {
			seen := candidateView{Code: c.Code, Name: c.Name, Fits: c.Obstacle == nil, Open: load[c.Code]}
			if c.Obstacle != nil {
				seen.Why = i18n.Text(lang, c.Obstacle.Code, c.Obstacle.Params)
			}
			out.Body.Candidates = append(out.Body.Candidates, seen)
		}
		return out, nil
	})
}

// foreseenBureau is the bureau of a dossier, and of a draft the one that it
// would have.
func (r room) foreseenBureau(ctx context.Context, f *conformity.File, today calendar.Date) (string, []reference.Reason, error) {
	if f.Bureau != "" {
		return f.Bureau, f.BureauWhy, nil
	}
	object, err := conformity.ObjectOf(f)
	if err != nil {
		object = conformity.Object{} // not filled in yet: as if automatic
	}
	cites, err := r.citations(ctx, f, today)
	if err != nil {
		return "", nil, err
	}
	return r.chooseBureau(ctx, f, object, cites, today)
}
