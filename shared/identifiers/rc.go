package identifiers

import "strings"

// RC is a number of the registre du commerce. It is unique only within its
// court, so the two are never apart.
type RC struct{ centre, number string }

// ParseRC reads the code of the court's centre (1 to 3 digits) and the number
// it gave (1 to 10 digits). Whether the centre exists is for the reference list
// to say. Errors: BadRCCentreLength, BadRCCentreDigits, BadRCNumberLength, BadRCNumberDigits.
func ParseRC(centre, number string) (RC, error) {
	rc := RC{compact(centre), compact(number)}
	if err := digitsBetween(rc.centre, 1, 3, BadRCCentreLength, BadRCCentreDigits); err != nil {
		return RC{}, err
	}
	if err := digitsBetween(rc.number, 1, 10, BadRCNumberLength, BadRCNumberDigits); err != nil {
		return RC{}, err
	}
	return rc, nil
}

// Centre is the code of the court's centre, such as 81.
func (r RC) Centre() string { return r.centre }

// Number is the number within that centre.
func (r RC) Number() string { return r.number }

// IsZero tells whether there is no RC.
func (r RC) IsZero() bool { return r == RC{} }

// String is centre/number, such as 81/30009.
func (r RC) String() string {
	if r.IsZero() {
		return ""
	}
	return r.centre + "/" + r.number
}

// Display is the way the register is quoted, given the centre's name:
// 81 CASABLANCA / 30009.
func (r RC) Display(centreName string) string {
	if r.IsZero() {
		return ""
	}
	return strings.TrimSpace(r.centre+" "+centreName) + " / " + r.number
}

// MarshalText writes the same text as String.
func (r RC) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads centre/number. BadRCForm when there is no such pair.
func (r *RC) UnmarshalText(text []byte) error {
	return unmarshal(r, text, func(s string) (RC, error) {
		centre, number, paired := strings.Cut(s, "/")
		if !paired {
			return RC{}, refuse(BadRCForm)
		}
		return ParseRC(centre, number)
	})
}
