package identifiers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Code names what is wrong with an identifier. It is stable: the catalogue of
// messages is keyed by it.
type Code string

// The codes, with the parameters of each. None repeats what was typed.
const (
	BadICELength     Code = "ice_length" // expected, got: counts of characters
	BadICEDigits     Code = "ice_digits" // position: of the first character that is no digit, from 1
	BadICEKey        Code = "ice_key"
	BadICEDegenerate Code = "ice_degenerate" // the enterprise number is all zeros

	BadRIBLength     Code = "rib_length" // expected, got
	BadRIBDigits     Code = "rib_digits" // position
	BadRIBKey        Code = "rib_key"
	BadRIBDegenerate Code = "rib_degenerate" // all zeros but for the key

	BadIFLength Code = "if_length" // min, max, got
	BadIFDigits Code = "if_digits" // position

	BadRCForm         Code = "rc_form"          // the text is not centre/number
	BadRCCentreLength Code = "rc_centre_length" // min, max, got
	BadRCCentreDigits Code = "rc_centre_digits" // position
	BadRCNumberLength Code = "rc_number_length" // min, max, got
	BadRCNumberDigits Code = "rc_number_digits" // position

	BadCINLetters Code = "cin_letters" // min, max, got: letters at the start
	BadCINDigits  Code = "cin_digits"  // min, max, got: digits that follow
	BadCINForm    Code = "cin_form"    // position: of the first character out of place

	BadCNSSLength Code = "cnss_length" // expected, got
	BadCNSSDigits Code = "cnss_digits" // position

	BadHSLength Code = "hs_length" // expected, got
	BadHSDigits Code = "hs_digits" // position

	BadSubscriptionLength   Code = "subscription_length" // expected, got
	BadSubscriptionDigits   Code = "subscription_digits" // position
	BadSubscriptionDate     Code = "subscription_date"
	BadSubscriptionOperator Code = "subscription_operator"
	BadSubscriptionRunning  Code = "subscription_running"

	BadDossierForm    Code = "dossier_form"    // not three parts joined by hyphens
	BadDossierBureau  Code = "dossier_bureau"  // min, max
	BadDossierYear    Code = "dossier_year"    // min, max
	BadDossierRunning Code = "dossier_running" // max: digits

	BadHandicraftForm    Code = "handicraft_form"    // as for dossiers
	BadHandicraftService Code = "handicraft_service" // min, max
	BadHandicraftYear    Code = "handicraft_year"    // min, max
	BadHandicraftRunning Code = "handicraft_running" // max

	BadCertificateForm    Code = "certificate_form" // not four parts joined by hyphens
	BadCertificateKind    Code = "certificate_kind"
	BadCertificateYear    Code = "certificate_year"    // min, max
	BadCertificateRunning Code = "certificate_running" // max
	BadCertificateCheck   Code = "certificate_check"   // mistyped: the check characters do not match
)

// Codes lists every code, so that a catalogue can be held complete.
func Codes() []Code {
	return []Code{
		BadICELength, BadICEDigits, BadICEKey, BadICEDegenerate,
		BadRIBLength, BadRIBDigits, BadRIBKey, BadRIBDegenerate,
		BadIFLength, BadIFDigits,
		BadRCForm, BadRCCentreLength, BadRCCentreDigits, BadRCNumberLength, BadRCNumberDigits,
		BadCINLetters, BadCINDigits, BadCINForm,
		BadCNSSLength, BadCNSSDigits,
		BadHSLength, BadHSDigits,
		BadSubscriptionLength, BadSubscriptionDigits, BadSubscriptionDate, BadSubscriptionOperator, BadSubscriptionRunning,
		BadDossierForm, BadDossierBureau, BadDossierYear, BadDossierRunning,
		BadHandicraftForm, BadHandicraftService, BadHandicraftYear, BadHandicraftRunning,
		BadCertificateForm, BadCertificateKind, BadCertificateYear, BadCertificateRunning, BadCertificateCheck,
	}
}

// Error says what is wrong with an identifier, for the catalogue to word. It
// never carries what was typed.
type Error struct {
	Code   Code
	Params map[string]any // see each code
}

// Error is for logs; people read the catalogue's message.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("identifier refused: " + string(e.Code))
	for _, name := range slices.Sorted(maps.Keys(e.Params)) {
		fmt.Fprintf(&b, " %s=%v", name, e.Params[name])
	}
	return b.String()
}

func refuse(code Code) error { return &Error{Code: code} }

func refuseLength(code Code, expected, got int) error {
	return &Error{Code: code, Params: map[string]any{"expected": expected, "got": got}}
}

func refuseCount(code Code, least, most, got int) error {
	return &Error{Code: code, Params: map[string]any{"min": least, "max": most, "got": got}}
}

func refuseRange(code Code, least, most int) error {
	return &Error{Code: code, Params: map[string]any{"min": least, "max": most}}
}

func refuseAt(code Code, position int) error {
	return &Error{Code: code, Params: map[string]any{"position": position}}
}
