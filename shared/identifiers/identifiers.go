// Package identifiers holds one type per identifier of the portal (the
// identifiers specification). Nothing else in the code checks them: a value is
// either zero, meaning absent, or it came through the parser of its type.
//
// Parsers forgive what people add by hand or by copying (spaces, lower case,
// typographic dashes) and refuse everything else with an *Error.
//
// Every type is comparable and travels as text: a string in JSON, in a URL or
// as a map key; empty when absent. Reading that text back checks the form but
// not the key of an ICE or a RIB, because an organisation may have been allowed
// to record one with a wrong key: at the door of the portal use the parsers.
package identifiers

// Option relaxes or sharpens a parser.
type Option func(*options)

type options struct{ strictCheckDigits bool }

// StrictCheckDigits tells ParseICE and ParseRIB whether a wrong key is refused:
// the organisation's setting strict_check_digits. It is on by default; the form
// is always checked.
func StrictCheckDigits(on bool) Option {
	return func(o *options) { o.strictCheckDigits = on }
}

func apply(given []Option) options {
	o := options{strictCheckDigits: true}
	for _, option := range given {
		option(&o)
	}
	return o
}

// unmarshal reads an identifier's text into place; an empty text is an absent
// identifier.
func unmarshal[T any](place *T, text []byte, parse func(string) (T, error)) error {
	var value T
	if len(text) > 0 {
		parsed, err := parse(string(text))
		if err != nil {
			return err
		}
		value = parsed
	}
	*place = value
	return nil
}
