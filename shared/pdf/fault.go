package pdf

// The codes of a Fault. They are stable: callers translate them and send
// them to clients.
const (
	// TooLarge: more than MaxBytes.
	TooLarge = "pdf_too_large"
	// Empty: no byte at all.
	Empty = "pdf_empty"
	// NotAPDF: no "%PDF-" within the first 1024 bytes.
	NotAPDF = "not_a_pdf"
	// Damaged: no catalogue or page tree can be found, even by searching the
	// whole file; or an object is not well formed or cannot be unpacked.
	Damaged = "pdf_damaged"
	// Encrypted: some revision of the file is encrypted, with or without a
	// password to open it.
	Encrypted = "pdf_encrypted"
	// ActiveContent: the file carries something that runs or opens something
	// else; Detail says what.
	ActiveContent = "pdf_active_content"
	// NoPages: a page tree without a page.
	NoPages = "pdf_no_pages"
)

// The details of an ActiveContent fault, stable like the codes.
const (
	// JavaScript: a script, whatever starts it.
	JavaScript = "javascript"
	// Launch: an action that starts a program or opens a file with one.
	Launch = "launch"
	// EmbeddedFile: an attachment, or an action that goes to one.
	EmbeddedFile = "embedded_file"
	// ExternalFile: an action or a stream that reads another file, which may
	// stand on a share and so give away the reader's credentials.
	ExternalFile = "external_file"
	// SubmitForm: an action that sends what the reader typed elsewhere.
	SubmitForm = "submit_form"
	// RichMedia: Flash, 3D, sound, film or a screen that plays them. ISO
	// 19005-1 (PDF/A) bans them too.
	RichMedia = "rich_media"
	// XFA: an XML form, whose scripts are not PDF objects.
	XFA = "xfa"
)

// The details of a Damaged fault, for logs.
const (
	tooComplex      = "too_complex"
	badObjectStream = "object_stream"
	cutShort        = "cut_short"
	garbledObject   = "garbled_object"
	noCatalogue     = "no_catalogue"
	noPageTree      = "no_page_tree"
	missingPage     = "missing_page"
)

// Fault is the reason a file is refused, and the only type of error that Check
// returns.
type Fault struct {
	// Code is one of the codes above.
	Code string
	// Detail is one of the details above when Code is ActiveContent. When Code
	// is Damaged it is a short reason for logs, which may change.
	Detail string
}

func (f *Fault) Error() string {
	if f.Detail == "" {
		return "pdf refused: " + f.Code
	}
	return "pdf refused: " + f.Code + " (" + f.Detail + ")"
}
