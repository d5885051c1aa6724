package conformity

import (
	"context"
	"net/http"
	"time"

	"portal/functions/administration/almanac"
	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/step"
)

// Timing is what lists and pages show of a dossier's clock.
type Timing struct {
	Since     *time.Time `json:"since,omitempty" doc:"When it came into its status"`
	Clock     string     `json:"clock" enum:"not_started,running,suspended,stopped" doc:"Suspended while the declarant owes something"`
	Due       string     `json:"due,omitempty" doc:"The bureau's target, as a date; none while the clock is suspended in time"`
	StatusDue string     `json:"status_due,omitempty" doc:"Last day on which it should be in its status, whoever is to act"`
	Late      bool       `json:"late" doc:"The due date has passed, or had when it was answered"`
}

func timingOf(d *conformity.Dossier, today calendar.Date) Timing {
	return Timing{Since: whenSet(d.Since), Clock: string(d.Clock.State()), Due: d.Due, StatusDue: d.StatusDue, Late: d.Late(today)}
}

type clockOutput struct{ Body clockView }

// clockView is a dossier's clock with its ledger.
type clockView struct {
	Timing
	StateLabel  string        `json:"state_label" doc:"In the caller's language"`
	Target      int           `json:"target_working_days,omitempty" doc:"Working days in all"`
	Run         int           `json:"run_working_days" doc:"Working days that have counted"`
	Left        int           `json:"left_working_days" doc:"Working days that remain; below zero by as many as it is late"`
	Complements string        `json:"complements,omitempty" enum:"one,unlimited" doc:"How often the bureau may ask for missing documents"`
	Asked       int           `json:"complements_asked" doc:"How often it has"`
	HalfOn      string        `json:"complement_until,omitempty" doc:"Last day on which it may, where it may once"`
	Ledger      []ledgerEntry `json:"ledger" doc:"What happened to the clock, oldest first"`
	RetainedTo  string        `json:"retained_until,omitempty" doc:"Last day on which an ended dossier is kept"`
	Flagged     *time.Time    `json:"flagged,omitempty" doc:"When it was noted that it need not be kept any longer"`
	DeletedOn   string        `json:"deleted_on,omitempty" doc:"Day on which a draft goes, unless it changes before"`
}

type ledgerEntry struct {
	Turn        string    `json:"turn" enum:"started,suspended,resumed,stopped"`
	Label       string    `json:"label" doc:"In the caller's language"`
	At          time.Time `json:"at"`
	Status      string    `json:"status,omitempty" doc:"What it was suspended for"`
	StatusLabel string    `json:"status_label,omitempty"`
	Due         string    `json:"due,omitempty" doc:"Due date as of then; none while suspended in time"`
	Left        int       `json:"left_working_days" doc:"What remained then"`
	Late        bool      `json:"late"`
}

// showClock answers a dossier's clock with its ledger, to both sides alike. It
// is worked out from when the clock ran, with the holidays that are known by
// now.
func showClock(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/show_clock",
		Summary:  "Read a dossier's clock and its ledger",
		Who:      readers,
		Grants:   step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}}.And(almanac.Grants),
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}/clock", func(ctx context.Context, in *Shown) (*clockOutput, error) {
		f, err := open(ctx, r.Dossiers, step.CallerOf(ctx), in.ID, light)
		if err != nil {
			return nil, err
		}
		holidays, err := almanac.Holidays(ctx, r.Dossiers)
		if err != nil {
			return nil, err
		}
		out := &clockOutput{viewClock(f.Dossier, holidays, r.Clock.Now(), step.RequestOf(ctx).Lang)}
		if f.Status == conformity.Draft {
			out.Body.DeletedOn, err = r.deletedOn(ctx, f.Head)
			return out, err
		}
		var flag lifecycle.Flagged
		if err := r.decode(ctx, f.ID, dossier.SKFlag, &flag); err != nil {
			return nil, err
		}
		out.Body.Flagged = whenSet(flag.At)
		return out, nil
	})
}

func viewClock(d conformity.Dossier, h calendar.Holidays, now time.Time, lang string) clockView {
	label := func(key string) string { return i18n.Text(lang, key, nil) }
	d.Redate(d.Terms(), h, now)
	reading, today := d.Clock.Read(h, now), calendar.DateIn(now)
	v := clockView{
		Timing: timingOf(&d, today), StateLabel: label("clock.state." + string(d.Clock.State())),
		Target: d.Clock.Target, Run: reading.Run, Left: reading.Left,
		Complements: string(d.Clock.Complements), Asked: d.Clock.SuspendedFor(conformity.AwaitingComplement), HalfOn: d.HalfOn,
		Ledger: []ledgerEntry{},
	}
	if conformity.Procedure.IsFinal(d.Status) {
		v.RetainedTo = conformity.Delays().RetainedUntil(calendar.DateIn(d.Since), d.Status).String()
	}
	for _, e := range d.Clock.Ledger(h) {
		shown := ledgerEntry{Turn: string(e.Turn), Label: label("clock." + string(e.Turn)), At: e.At, Status: string(e.Status), Due: e.Due.String(), Left: e.Left, Late: e.Late}
		if e.Status != "" {
			shown.StatusLabel = label("status." + string(e.Status))
		}
		v.Ledger = append(v.Ledger, shown)
	}
	return v
}

// deletedOn is the day that was promised in a warning, or that would be.
func (r room) deletedOn(ctx context.Context, d dossier.Head) (string, error) {
	var told lifecycle.Told
	err := r.decode(ctx, d.ID, dossier.SKTold(DraftNotice(d)), &told)
	if err != nil || told.Before != "" {
		return told.Before, err
	}
	return calendar.DateIn(d.Changed).AddDays(conformity.Delays().Drafts.Deleted).String(), nil
}
