package conformity

import (
	"context"
	"time"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// answer is what every step on a dossier answers: the dossier as it stands.
type answer struct {
	Status   int
	ETag     string `header:"ETag" doc:"The dossier's version, to send back as If-Match"`
	Location string `header:"Location"`
	Body     view
}

// view is a dossier as its people see it.
type view struct {
	ID            string              `json:"id"`
	Number        string              `json:"number,omitempty" doc:"Allotted at deposit"`
	Status        string              `json:"status"`
	StatusLabel   string              `json:"status_label" doc:"In the caller's language"`
	Waits         string              `json:"waits" doc:"Who is to act next, in a sentence"`
	Version       int64               `json:"version"`
	Object        string              `json:"object,omitempty"`
	Type          string              `json:"type,omitempty"`
	Route         string              `json:"route,omitempty"`
	Statement     string              `json:"statement,omitempty" doc:"The SoR or SoL that a deposited route B or C rests on"`
	Certificate   string              `json:"certificate,omitempty" doc:"The certificate that a deposited request revises or renews"`
	Review        string              `json:"review,omitempty" enum:"full,light" doc:"light: without a documentary review of its own"`
	ControlList   string              `json:"control_list,omitempty" doc:"The version of the list of products under control that a deposited dossier is judged by"`
	Owner         string              `json:"owner" doc:"The organisation that files it"`
	Exporter      string              `json:"exporter,omitempty"`
	Bureau        string              `json:"bureau,omitempty" doc:"The bureau's code"`
	BureauWhy     []string            `json:"bureau_why,omitempty" doc:"How the bureau was chosen, when it was automatic"`
	Agent         string              `json:"agent,omitempty"`
	AgentName     string              `json:"agent_name,omitempty"`
	Created       time.Time           `json:"created"`
	Changed       time.Time           `json:"changed"`
	Deposited     *time.Time          `json:"deposited,omitempty"`
	Lines         int                 `json:"lines" doc:"How many goods lines"`
	Response      string              `json:"response,omitempty"`
	ResponseLabel string              `json:"response_label,omitempty"`
	Tally         *conformity.Tally   `json:"tally,omitempty" doc:"The count of verdicts behind the response"`
	Form          map[string]section  `json:"form" doc:"The form's sections as saved"`
	Documents     []documentView      `json:"documents"`
	Asked         []askedView         `json:"asked" doc:"Requests to the declarant, and visits"`
	Certificates  []certificateView   `json:"certificates"`
	Allowed       []string            `json:"allowed_actions" doc:"What the caller may do now"`
	Missing       []problem.BodyFault `json:"missing,omitempty" doc:"What a draft still lacks before it can be deposited"`
	Warnings      []warning           `json:"warnings,omitempty" doc:"What a draft may be deposited with, but seldom should"`
	Timing
}

// section is a form section's JSON as it was saved.
type section = step.Object

type documentView struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	KindLabel string    `json:"kind_label"`
	Name      string    `json:"name"`
	Size      int64     `json:"size" doc:"Bytes"`
	Pages     int       `json:"pages"`
	Added     time.Time `json:"added"`
	Asked     int64     `json:"asked,omitempty" doc:"The request it answers"`
}

type askedView struct {
	N           int64      `json:"n"`
	Action      string     `json:"action"`
	At          time.Time  `json:"at"`
	Message     string     `json:"message,omitempty"`
	Date        string     `json:"date,omitempty"`
	Place       string     `json:"place,omitempty"`
	Open        bool       `json:"open"`
	Answered    *time.Time `json:"answered,omitempty"`
	Text        string     `json:"text,omitempty"`
	Result      string     `json:"result,omitempty"`
	ResultLabel string     `json:"result_label,omitempty"`
}

type certificateView struct {
	Kind    string    `json:"kind"`
	Number  string    `json:"number"`
	Issued  time.Time `json:"issued"`
	Expires string    `json:"expires,omitempty"`
	Check   string    `json:"check" doc:"Its public page"`
}

