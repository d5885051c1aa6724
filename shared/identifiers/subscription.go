package identifiers

import (
	"fmt"
	"strconv"
	"time"

	"portal/shared/calendar"
)

// OperatorType is the letter of a subscription code that says what the operator is.
type OperatorType string

// The operator types.
const (
	Importer         OperatorType = "I" // importateur
	Exporter         OperatorType = "E" // exportateur
	CustomsBroker    OperatorType = "T" // transitaire
	FreightForwarder OperatorType = "F"
)

func (o OperatorType) known() bool {
	return o == Importer || o == Exporter || o == CustomsBroker || o == FreightForwarder
}

// SubscriptionCode is the code of a subscription: its day as ddmmyyyy, the
// letter of the operator type and a running number of 11 digits.
type SubscriptionCode struct{ text string }

const (
	subscriptionLength     = 8 + 1 + 11
	maxSubscriptionRunning = 99_999_999_999
)

// NewSubscriptionCode is the code of a subscription first saved at that
// instant; its day is the one in Casablanca. Errors: BadSubscriptionOperator,
// BadSubscriptionRunning when the number is not from 1 to 99 999 999 999,
// BadSubscriptionDate when the year has not 4 digits.
func NewSubscriptionCode(at time.Time, operator OperatorType, running uint64) (SubscriptionCode, error) {
	if !operator.known() {
		return SubscriptionCode{}, refuse(BadSubscriptionOperator)
	}
	if running < 1 || running > maxSubscriptionRunning {
		return SubscriptionCode{}, refuse(BadSubscriptionRunning)
	}
	day := calendar.DateIn(at)
	if day.Year() < 1000 || day.Year() > 9999 {
		return SubscriptionCode{}, refuse(BadSubscriptionDate)
	}
	return SubscriptionCode{fmt.Sprintf("%02d%02d%04d%s%011d", day.Day(), day.Month(), day.Year(), operator, running)}, nil
}

// ParseSubscriptionCode reads a code. Errors: BadSubscriptionLength,
// BadSubscriptionDigits, BadSubscriptionOperator, BadSubscriptionDate, BadSubscriptionRunning.
func ParseSubscriptionCode(text string) (SubscriptionCode, error) {
	code := compact(text)
	if got := count(code); got != subscriptionLength {
		return SubscriptionCode{}, refuseLength(BadSubscriptionLength, subscriptionLength, got)
	}
	position := 0
	for _, r := range code {
		position++
		if position != 9 && (r < '0' || r > '9') {
			return SubscriptionCode{}, refuseAt(BadSubscriptionDigits, position)
		}
	}
	// The operator's place may hold a character of several bytes: then the text
	// is longer than its characters and its letter is none of ours.
	if len(code) != subscriptionLength || !OperatorType(code[8:9]).known() {
		return SubscriptionCode{}, refuse(BadSubscriptionOperator)
	}
	if _, err := subscriptionDate(code); err != nil {
		return SubscriptionCode{}, refuse(BadSubscriptionDate)
	}
	if allZeros(code[9:]) {
		return SubscriptionCode{}, refuse(BadSubscriptionRunning)
	}
	return SubscriptionCode{code}, nil
}

func subscriptionDate(code string) (calendar.Date, error) {
	return calendar.ParseDate(code[4:8] + "-" + code[2:4] + "-" + code[0:2])
}

// Date is the day of the first save; zero when there is no code.
func (s SubscriptionCode) Date() calendar.Date {
	if s.IsZero() {
		return calendar.Date{}
	}
	day, _ := subscriptionDate(s.text) // read once already by the parser
	return day
}

// Operator is the operator type; empty when there is no code.
func (s SubscriptionCode) Operator() OperatorType { return OperatorType(part(s.text, 8, 9)) }

// Running is the running number; 0 when there is no code.
func (s SubscriptionCode) Running() uint64 {
	running, _ := strconv.ParseUint(part(s.text, 9, subscriptionLength), 10, 64)
	return running
}

// IsZero tells whether there is no code.
func (s SubscriptionCode) IsZero() bool { return s == SubscriptionCode{} }

// String is the 20 characters.
func (s SubscriptionCode) String() string { return s.text }

// MarshalText writes the same text as String.
func (s SubscriptionCode) MarshalText() ([]byte, error) { return []byte(s.text), nil }

// UnmarshalText reads with ParseSubscriptionCode.
func (s *SubscriptionCode) UnmarshalText(text []byte) error {
	return unmarshal(s, text, ParseSubscriptionCode)
}
