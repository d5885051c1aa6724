package conformity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"portal/functions/certificates"
	"portal/functions/lifecycle"
	"portal/shared/calendar"
	"portal/shared/certificate/paper"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/identifiers"
	"portal/shared/pdf"
	"portal/shared/reference"
)

// papersLang is the language that stands beside Arabic on papers.
const papersLang = i18n.Default

// paperOf is everything a paper says of a closed dossier. Its date is the
// closing's, so that printing twice gives the same bytes.
func (r room) paperOf(f *conformity.File, closing dossier.Event, kind paper.Kind, cert *certificates.Entry) paper.Document {
	var parties conformity.Parties
	var inspection conformity.Inspection
	// Both sections passed the complete check at deposit and are read-only since.
	_ = json.Unmarshal(f.Form.Parties, &parties)
	_ = json.Unmarshal(f.Form.Inspection, &inspection)
	bureau, _ := reference.BureauOf(f.Bureau)
	d := paper.Document{
		Kind: kind, Language: papersLang,
		Text:          func(lang, key string) string { return i18n.Text(lang, key, nil) },
		DossierNumber: f.Number, Route: f.Route, Issued: closing.At.In(calendar.Casablanca()),
		Answer: i18n.Text(papersLang, "response."+string(f.Response), nil),
		Bureau: paper.Bureau{Code: bureau.Code, Name: bureau.Name}, Agent: closing.Content.Name,
		Importer: partyOf(parties.Importer), Exporter: partyOf(parties.Exporter), Manufacturer: partyOf(parties.Manufacturer),
		Invoice:    invoiceOf(inspection.Shipment.Invoice),
		Shipment:   shipmentOf(inspection.Shipment),
		Lines:      printedLines(f, kind),
		Assistance: []string{r.Settings.Assistance.Phone, r.Settings.Assistance.Address},
	}
	if cert != nil {
		d.Number = cert.Number.String()
		d.CheckURL = CheckURL(r.Settings, d.Number)
		d.Replaces, d.Renewals = cert.Replaces.String(), cert.Edition
		if cert.IsStatement() {
			d.Holder, d.HolderID = cert.HolderName, cert.HolderTaxID
		}
		if !cert.Expires.IsZero() {
			d.Expires = cert.Expires.StartOfDay().In(calendar.Casablanca())
		}
	}
	return d
}

func partyOf(p conformity.Party) paper.Party {
	return paper.Party{Name: p.Name, Address: p.Address, Country: reference.Countries().Name(p.Country, papersLang)}
}

func invoiceOf(i conformity.Invoice) paper.Invoice {
	invoice := paper.Invoice{Number: i.Number, Currency: i.Currency, Value: amount(i.Value, i.Currency)}
	if day, err := calendar.ParseDate(i.Date); err == nil {
		invoice.Date = day.StartOfDay().In(calendar.Casablanca())
	}
	return invoice
}

func shipmentOf(s conformity.Shipment) paper.Shipment {
	return paper.Shipment{
		Mode:          reference.TransportModes().Name(s.Mode, papersLang),
		PortOfLoading: reference.Ports().Name(s.LoadingPort, papersLang), PortOfDischarge: reference.Ports().Name(s.DischargePort, papersLang),
		Incoterm: s.Incoterm,
	}
}

// printedLines are the lines that belong on a paper of this kind, under their
// numbers in the dossier.
func printedLines(f *conformity.File, kind paper.Kind) []paper.Line {
	var lines []paper.Line
	for i, line := range f.Goods {
		v := f.Verdicts[i+1]
		if !belongs(v.Verdict, kind) {
			continue
		}
		hs, _ := identifiers.ParseHS(line.HS) // checked at deposit
		lines = append(lines, paper.Line{
			N: i + 1, HS: hs.Display(), Designation: line.Designation, Brand: line.Brand, Reference: line.Reference,
			Origin: reference.Countries().Name(line.Origin, papersLang), Quantity: decimal(line.Quantity), Unit: reference.Units().Name(line.Unit, papersLang),
			Norm: line.Norm, Verdict: paper.Verdict(v.Verdict), Remark: v.Text,
		})
	}
	return lines
}

func belongs(v conformity.Verdict, kind paper.Kind) bool {
	switch kind {
	case paper.NCR:
		return v == conformity.NonConforming
	case paper.Letter:
		return true
	}
	return v.Passes()
}

// decimal is a plain number; of what is not counted, nothing.
func decimal(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// amount is a sum with as many decimals as its currency has.
func amount(v float64, currency string) string {
	digits := -1
	if entry, ok := reference.Currencies().Lookup(currency); ok && entry.Decimals != nil {
		digits = *entry.Decimals
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// issueLetter closes a dossier of which no line is subject: no certificate,
// but a letter that says so, among the dossier's documents.
func (r room) issueLetter(ctx context.Context, in lifecycle.At, f *conformity.File, closing dossier.Event) error {
	var printed bytes.Buffer
	if err := paper.Render(&printed, r.paperOf(f, closing, paper.Letter, nil)); err != nil {
		return err
	}
	info, err := pdf.Check(printed.Bytes())
	if err != nil {
		return err
	}
	sum := sha256.Sum256(printed.Bytes())
	hash := hex.EncodeToString(sum[:])
	if err := r.Files.Put(ctx, DocumentKey(hash), "application/pdf", printed.Bytes()); err != nil {
		return err
	}
	return r.once(ctx, in, "issue_LETTER", documentPut(f.ID, conformity.Document{
		ID: "closing-letter", Kind: conformity.DocLetter, Name: f.Number, Size: int64(printed.Len()), Pages: info.Pages,
		SHA256: hash, Added: closing.At,
	}))
}
