package conformity

import (
	"portal/shared/calendar"
	"portal/shared/identifiers"
	"portal/shared/reference"
)

// Candidate is a bureau looked at for a request.
type Candidate struct {
	reference.Bureau
	// Obstacle is the first thing that keeps it from taking the goods; nil when
	// nothing does.
	Obstacle *reference.Reason
}

// Candidates looks at every bureau for goods of these codes, each in its own
// country of origin, on a day.
func Candidates(codes []Code, today calendar.Date) []Candidate {
	var list []Candidate
	for _, b := range reference.Bureaux() {
		list = append(list, Candidate{b, obstacle(b, codes, today)})
	}
	return list
}

func obstacle(b reference.Bureau, codes []Code, today calendar.Date) *reference.Reason {
	for _, c := range codes {
		hs, err := identifiers.ParseHS(c.HS)
		if err != nil {
			continue // not a code: a fault of the goods, not of the bureau
		}
		_, why := reference.AccreditedAmong([]reference.Bureau{b}, []identifiers.HS{hs}, c.Origin, today)
		if len(why) == 0 {
			continue
		}
		if _, lined := why[0].Params["line"]; lined {
			why[0].Params["line"] = c.Lines[0] // of the request, not of the one code
		}
		return &why[0]
	}
	return nil
}

// ChooseBureau is the automatic choice: among the bureaux accredited for every
// line, the one with the fewest open dossiers, then the first by code. It says
// why, for the timeline, the bureaux left out first; false when no bureau may
// take the goods.
func ChooseBureau(f *File, today calendar.Date, load map[string]int) (code string, why []reference.Reason, ok bool) {
	var fit []reference.Bureau
	for _, c := range Candidates(f.Facts.Codes, today) {
		if c.Obstacle != nil {
			why = append(why, *c.Obstacle)
			continue
		}
		fit = append(fit, c.Bureau)
	}
	origin := ""
	if len(f.Facts.Codes) > 0 {
		origin = f.Facts.Codes[0].Origin
	}
	best, decided, ok := reference.ChooseAmong(fit, nil, origin, today, load)
	return best.Code, append(why, decided...), ok
}
