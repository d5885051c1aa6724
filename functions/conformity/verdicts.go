package conformity

import (
	"fmt"
	"slices"
	"strconv"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// judgedLines is how many lines' verdicts one row holds: 50 rows for the most
// lines a request may have, which one Write bears.
const judgedLines = 200

// verdicts are the findings on the lines of one chunk: row dossier#<id> /
// dossier.verdicts#<chunk>. A text given to many lines at once is kept once.
type verdicts struct {
	Texts []string           `json:"texts,omitempty"`
	Lines map[string]finding `json:"lines"` // by line number
}

type finding struct {
	Verdict conformity.Verdict `json:"verdict"`
	Text    int                `json:"text,omitempty"` // which of the texts, from 1
}

// into adds the chunk's findings to those of a file.
func (v verdicts) into(all map[int]conformity.LineVerdict) error {
	for number, found := range v.Lines {
		line, err := strconv.Atoi(number)
		if err != nil || found.Text > len(v.Texts) {
			return fmt.Errorf("verdict on line %q does not read", number)
		}
		judged := conformity.LineVerdict{Verdict: found.Verdict}
		if found.Text > 0 {
			judged.Text = v.Texts[found.Text-1]
		}
		all[line] = judged
	}
	return nil
}

func (v *verdicts) add(line int, judged conformity.LineVerdict) {
	found := finding{Verdict: judged.Verdict}
	if judged.Text != "" {
		at := slices.Index(v.Texts, judged.Text)
		if at < 0 {
			at = len(v.Texts)
			v.Texts = append(v.Texts, judged.Text)
		}
		found.Text = at + 1
	}
	v.Lines[strconv.Itoa(line)] = found
}

// verdictPuts writes the chunks of verdicts that hold these lines, whole.
func verdictPuts(id string, all map[int]conformity.LineVerdict, lines int, touched map[int]bool) []infra.Op {
	chunks := map[int]*verdicts{}
	for line := range touched {
		chunks[chunkOf(line)] = &verdicts{Lines: map[string]finding{}}
	}
	for line := 1; line <= lines; line++ {
		if c, ok := chunks[chunkOf(line)]; ok {
			if judged, given := all[line]; given {
				c.add(line, judged)
			}
		}
	}
	var ops []infra.Op
	for i, c := range chunks {
		ops = append(ops, infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKVerdicts(i)}, Value: c})
	}
	return ops
}

func chunkOf(line int) int { return (line - 1) / judgedLines }
