package certificates

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/identifiers"
	"portal/shared/people"
	"portal/shared/step"
)

type showInput struct {
	Checked
	Page int `query:"page" minimum:"1" maximum:"1000" default:"1" doc:"Pages of 50 goods lines"`
}

type recordOutput struct {
	Status int
	ETag   string `header:"ETag" doc:"The certificate's revision, to send back as If-Match"`
	Body   record
}

// record is a certificate as its holder and its bureau see it.
type record struct {
	Number        string              `json:"number"`
	Kind          string              `json:"kind"`
	KindLabel     string              `json:"kind_label"`
	Status        string              `json:"status"`
	StatusLabel   string              `json:"status_label"`
	Version       int64               `json:"version"`
	Former        string              `json:"former,omitempty" doc:"The number printed on it, when it was issued before the portal"`
	Holder        holder              `json:"holder"`
	Bureau        string              `json:"bureau" doc:"The bureau's code"`
	BureauName    string              `json:"bureau_name"`
	Route         string              `json:"route,omitempty"`
	Dossier       string              `json:"dossier,omitempty" doc:"The request that gave its last edition"`
	DossierNumber string              `json:"dossier_number,omitempty"`
	Issued        time.Time           `json:"issued"`
	Expires       string              `json:"expires,omitempty" doc:"Last day of validity"`
	DaysLeft      *int                `json:"days_left,omitempty" doc:"Until then, while it is valid"`
	Renewed       *time.Time          `json:"renewed,omitempty" doc:"When it was last renewed"`
	Editions      int                 `json:"editions" doc:"How often it was printed, a renewal printing it again; 0 when it was only issued before the portal"`
	Replaces      string              `json:"replaces,omitempty"`
	ReplacedBy    string              `json:"replaced_by,omitempty"`
	Under         string              `json:"under,omitempty" doc:"The request that revises or renews it now"`
	Revoked       *Revocation         `json:"revoked,omitempty"`
	Cleared       *Clearance          `json:"cleared,omitempty"`
	Parties       *conformity.Parties `json:"parties,omitempty" doc:"Of the request"`
	Lines         int                 `json:"lines" doc:"How many goods lines it covers"`
	Goods         []Goods             `json:"goods" doc:"One page of them"`
	Next          int                 `json:"next,omitempty" doc:"The next page of goods, when there is one"`
	Check         string              `json:"check" doc:"Its public page"`
	Allowed       []string            `json:"allowed_actions" doc:"What the caller may do now: renew, revise, repeat, revoke"`
}

type holder struct {
	Organisation string `json:"organisation,omitempty" doc:"Absent when it has no private space"`
	Name         string `json:"name,omitempty"`
	TaxID        string `json:"tax_id,omitempty"`
}

var recordGrants = step.Grants{Dossiers: step.TableGrants{Read: []string{"certificate#", "dossier#"}}}

// show answers everything about a certificate to its holder and its bureau.
func show(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "certificates/show",
		Summary:  "Read a certificate with its goods",
		Who:      step.Roles(people.Declarant, people.Supervisor, people.Agent),
		Grants:   recordGrants,
		Problems: []string{"not_found", "invalid"},
	}, http.MethodGet, "/api/certificates/{number}/record", func(ctx context.Context, in *showInput) (*recordOutput, error) {
		e, err := r.open(ctx, in.Number, mayRead)
		if err != nil {
			return nil, err
		}
		return r.record(ctx, e, in.Page, http.StatusOK)
	})
}

// record reads what belongs to an entry and puts it in the caller's words.
func (r room) record(ctx context.Context, e Entry, page, status int) (*recordOutput, error) {
	number, lang := e.Number.String(), step.RequestOf(ctx).Lang
	today := calendar.DateIn(r.Clock.Now())
	state, label := standing(e, today)
	v := record{
		Number: number, Kind: string(e.Kind()), KindLabel: i18n.Text(lang, "certificate.kind."+string(e.Kind()), nil),
		Status: state, StatusLabel: i18n.Text(lang, label, nil), Version: e.Rev, Former: e.Former,
		Holder: holder{Organisation: e.Holder, Name: e.HolderName, TaxID: e.HolderTaxID},
		Bureau: e.Bureau, BureauName: e.BureauName, Route: e.Route, Dossier: e.Dossier, DossierNumber: e.DossierNumber.String(),
		Issued: e.Issued, Expires: e.Expires.String(), DaysLeft: daysLeft(e, today), Editions: e.Edition,
		Replaces: e.Replaces.String(), ReplacedBy: e.ReplacedBy.String(),
		Revoked: e.Revoked, Cleared: e.Cleared, Lines: e.Lines, Check: r.Settings.BaseURL + "/c/" + number,
	}
	if e.Former == "" {
		v.Editions++
	}
	if !e.Renewed.IsZero() {
		v.Renewed = &e.Renewed
	}
	goods, err := goodsPage(ctx, r.Dossiers, number, page-1)
	if err != nil {
		return nil, err
	}
	v.Goods = shown(goods, lang)
	if page*chunkLines < e.Lines {
		v.Next = page + 1
	}
	var under claim
	if err := r.decode(ctx, claimKey(e.Number), &under); err != nil {
		return nil, err
	}
	if v.Under = under.Dossier; e.Dossier != "" {
		if v.Parties, err = r.parties(ctx, e.Dossier); err != nil {
			return nil, err
		}
	}
	v.Allowed = allowed(step.CallerOf(ctx), e, v.Under != "", today)
	return &recordOutput{Status: status, ETag: etag(e.Rev), Body: v}, nil
}

// parties are those of the request; nil when they cannot be read.
func (r room) parties(ctx context.Context, id string) (*conformity.Parties, error) {
	var form conformity.Form
	err := r.decode(ctx, infra.Key{PK: dossier.PK(id), SK: dossier.SKForm}, &form)
	if err != nil || len(form.Parties) == 0 {
		return nil, err
	}
	var parties conformity.Parties
	if json.Unmarshal(form.Parties, &parties) != nil {
		return nil, nil
	}
	return &parties, nil
}

// decode reads a row into v; an absent row leaves v alone.
func (r room) decode(ctx context.Context, key infra.Key, v any) error {
	row, err := r.Dossiers.Get(ctx, key)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return row.Decode(v)
}

func daysLeft(e Entry, today calendar.Date) *int {
	if e.Expires.IsZero() || e.StatusAt(today) != certificate.Valid {
		return nil
	}
	left := today.DaysUntil(e.Expires)
	return &left
}

// allowed lists what a caller may do about a certificate: its holder's people
// ask for another, its bureau's supervisors revoke it.
func allowed(c people.Caller, e Entry, claimed bool, today calendar.Date) []string {
	list := []string{}
	if holds(c, e) && !e.Ended() && !claimed {
		if renewable(e.Kind(), e.Expires, today) {
			list = append(list, "renew")
		}
		if e.Kind() != identifiers.NCR && e.StatusAt(today) == certificate.Valid {
			list = append(list, "revise")
		}
	}
	if holds(c, e) && e.Kind() == identifiers.COC {
		list = append(list, "repeat")
	}
	if c.HasIn(e.Body, people.Supervisor) && !e.Ended() {
		list = append(list, "revoke")
	}
	return list
}

// renewable tells whether a certificate with that last day may be renewed on
// a day.
func renewable(kind identifiers.CertificateKind, expires, on calendar.Date) bool {
	from, until := certificate.DefaultPolicy().Renewable(kind, expires)
	return !from.IsZero() && !on.Before(from) && !on.After(until)
}
