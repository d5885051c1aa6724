package products

import (
	"strconv"
	"strings"

	"portal/shared/calendar"
	"portal/shared/control"
	"portal/shared/i18n"
	"portal/shared/reference"
)

// Answer is whether a product is under control on a day.
type Answer struct {
	HS string        `json:"hs" doc:"As the tariff prints it"`
	On calendar.Date `json:"on" format:"date" doc:"The day answered for"`
	Found
	List EditionView `json:"list" doc:"The version answered from"`
}

// Found is what a list says of goods, and what that rests on.
type Found struct {
	Outcome      control.Outcome `json:"outcome" enum:"origin,import,exempt,not_subject"`
	OutcomeLabel string          `json:"outcome_label" doc:"In the caller's language"`
	Explanation  []string        `json:"explanation" doc:"What the answer rests on and what to do, in sentences"`
	Entry        *EntryView      `json:"entry,omitempty" doc:"The entry that covers the product, when there is one"`
	Reading      control.Reading `json:"reading,omitempty" enum:"within,above,quantity_missing,unit_missing,unit_other,value_missing,currency_other" doc:"How the product compares to the threshold of that entry, when it has one"`
}

// EntryView is what the list says of some products.
type EntryView struct {
	HS           string          `json:"hs" doc:"The digits that their codes begin with, as the tariff prints them"`
	Name         string          `json:"name" doc:"In the caller's language"`
	Control      control.Control `json:"control" enum:"origin,import,none"`
	ControlLabel string          `json:"control_label" doc:"In the caller's language"`
	Family       string          `json:"family,omitempty"`
	FamilyLabel  string          `json:"family_label,omitempty"`
	Norms        []string        `json:"norms"`
	Threshold    *ThresholdView  `json:"threshold,omitempty" doc:"Exempts what does not exceed it"`
}

// ThresholdView is a quantity in a unit, or a value.
type ThresholdView struct {
	Quantity float64 `json:"quantity,omitempty"`
	Unit     string  `json:"unit,omitempty" doc:"A code of the list units"`
	Value    float64 `json:"value,omitempty" doc:"FOB"`
	Currency string  `json:"currency,omitempty"`
	Label    string  `json:"label" doc:"In the caller's language"`
}

// EditionView is which version of the list this is.
type EditionView struct {
	Version   string        `json:"version"`
	InForce   calendar.Date `json:"in_force" format:"date" doc:"First day"`
	Published calendar.Date `json:"published" format:"date"`
	Source    string        `json:"source"`
	Sample    bool          `json:"sample" doc:"Not an official list"`
}

func editionOf(e control.Edition) EditionView {
	return EditionView{Version: e.Version, InForce: e.InForce, Published: e.Published, Source: e.Source, Sample: e.Sample}
}

func answerOf(list control.List, what asked, lang string) Answer {
	return Answer{
		HS: what.goods.HS.Display(), On: what.on, Found: Explain(list.Classify(what.goods), lang), List: editionOf(list.Edition),
	}
}

// Explain puts a finding in the words of a language.
func Explain(f control.Finding, lang string) Found {
	found := Found{
		Outcome: f.Outcome, OutcomeLabel: OutcomeLabel(f.Outcome, lang),
		Explanation: explain(f, lang), Reading: f.Reading,
	}
	if f.Listed {
		view := entryOf(f.Entry, lang)
		found.Entry = &view
	}
	return found
}

// OutcomeLabel is what an outcome is called in a language.
func OutcomeLabel(o control.Outcome, lang string) string {
	return i18n.Text(lang, "control.outcome."+string(o), nil)
}

// explain puts a finding in sentences: which entry, which threshold compared
// with what result, and what follows.
func explain(f control.Finding, lang string) []string {
	var sentences []string
	say := func(key string, params map[string]any) { sentences = append(sentences, i18n.Text(lang, key, params)) }
	if f.Listed {
		say("control.listed", map[string]any{"hs": displayed(f.Entry.HS), "name": f.Entry.Names.In(lang)})
	} else {
		say("control.unlisted", nil)
	}
	if f.Reading != control.NoThreshold {
		say("control.reading."+string(f.Reading), map[string]any{"threshold": thresholdOf(f.Entry.Threshold, lang).Label})
	}
	say("control.says."+string(f.Outcome), nil)
	return sentences
}

func entryOf(e control.Entry, lang string) EntryView {
	view := EntryView{
		HS: displayed(e.HS), Name: e.Names.In(lang), Control: e.Control,
		ControlLabel: i18n.Text(lang, "control."+string(e.Control), nil), Norms: append([]string{}, e.Norms...),
		Family: e.Family, Threshold: thresholdOf(e.Threshold, lang),
	}
	if e.Family != "" {
		view.FamilyLabel = reference.Families().Name(e.Family, lang)
	}
	return view
}

func thresholdOf(t *control.Threshold, lang string) *ThresholdView {
	if t == nil {
		return nil
	}
	if t.Unit == "" {
		return &ThresholdView{Value: t.Value, Currency: control.Dirham, Label: amountIn(t.Value, lang) + " " + control.Dirham}
	}
	return &ThresholdView{Quantity: t.Quantity, Unit: t.Unit, Label: quantityIn(t.Quantity, t.Unit, lang)}
}

// pieces is the unit of what is counted (UN/ECE Recommendation 20).
const pieces = "C62"

// quantityIn writes a quantity with its unit: by its symbol, or by its name,
// which no language puts in the plural by rule.
func quantityIn(n float64, code, lang string) string {
	count := amountIn(n, lang)
	if code == pieces {
		return i18n.Text(lang, "control.pieces", map[string]any{"count": count})
	}
	unit, _ := reference.Units().Lookup(code)
	if unit.Symbol != "" {
		return count + " " + unit.Symbol
	}
	return count + " (" + reference.Units().Name(code, lang) + ")"
}

// amountIn writes a number as a language does.
func amountIn(n float64, lang string) string {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if lang == i18n.Default {
		text = strings.ReplaceAll(text, ".", ",")
	}
	return text
}

// displayed is the beginning of a code as the tariff prints it: 8516.10.
func displayed(digits string) string {
	var b strings.Builder
	for i, digit := range digits {
		if i >= 4 && i%2 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(digit)
	}
	return b.String()
}
