package aws_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"portal/shared/step"
)

func TestAStateMachineRunsAnEventStepAsItsTask(t *testing.T) {
	type wish struct {
		step.Ring
		Dossier    string `json:"dossier"`
		Generation int64  `json:"generation"`
	}
	var heard []wish
	pump := step.Event(step.Declaration{Name: "room/pump"}, step.DossierChanges, func(_ context.Context, in wish) (struct{}, error) {
		heard = append(heard, in)
		return struct{}{}, nil
	})
	answer, err := function(t, pump, &bytes.Buffer{}).Invoke(onLambda(t), []byte(`{"dossier":"d","generation":3}`))
	if err != nil || string(answer) != "{}" {
		t.Fatalf("%s %v", answer, err)
	}
	if len(heard) != 1 || heard[0].Dossier != "d" || heard[0].Generation != 3 || heard[0].Keys != nil {
		t.Errorf("%+v", heard)
	}
}

func TestAScheduleLogsItsReportForTheAlarms(t *testing.T) {
	sweep := step.Scheduled(step.Declaration{Name: "room/sweep"}, step.Schedule{Every: time.Minute}, func(context.Context) (map[string]int, error) {
		return map[string]int{"pending": 7}, nil
	})
	var log bytes.Buffer
	if _, err := function(t, sweep, &log).Invoke(onLambda(t), []byte(`{"time":"now"}`)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), `"report":{"pending":7}`) {
		t.Errorf("%s", log.String())
	}
}
