package story

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"portal/demo/client"
)

// importGoods fills in the template of the goods file in a spreadsheet, with a
// mistake: nothing is imported, the cell is named and the file comes back with
// its errors. Corrected, all of it is imported.
func (p *play) importGoods(ctx context.Context, rows [][]string) error {
	template, _, err := p.declarant.retry(ctx, func() (*client.Answer, error) {
		return p.declarant.Do(ctx, http.MethodGet, "/api/conformity/goods-template?format=csv&lang=fr", nil)
	})
	if err != nil {
		return err
	}
	wrong := slices.Clone(rows)
	last := len(rows) - 1
	wrong[last] = slices.Clone(rows[last])
	wrong[last][quantityColumn] = "une centaine"
	if err := p.importRefused(ctx, template.Body, wrong, fmt.Sprintf("/upload/G%d", len(rows)+1)); err != nil {
		return err
	}
	upload, err := p.uploadGoods(ctx, template.Body, rows)
	if err != nil {
		return err
	}
	if err := p.declarant.step(ctx, &p.dossier, "goods-imports", map[string]string{"upload": upload}, p.dossier.Status); err != nil {
		return err
	}
	if p.dossier.Lines != len(rows) {
		return surprise("%d lines were imported, expected %d", p.dossier.Lines, len(rows))
	}
	p.declarant.say("a %d lignes ; indications manquantes : %d", p.dossier.Lines, len(p.dossier.Missing))
	return nil
}

// quantityColumn is the template's column G.
const quantityColumn = 6

func (p *play) importRefused(ctx context.Context, template []byte, rows [][]string, cell string) error {
	a := p.declarant
	answer, err := p.importsGoods(ctx, template, rows)
	if err != nil {
		return err
	}
	var refusal struct {
		Report struct {
			URL string `json:"url"`
		} `json:"report"`
	}
	if err := answer.Decode(&refusal); err != nil {
		return err
	}
	faults := answer.Problem().Errors
	if answer.Problem().Code != "import_refused" || len(faults) != 1 || faults[0].Pointer != cell || refusal.Report.URL == "" {
		return surprise("import: %s, expected to be refused for %s", told(answer), cell)
	}
	_, place, _ := strings.Cut(faults[0].Pointer, "/upload/")
	a.say("importe %d lignes ; refusé comme il se doit, cellule %s : %s", len(rows), place, faults[0].Message)
	report, _, err := a.retry(ctx, func() (*client.Answer, error) { return a.Do(ctx, http.MethodGet, refusal.Report.URL, nil) })
	if err != nil {
		return err
	}
	if report.Status != http.StatusOK || !bytes.Contains(report.Body, []byte("Erreurs")) {
		return surprise("the file does not come back with its errors: %d", report.Status)
	}
	a.say("télécharge son fichier, les erreurs dans une colonne de plus")
	return nil
}

// importsGoods uploads a file and asks for its import, again when the answer
// was lost: what is refused is not kept.
func (p *play) importsGoods(ctx context.Context, template []byte, rows [][]string) (*client.Answer, error) {
	for {
		upload, err := p.uploadGoods(ctx, template, rows)
		if err != nil {
			return nil, err
		}
		answer, again, err := p.declarant.retry(ctx, func() (*client.Answer, error) {
			return p.declarant.Do(ctx, http.MethodPost, "/api/conformity/dossiers/"+p.dossier.ID+"/goods-imports", map[string]string{"upload": upload}, client.IfMatch(tag(&p.dossier)))
		})
		if err != nil {
			return nil, err
		}
		if faults := answer.Problem().Errors; !again || len(faults) != 1 || faults[0].Code != "upload_not_found" {
			return answer, nil
		}
	}
}

// uploadGoods puts the filled-in template in the store.
func (p *play) uploadGoods(ctx context.Context, template []byte, rows [][]string) (string, error) {
	var file bytes.Buffer
	file.Write(template)
	w := csv.NewWriter(&file)
	w.Comma = ';'
	if err := w.WriteAll(rows); err != nil {
		return "", err
	}
	return p.declarant.putFile(ctx, &p.dossier, "goods-uploads", map[string]any{"format": "csv", "size": file.Len()}, "marchandises.csv", "text/csv", file.Bytes())
}

// filled are rows of the template: the products again and again, in lots.
func filled(list []product, rows int) [][]string {
	var all [][]string
	for i := range rows {
		p := list[i%len(list)]
		value := strings.ReplaceAll(fmt.Sprintf("%.2f", 950.5+float64(i)), ".", ",")
		all = append(all, []string{p.hs, fmt.Sprintf("%s, lot %d", p.name, i/len(list)+1), "Maisonia", p.reference, "CN", "Yuyao Appliance Works", fmt.Sprint(100 + i), "C62", value, "NM EN 60335-1"})
	}
	return all
}
