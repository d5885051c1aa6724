package pdf

// findings is what matters about a file's objects. Of several kinds of active
// content the first one found is kept.
type findings struct {
	active    string // a detail of ActiveContent, or empty
	encrypted bool
	signed    bool
}

func (f *findings) activate(detail string) {
	if f.active == "" {
		f.active = detail
	}
}

// inspectObject looks at an object. A name alone may be what another object's
// /S refers to.
func (f *findings) inspectObject(v value) {
	if v.kind == isName {
		f.activate(activeKind(v.text))
	}
	f.inspect(v)
}

// inspect looks at each name in v together with what stands behind it, wherever
// it stands, so that a malformed dictionary hides nothing. It takes time in proportion to v.
func (f *findings) inspect(v value) {
	needsRest := false
	for i, item := range v.items {
		if item.kind == isName && i+1 < len(v.items) {
			f.inspectEntry(item.text, v.items[i+1])
			needsRest = needsRest || item.text == "JS" || item.text == "ByteRange"
		}
		f.inspect(item)
	}
	if needsRest {
		f.inspectDictionary(v)
	}
}

// inspectDictionary looks at what entries mean together.
func (f *findings) inspectDictionary(v value) {
	if v.get("JS").kind == isReference && v.get("S").kind != isNull {
		f.activate(JavaScript)
	}
	f.signed = f.signed || isSignature(v)
}

// inspectEntry looks at one entry of a dictionary. What is a key only counts with
// a value that can make it work: a style or a font may be named JavaScript.
func (f *findings) inspectEntry(key string, v value) {
	contains := v.kind == isDictionary || v.kind == isReference
	switch key {
	case "S", "Subtype", "Type":
		if v.kind == isName {
			f.activate(activeKind(v.text))
		}
	case "JS":
		if v.kind == isString {
			f.activate(JavaScript)
		}
	case "JavaScript":
		if contains {
			f.activate(JavaScript)
		}
	case "OnInstantiate":
		f.activate(JavaScript)
	case "EF":
		// Every attachment is reached by this key. The tree of them, by contrast,
		// may be empty, and usage rights have an array of verbs under it.
		if contains {
			f.activate(EmbeddedFile)
		}
	case "RichMediaContent", "RichMediaSettings":
		f.activate(RichMedia)
	case "XFA":
		if contains || v.kind == isArray {
			f.activate(XFA)
		}
	}
}

// activeKind is the detail that a type of action, annotation or stream stands
// for, or empty (ISO 32000-1, 12.6.4 and 12.5.6; ISO 19005-1, 6.5 and 6.6).
// Actions that stay within the document, and links, are no active content.
func activeKind(name string) string {
	switch name {
	case "JavaScript":
		return JavaScript
	case "Launch":
		return Launch
	case "EmbeddedFile", "FileAttachment", "GoToE":
		return EmbeddedFile
	case "GoToR", "ImportData":
		return ExternalFile
	case "SubmitForm":
		return SubmitForm
	case "RichMedia", "RichMediaExecute", "Rendition", "Movie", "Sound", "Screen", "3D":
		return RichMedia
	}
	return ""
}

// isSignature tells a signature that someone gave from a time-stamp and from the
// usage rights by which a vendor opens a form to its free reader.
func isSignature(dict value) bool {
	if dict.get("ByteRange").kind == isNull || dict.get("Contents").kind == isNull ||
		dict.get("Type").named("DocTimeStamp") {
		return false
	}
	for _, reference := range dict.get("Reference").items {
		method := reference.get("TransformMethod")
		if method.named("UR") || method.named("UR3") {
			return false
		}
	}
	return true
}

// inspectTrailer looks at a trailer or at a stream that may stand for one.
func (f *findings) inspectTrailer(dict value) {
	for i, item := range dict.items {
		if item.named("Encrypt") && i+1 < len(dict.items) && dict.items[i+1].kind != isNull {
			f.encrypted = true
		}
	}
}

// inspectStream refuses a stream whose data is in another file. With a name or an
// array behind it, /F is what some readers accept for /Filter.
func (f *findings) inspectStream(dict value) {
	for i, item := range dict.items {
		if !item.named("F") || i+1 == len(dict.items) {
			continue
		}
		switch dict.items[i+1].kind {
		case isString, isDictionary, isReference:
			f.activate(ExternalFile)
		}
	}
}
