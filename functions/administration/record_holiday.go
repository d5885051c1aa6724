package administration

import (
	"context"
	"net/http"
	"strings"

	"portal/functions/accounts/registry"
	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/forms"
	"portal/shared/problem"
	"portal/shared/step"
)

type recordHolidayInput struct{ RawBody []byte }

type recordHolidayOutput struct {
	Location string `header:"Location"`
	Body     recordedHoliday
}

type holidayBody struct {
	Occasion string `json:"occasion"`
	Hijri    int    `json:"hijri"`
	First    string `json:"first"`
	Days     int    `json:"days"`
	NameFR   string `json:"name_fr"`
	NameAR   string `json:"name_ar"`
	NameEN   string `json:"name_en"`
}

// exceptional is the occasion of a day off that is no feast: it is called by
// its names, and known by its first day.
const exceptional = "exceptional"

// recordHoliday dates a feast as it was announced, in the place of the estimate
// or of what was recorded before, or adds an exceptional day off. Due dates
// follow within the hour. Doing it twice is doing it once.
func recordHoliday(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "administration/record_holiday",
		Summary:  "Record a holiday as it was announced",
		Who:      administrators,
		Grants:   almanac.WriteGrants,
		Problems: []string{"too_many_holidays"},
	}, http.MethodPost, "/api/administration/holidays", func(ctx context.Context, in *recordHolidayInput) (*recordHolidayOutput, error) {
		if err := portalOnly(ctx); err != nil {
			return nil, err
		}
		var body holidayBody
		if err := forms.Decode("administration/holiday", in.RawBody, &body); err != nil {
			return nil, err
		}
		holiday, err := body.holiday()
		if err != nil {
			return nil, err
		}
		saved := almanac.Holiday{LunarHoliday: holiday, By: step.CallerOf(ctx).Person, At: r.Clock.Now()}
		err = r.editHolidays(ctx, func(recorded almanac.Recorded) (almanac.Recorded, error) {
			recorded = recorded.With(saved)
			if len(recorded.Holidays) > almanac.MaxHolidays {
				return recorded, problem.New("too_many_holidays")
			}
			return recorded, nil
		})
		if err != nil {
			return nil, err
		}
		return &recordHolidayOutput{Location: "/api/administration/holidays/" + saved.ID(), Body: recordedOf(saved)}, nil
	}, form("holiday"), step.Created)
}

// editHolidays replaces the record, over and over while rivals are faster.
func (r room) editHolidays(ctx context.Context, edit func(almanac.Recorded) (almanac.Recorded, error)) error {
	return registry.Again(func() error {
		recorded, err := almanac.Load(ctx, r.Dossiers)
		if err != nil {
			return err
		}
		if recorded, err = edit(recorded); err != nil {
			return err
		}
		return r.Dossiers.Write(ctx, almanac.Put(recorded, r.Clock.Now()))
	})
}

// holiday reads the body and names everything that is wrong with it: a feast
// needs the Hijri year in which its day falls, an exceptional day its names.
func (b holidayBody) holiday() (calendar.LunarHoliday, error) {
	var faults []problem.Fault
	fault := func(pointer, code string) { faults = append(faults, problem.Fault{Pointer: pointer, Code: code}) }
	first, err := calendar.ParseDate(b.First)
	if err != nil {
		fault("/first", "date")
	}
	h := calendar.LunarHoliday{Occasion: b.Occasion, Hijri: b.Hijri, First: first, Days: b.Days}
	names := map[string]*string{"/name_fr": &b.NameFR, "/name_ar": &b.NameAR, "/name_en": &b.NameEN}
	if b.Occasion != exceptional {
		for pointer, name := range names {
			if *name != "" {
				fault(pointer, "not_applicable")
			}
		}
		switch {
		case b.Hijri == 0:
			fault("/hijri", "required")
		case err == nil && !h.Plausible():
			fault("/hijri", "hijri_year")
		}
		return h, problem.Invalid(faults)
	}
	if b.Hijri != 0 {
		fault("/hijri", "not_applicable")
	}
	for pointer, name := range names {
		if *name = strings.TrimSpace(*name); *name == "" {
			fault(pointer, "required")
		}
	}
	h.Names = calendar.Names{French: b.NameFR, Arabic: b.NameAR, English: b.NameEN}
	h.Occasion, h.Hijri = exceptional+"-"+first.String(), calendar.HijriYear(first)
	return h, problem.Invalid(faults)
}
