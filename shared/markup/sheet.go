package markup

import "portal/shared/i18n"

// Sheet is a page of the portal that anybody may read: its brand, the same page
// in the other languages, and what it says.
type Sheet struct {
	Lang, Title, Style string
	In                 func(lang string) string // address of the page in a language
	Head               Node                     // more of the head; may be nil
	Main, Foot         Node
}

// names are what the languages call themselves.
var names = map[string]string{"fr": "Français", "ar": "العربية", "en": "English"}

// Bytes is the page as UTF-8.
func (s Sheet) Bytes() []byte {
	head := s.Head
	if head == nil {
		head = Group()
	}
	return Page(s.Lang,
		El("head",
			El("meta", Attr("charset", "utf-8")),
			El("meta", Attr("name", "viewport"), Attr("content", "width=device-width, initial-scale=1")),
			head,
			El("title", Text(s.Title)),
			Style(s.Style),
		),
		El("body",
			El("header", El("strong", Text(i18n.Text(s.Lang, "mail.brand", nil))), El("nav", Each(i18n.Langs, s.link))),
			El("main", s.Main),
			El("footer", s.Foot),
		),
	)
}

func (s Sheet) link(lang string) Node {
	return El("a", Attr("href", s.In(lang)), Attr("lang", lang), When(lang == s.Lang, Attr("aria-current", "true")), Text(names[lang]))
}
