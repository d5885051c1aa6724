package conformity

// Verdict is an agent's finding on one goods line; label under
// verdict.<verdict>.
type Verdict string

// The verdicts.
const (
	NotSubject    Verdict = "not_subject"   // non soumis
	Conforming    Verdict = "conforming"    // conforme
	Reserved      Verdict = "reserved"      // conforme avec réserve; needs its text
	NonConforming Verdict = "nonconforming" // non conforme; needs its reason
)

// NeedsText tells whether a verdict must be explained.
func (v Verdict) NeedsText() bool { return v == Reserved || v == NonConforming }

// Passes tells whether a line with this verdict goes on the certificate.
func (v Verdict) Passes() bool { return v == Conforming || v == Reserved }

// Response is the answer to a dossier; label under response.<response>. It is
// computed from the verdicts, never typed.
type Response string

// The six responses.
const (
	RespNotSubject      Response = "not_subject"      // Non soumis
	RespNonConforming   Response = "nonconforming"    // Non conforme
	RespConforming      Response = "conforming"       // Conforme
	RespReserved        Response = "reserved"         // Conforme avec réserve
	RespPartial         Response = "partial"          // Partiellement conforme
	RespPartialReserved Response = "partial_reserved" // Partiellement conforme avec réserve
)

// Responses lists them, the best first.
var Responses = []Response{RespConforming, RespReserved, RespPartial, RespPartialReserved, RespNonConforming, RespNotSubject}

// Tally counts the lines by verdict: the table behind the answer.
type Tally struct {
	NotSubject    int `json:"not_subject"`
	Conforming    int `json:"conforming"`
	Reserved      int `json:"reserved"`
	NonConforming int `json:"nonconforming"`
	Missing       int `json:"missing"` // lines without a verdict
}

// Subject is the number of lines that count for the answer.
func (t Tally) Subject() int { return t.Conforming + t.Reserved + t.NonConforming }

// Count tallies verdicts; "" is a line without one.
func Count(verdicts []Verdict) Tally {
	var t Tally
	for _, v := range verdicts {
		switch v {
		case NotSubject:
			t.NotSubject++
		case Conforming:
			t.Conforming++
		case Reserved:
			t.Reserved++
		case NonConforming:
			t.NonConforming++
		default:
			t.Missing++
		}
	}
	return t
}

// Answer computes the response, and false while a line lacks its verdict or
// there is no line. Let S be the lines that are subject, as the specification's table
// has it: lines that are not subject do not change the answer unless every line is.
func (t Tally) Answer() (Response, bool) {
	switch {
	case t.Missing > 0 || t.Subject()+t.NotSubject == 0:
		return "", false
	case t.Subject() == 0:
		return RespNotSubject, true
	case t.NonConforming == t.Subject():
		return RespNonConforming, true
	case t.NonConforming > 0 && t.Reserved > 0:
		return RespPartialReserved, true
	case t.NonConforming > 0:
		return RespPartial, true
	case t.Reserved > 0:
		return RespReserved, true
	}
	return RespConforming, true
}
