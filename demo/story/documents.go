package story

import (
	"bytes"
	"context"
	"net/http"

	"codeberg.org/go-pdf/fpdf"

	"portal/demo/client"
)

// document is a PDF to attach.
type document struct{ kind, name string }

// attach attaches a PDF to the draft at hand.
func (p *play) attach(ctx context.Context, d document) error {
	upload, err := p.uploads(ctx, p.declarant, d.name)
	if err != nil {
		return err
	}
	return p.declarant.silently(ctx, &p.dossier, "documents", map[string]string{"upload": upload, "kind": d.kind, "name": d.name}, p.dossier.Status)
}

// uploads puts a PDF with this title in the store.
func (p *play) uploads(ctx context.Context, a *actor, title string) (string, error) {
	paper, err := printed(title)
	if err != nil {
		return "", err
	}
	return a.upload(ctx, &p.dossier, paper)
}

// attachFake tries to attach what is no PDF.
func (p *play) attachFake(ctx context.Context) error {
	fake, err := p.declarant.upload(ctx, &p.dossier, []byte("MZ this is no PDF"))
	if err != nil {
		return err
	}
	return p.declarant.refused(ctx, http.MethodPost, "/api/conformity/dossiers/"+p.dossier.ID+"/documents",
		map[string]string{"upload": fake, "kind": "other", "name": "Faux PDF"}, http.StatusUnprocessableEntity, "document_refused", client.IfMatch(tag(&p.dossier)))
}

// printed is a one-page PDF with a title.
func printed(title string) ([]byte, error) {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AddPage()
	doc.SetFont("Helvetica", "B", 18)
	translate := doc.UnicodeTranslatorFromDescriptor("")
	doc.Cell(0, 12, translate(title))
	var out bytes.Buffer
	err := doc.Output(&out)
	return out.Bytes(), err
}
