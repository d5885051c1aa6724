package identifiers

import (
	"strconv"
	"strings"
	"time"

	"portal/shared/calendar"
)

// Dossier numbers, handicraft references and certificate numbers share a form:
// who or what, the year, a running number.
const (
	minYear          = 1000
	maxYear          = 9999
	maxRunningDigits = 12
	maxRunning       = 999_999_999_999
	minOfficeLetters = 2
	maxOfficeLetters = 4
)

// series is an office's letters, a year and a running number.
type series struct {
	office  string
	year    int
	running uint64
}

// seriesCodes are the codes of one kind of series.
type seriesCodes struct{ form, office, year, running Code }

func newSeries(office string, at time.Time, running uint64, codes seriesCodes) (series, error) {
	s := series{compact(office), calendar.DateIn(at).Year(), running}
	if err := checkOffice(s.office, codes.office); err != nil {
		return series{}, err
	}
	if err := checkYear(s.year, codes.year); err != nil {
		return series{}, err
	}
	if err := checkRunning(running, codes.running); err != nil {
		return series{}, err
	}
	return s, nil
}

func parseSeries(text string, codes seriesCodes) (series, error) {
	parts := strings.Split(compact(text), "-")
	if len(parts) != 3 {
		return series{}, refuse(codes.form)
	}
	if err := checkOffice(parts[0], codes.office); err != nil {
		return series{}, err
	}
	year, err := parseYear(parts[1], codes.year)
	if err != nil {
		return series{}, err
	}
	running, err := parseRunning(parts[2], codes.running)
	if err != nil {
		return series{}, err
	}
	return series{parts[0], year, running}, nil
}

func (s series) String() string {
	if s == (series{}) {
		return ""
	}
	return s.office + "-" + strconv.Itoa(s.year) + "-" + strconv.FormatUint(s.running, 10)
}

func checkOffice(letters string, bad Code) error {
	if len(letters) < minOfficeLetters || len(letters) > maxOfficeLetters {
		return refuseRange(bad, minOfficeLetters, maxOfficeLetters)
	}
	for i := range len(letters) {
		if !isLetter(letters[i]) {
			return refuseRange(bad, minOfficeLetters, maxOfficeLetters)
		}
	}
	return nil
}

func checkYear(year int, bad Code) error {
	if year < minYear || year > maxYear {
		return refuseRange(bad, minYear, maxYear)
	}
	return nil
}

func checkRunning(running uint64, bad Code) error {
	if running < 1 || running > maxRunning {
		return &Error{Code: bad, Params: map[string]any{"max": maxRunningDigits}}
	}
	return nil
}

func parseYear(digits string, bad Code) (int, error) {
	if len(digits) != 4 || onlyDigits(digits, bad) != nil {
		return 0, refuseRange(bad, minYear, maxYear)
	}
	year, _ := strconv.Atoi(digits) // four digits
	return year, checkYear(year, bad)
}

// parseRunning refuses leading zeros: a number has one way of being written.
func parseRunning(digits string, bad Code) (uint64, error) {
	if len(digits) == 0 || len(digits) > maxRunningDigits || digits[0] == '0' || onlyDigits(digits, bad) != nil {
		return 0, &Error{Code: bad, Params: map[string]any{"max": maxRunningDigits}}
	}
	running, _ := strconv.ParseUint(digits, 10, 64) // at most 12 digits
	return running, nil
}
