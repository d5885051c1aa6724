package administration

import (
	"context"
	"net/http"
	"time"

	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/step"
)

type listHolidaysInput struct {
	Year int `query:"year" minimum:"2000" maximum:"2200" doc:"Gregorian year; this one when left out"`
}

type listHolidaysOutput struct {
	Body struct {
		Year     int               `json:"year"`
		Days     []dayOff          `json:"days" doc:"Every public holiday of the year, in order"`
		Recorded []recordedHoliday `json:"recorded" doc:"What administrators recorded, of any year"`
	}
}

type dayOff struct {
	Date      string `json:"date"`
	Name      string `json:"name" doc:"In the caller's language"`
	Estimated bool   `json:"estimated" doc:"A feast whose day was not announced yet"`
}

// recordedHoliday is a holiday that an administrator recorded.
type recordedHoliday struct {
	ID       string    `json:"id"`
	Occasion string    `json:"occasion"`
	Hijri    int       `json:"hijri"`
	First    string    `json:"first"`
	Days     int       `json:"days"`
	At       time.Time `json:"at" doc:"When it was recorded"`
}

func recordedOf(h almanac.Holiday) recordedHoliday {
	return recordedHoliday{ID: h.ID(), Occasion: h.Occasion, Hijri: h.Hijri, First: h.First.String(), Days: h.Days, At: h.At}
}

// listHolidays shows the holidays of a year, and which of them are estimates.
func listHolidays(p infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:     "administration/list_holidays",
		Summary:  "List the public holidays of a year",
		Who:      administrators,
		Grants:   almanac.Grants,
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/administration/holidays", func(ctx context.Context, in *listHolidaysInput) (*listHolidaysOutput, error) {
		recorded, err := almanac.Load(ctx, p.Dossiers)
		if err != nil {
			return nil, err
		}
		table, err := recorded.Table()
		if err != nil {
			return nil, err
		}
		out := &listHolidaysOutput{}
		out.Body.Year = in.Year
		if in.Year == 0 {
			out.Body.Year = calendar.DateIn(p.Clock.Now()).Year()
		}
		lang := step.RequestOf(ctx).Lang
		out.Body.Days, out.Body.Recorded = []dayOff{}, []recordedHoliday{}
		for d := calendar.On(out.Body.Year, time.January, 1); d.Year() == out.Body.Year; d = d.AddDays(1) {
			for _, h := range table.On(d) {
				out.Body.Days = append(out.Body.Days, dayOff{Date: d.String(), Name: h.Names.In(lang), Estimated: h.Sample})
			}
		}
		for _, h := range recorded.Holidays {
			out.Body.Recorded = append(out.Body.Recorded, recordedOf(h))
		}
		return out, nil
	})
}
