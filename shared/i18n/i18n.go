// Package i18n is the portal's one catalogue of texts, in French (the
// default), Arabic and English: API messages, mails, papers and pages.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Langs lists the languages, the default first.
var Langs = []string{"fr", "ar", "en"}

// Default is French.
const Default = "fr"

//go:embed fr.json ar.json en.json
var files embed.FS

var catalogues = sync.OnceValue(func() map[string]map[string]string {
	all := make(map[string]map[string]string, len(Langs))
	for _, lang := range Langs {
		data, err := files.ReadFile(lang + ".json")
		if err != nil {
			panic(fmt.Sprintf("i18n: %v", err)) // embedded: a broken build
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			panic(fmt.Sprintf("i18n: %s.json: %v", lang, err))
		}
		all[lang] = texts
	}
	return all
})

// Text is the text of a key with {name} placeholders filled in. A key missing
// in one language falls back to French, and then to the key itself; a test
// keeps both from happening.
func Text(lang, key string, params map[string]any) string {
	all := catalogues()
	text, ok := all[lang][key]
	if !ok {
		if text, ok = all[Default][key]; !ok {
			return key
		}
	}
	if len(params) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(params))
	for name, value := range params {
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Has tells whether the key has a text in this very language.
func Has(lang, key string) bool {
	_, ok := catalogues()[lang][key]
	return ok
}

// Keys lists the keys of a language, in no order.
func Keys(lang string) []string {
	keys := make([]string, 0, len(catalogues()[lang]))
	for key := range catalogues()[lang] {
		keys = append(keys, key)
	}
	return keys
}

// Known is lang if the portal speaks it, else the default.
func Known(lang string) string {
	for _, l := range Langs {
		if l == lang {
			return l
		}
	}
	return Default
}

// Negotiate picks the language for an Accept-Language header (RFC 9110,
// section 12.5.4): the highest weight among those the portal speaks.
func Negotiate(header string) string {
	best, bestWeight := Default, 0.0
	for _, part := range strings.Split(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if weight > bestWeight && Known(primary) == primary {
			best, bestWeight = primary, weight
		}
	}
	return best
}
