package conformity

import (
	"context"
	"time"

	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/step"
)

// untold is the record of a letter that could not be sent: row dossier#<id> /
// effect#<n>#untold.
type untold struct {
	At      time.Time      `json:"at"`
	Action  dossier.Action `json:"action"`
	Failure string         `json:"failure"` // name of the error
}

// recordUntold notes that a letter about an event could not be sent, whatever
// was tried, so that the dossier goes on without it. The failed function has
// raised its alarm; the declarant sees the event in the private space.
func recordUntold(p infra.Ports) step.Step {
	r := room{p}
	type failed struct {
		lifecycle.At
		Failure struct {
			Error string `json:"Error"`
		} `json:"failure"`
	}
	return step.Task(step.Declaration{
		Name:    "conformity/record_untold",
		Summary: "Records a letter that could not be sent",
		Grants:  step.Grants{Dossiers: step.TableGrants{Write: []string{"dossier#"}}},
	}, func(ctx context.Context, in failed) (struct{}, error) {
		return struct{}{}, r.Dossiers.Write(ctx, infra.Put{
			Key:   doneKey(in.At, "untold"),
			Value: untold{At: r.Clock.Now(), Action: in.Action, Failure: in.Failure.Error},
		})
	})
}
