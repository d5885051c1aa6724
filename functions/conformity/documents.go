package conformity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/pdf"
	"portal/shared/problem"
	"portal/shared/step"
)

// upload names a file that a browser has put under incoming/.
type upload struct {
	Upload string `json:"upload"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
}

// commitGrants is what turning an upload into a document touches.
var commitGrants = step.Grants{Files: step.FileGrants{
	Read: []string{"incoming/"}, Write: []string{"documents/"}, Delete: []string{"incoming/"},
}}

func incomingKey(dossierID, uploadID string) string {
	return path.Join("incoming", dossierID, uploadID)
}

// DocumentKey is where a checked PDF is kept, under what it contains: a key is
// written once and never presigned for writing.
func DocumentKey(sha256 string) string { return "documents/" + sha256 + ".pdf" }

// addDocuments checks uploads and keeps their bytes as documents of the
// change; at is the pointer of the uploads in the body. Every refused upload
// is named, and then none is kept. What was refused is deleted, what was kept
// is deleted from incoming/ once the change is written.
func (r room) addDocuments(ctx context.Context, c *change, at string, uploads []upload) error {
	var faults []problem.Fault
	accepted := make([]checked, 0, len(uploads))
	for i, u := range uploads {
		pointer := at
		if len(uploads) > 1 || at == "/documents" {
			pointer = fmt.Sprintf("%s/%d", at, i)
		}
		one, code, err := r.check(ctx, incomingKey(c.ID, u.Upload))
		if err != nil {
			return err
		}
		if code != "" {
			faults = append(faults, problem.Fault{Pointer: pointer + "/upload", Code: code})
			continue
		}
		accepted = append(accepted, one)
	}
	if len(faults) > 0 {
		return &problem.Problem{Code: "document_refused", Faults: faults}
	}
	for i, u := range uploads {
		doc, err := r.keep(ctx, c, u, accepted[i])
		if err != nil {
			return err
		}
		c.Documents = append(c.Documents, doc)
		c.Ops = append(c.Ops, documentPut(c.ID, doc))
	}
	c.After = func(ctx context.Context) {
		for _, u := range uploads {
			// Lost in a crash, it goes with its folder after a day.
			_ = r.Files.Delete(ctx, incomingKey(c.ID, u.Upload))
		}
	}
	return nil
}

// checked is an upload that passed.
type checked struct {
	data  []byte
	pages int
}

// check reads an upload; what it refuses, with a code, it deletes.
func (r room) check(ctx context.Context, key string) (checked, string, error) {
	data, err := r.Files.Read(ctx, key, pdf.MaxBytes)
	switch {
	case errors.Is(err, infra.ErrNotFound):
		return checked{}, "upload_not_found", nil
	case errors.Is(err, infra.ErrTooLarge):
		return checked{}, pdf.TooLarge, r.Files.Delete(ctx, key)
	case err != nil:
		return checked{}, "", err
	}
	info, err := pdf.Check(data)
	var fault *pdf.Fault
	if errors.As(err, &fault) {
		return checked{}, fault.Code, r.Files.Delete(ctx, key)
	}
	return checked{data: data, pages: info.Pages}, "", err
}

// keep stores an upload's bytes as a document.
func (r room) keep(ctx context.Context, c *change, u upload, file checked) (conformity.Document, error) {
	sum := sha256.Sum256(file.data)
	hash := hex.EncodeToString(sum[:])
	if err := r.Files.Put(ctx, DocumentKey(hash), "application/pdf", file.data); err != nil {
		return conformity.Document{}, err
	}
	return conformity.Document{
		ID: r.IDs.New(), Kind: u.Kind, Name: clean(u.Name), Size: int64(len(file.data)), Pages: file.pages,
		SHA256: hash, Added: c.Now, By: c.Caller.Person, Asked: c.Open,
	}, nil
}