// answer is a dossier with what it lacks, when it is a draft.
func (r room) answer(ctx context.Context, f *conformity.File, status int) (*answer, error) {
	told, err := r.advise(ctx, f)
	if err != nil {
		return nil, err
	}
	return r.answerOf(ctx, f, told, status), nil
}

func (r room) answerOf(ctx context.Context, f *conformity.File, told advice, status int) *answer {
	a := &answer{Status: status, ETag: etag(f.Version), Body: r.view(ctx, f)}
	a.Body.Missing = (&problem.Problem{Code: "incomplete", Faults: told.lacks}).Render(step.RequestOf(ctx).Lang).Errors
	a.Body.Warnings = told.warns
	return a
}

func (r room) view(ctx context.Context, f *conformity.File) view {
	request := step.RequestOf(ctx)
	label := func(key string) string { return i18n.Text(request.Lang, key, nil) }
	today := calendar.DateIn(r.Clock.Now())
	v := view{
		ID: f.ID, Number: f.Number, Status: string(f.Status), StatusLabel: label("status." + string(f.Status)),
		Waits: label("waits." + string(f.Status)), Version: f.Version,
		Object: f.Object, Type: f.Type, Route: f.Route, Statement: f.Statement, Certificate: f.Certificate, Review: string(f.Lane), ControlList: f.ControlList, Owner: f.Owner, Exporter: f.Exporter,
		Bureau: f.Bureau, Agent: f.Agent, AgentName: f.AgentName,
		Created: f.Created, Changed: f.Changed, Deposited: whenSet(f.Deposited), Timing: timingOf(&f.Dossier, today), Lines: f.Lines,
		Response: string(f.Response),
		Form:     map[string]section{}, Documents: []documentView{}, Asked: []askedView{}, Certificates: []certificateView{},
		Allowed: allowed(request.Caller, &f.Dossier, today),
	}
	for _, why := range f.BureauWhy {
		v.BureauWhy = append(v.BureauWhy, i18n.Text(request.Lang, why.Code, why.Params))
	}
	if !findingsHidden(request.Caller, &f.Dossier) {
		v.Tally = f.Tally
	}
	if f.Response != "" {
		v.ResponseLabel = label("response." + string(f.Response))
	}
	for _, name := range conformity.Sections {
		if raw := *f.Form.Section(name); len(raw) > 0 {
			v.Form[name] = section(raw)
		}
	}
	for _, d := range f.Documents {
		v.Documents = append(v.Documents, documentView{ID: d.ID, Kind: d.Kind, KindLabel: label("document." + d.Kind), Name: d.Name, Size: d.Size, Pages: d.Pages, Added: d.Added, Asked: d.Asked})
	}
	for _, a := range f.Asked {
		shown := askedView{N: a.N, Action: string(a.Action), At: a.At, Message: a.Message, Date: a.Date, Place: a.Place, Open: a.N == f.Open, Answered: whenSet(a.Answered), Text: a.Text, Result: a.Result}
		if a.Result != "" {
			shown.ResultLabel = label("visit." + a.Result)
		}
		v.Asked = append(v.Asked, shown)
	}
	for _, c := range f.Certificates {
		v.Certificates = append(v.Certificates, certificateView{Kind: c.Kind, Number: c.Number, Issued: c.Issued, Expires: c.Expires, Check: CheckURL(r.Settings, c.Number)})
	}
	return v
}

// findingsHidden tells whether verdicts are none of the caller's business yet:
// they stay between the bureau's people until the answer is given.
func findingsHidden(c people.Caller, d *conformity.Dossier) bool {
	return d.Status != conformity.Closed && c.HasIn(d.Owner, people.Declarant)
}

// CheckURL is the public page of a certificate, which its QR code names.
func CheckURL(s infra.Settings, number string) string { return s.BaseURL + "/c/" + number }

func whenSet(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// form is the request body drawn from a form of this procedure.
func form(name string) func(*step.Operation) {
	return step.Form("conformity/"+name, httpapi.MaxBody)
}
