package forms

import (
	"math/big"
	"strings"

	"portal/shared/problem"
)

// decimal is a bound as people write it.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return big.NewFloat(f).Text('g', 12)
}

// escape is made once: a replacer builds its tables at its first use.
var escape = strings.NewReplacer("~", "~0", "/", "~1")

// Pointer is the JSON Pointer (RFC 6901) of a path of names; "" is the whole.
func Pointer(path ...string) string {
	var b strings.Builder
	for _, name := range path {
		b.WriteByte('/')
		b.WriteString(escape.Replace(name))
	}
	return b.String()
}

// Under moves faults below a pointer, when a form is part of a larger one.
func Under(pointer string, faults []problem.Fault) []problem.Fault {
	moved := make([]problem.Fault, len(faults))
	for i, f := range faults {
		f.Pointer = pointer + f.Pointer
		moved[i] = f
	}
	return moved
}
