package conformity

import (
	"slices"
	"time"

	"portal/shared/dossier"
	"portal/shared/reference"
)

// Dossier is the head of a conformity request: what lists show and steps
// decide on. Row dossier#<id> / dossier.
type Dossier struct {
	dossier.Head
	Object        string             `json:"object,omitempty"`
	Type          string             `json:"type,omitempty"`
	Route         string             `json:"route,omitempty"`
	Statement     string             `json:"statement,omitempty"`    // number of the SoR or SoL that a route B or C rests on, once deposited
	Certificate   string             `json:"certificate,omitempty"`  // number of the one revised or renewed, once deposited
	ControlList   string             `json:"control_list,omitempty"` // version of the list of products under control on the day of deposit
	Exporter      string             `json:"exporter,omitempty"`
	Bureau        string             `json:"bureau,omitempty"`     // code; its organisation is Head.Body
	BureauWhy     []reference.Reason `json:"bureau_why,omitempty"` // how it was chosen, when automatic
	Lines         int                `json:"lines"`
	GoodsRevision string             `json:"goods_revision,omitempty"`
	Open          int64              `json:"open,omitempty"` // number of the open request or visit
	Response      Response           `json:"response,omitempty"`
	Tally         *Tally             `json:"tally,omitempty"`
}

// File is a whole dossier in memory.
type File struct {
	Dossier
	Form         Form
	Facts        Facts
	Documents    []Document
	Asked        []Asked
	Certificates []CertificateRef
	Goods        []Line              // only when loaded whole
	Verdicts     map[int]LineVerdict // by line number; only when loaded judged or whole
}

// Document is one checked PDF: row dossier.document#<id>.
type Document struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"` // label under document.<kind>
	Name   string    `json:"name"`
	Size   int64     `json:"size"` // bytes
	Pages  int       `json:"pages"`
	SHA256 string    `json:"sha256"` // its key is documents/<sha256>.pdf
	Added  time.Time `json:"added"`
	By     string    `json:"by"`              // person
	Asked  int64     `json:"asked,omitempty"` // the request it answers
}

// Kinds of documents that steps add by themselves.
const (
	DocComplement  = "complement"
	DocAnalyses    = "analyses"
	DocVisitReport = "visit_report"
	DocLetter      = "closing_letter"
)

// Asked is a request to the declarant, or a visit: row dossier.asked#<n>, where
// n is the event that opened it. One is open at a time.
type Asked struct {
	N        int64          `json:"n"`
	Action   dossier.Action `json:"action"` // ask_complement, ask_analyses or plan_visit
	At       time.Time      `json:"at"`
	Message  string         `json:"message,omitempty"`
	Date     string         `json:"date,omitempty"`  // of the visit
	Place    string         `json:"place,omitempty"` // of the visit
	Answered time.Time      `json:"answered,omitzero"`
	Text     string         `json:"text,omitempty"`   // of the answer
	Result   string         `json:"result,omitempty"` // of the visit; label under visit.<result>
}

// LineVerdict is the finding on one goods line.
type LineVerdict struct {
	Verdict Verdict `json:"verdict"`
	Text    string  `json:"text,omitempty"`
}

// CertificateRef points from a dossier to what was issued for it: row
// dossier.certificate#<kind>.
type CertificateRef struct {
	Kind    string    `json:"kind"`
	Number  string    `json:"number"`
	Issued  time.Time `json:"issued"`
	Expires string    `json:"expires,omitempty"`
}

// OpenRequest is the request or visit that is open, nil when none is.
func (f *File) OpenRequest() *Asked {
	i := slices.IndexFunc(f.Asked, func(a Asked) bool { return f.Open != 0 && a.N == f.Open })
	if i < 0 {
		return nil
	}
	return &f.Asked[i]
}

// VerdictList is the verdict of each line in order, "" where there is none.
func (f *File) VerdictList() []Verdict {
	list := make([]Verdict, f.Lines)
	for i := range list {
		list[i] = f.Verdicts[i+1].Verdict
	}
	return list
}
