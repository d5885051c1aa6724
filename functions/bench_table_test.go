//go:build linux

package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// benchTable is lines of cells, the first of which are headings. Cells that are
// no words stand at the right of their column.
type benchTable struct {
	rows  [][]string
	notes []string
}

func (t *benchTable) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *benchTable) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *benchTable) print(out io.Writer, title string) {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	fmt.Fprintf(out, "\n%s\n%s\n", title, strings.Repeat("─", utf8.RuneCountInString(title)))
	for n, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i > 0 && t.numeric(i) {
				line.WriteString(gap + cell + "  ")
			} else {
				line.WriteString(cell + gap + "  ")
			}
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
		if n == 0 && len(t.rows) > 1 {
			fmt.Fprintln(out)
		}
	}
	for _, note := range t.notes {
		fmt.Fprintln(out, "  "+note)
	}
}

// numeric tells whether a column's cells below its heading begin like numbers.
func (t *benchTable) numeric(column int) bool {
	for _, row := range t.rows[1:] {
		if column < len(row) && row[column] != "" && !strings.ContainsAny(row[column][:1], "0123456789-+.≤") && !strings.HasPrefix(row[column], "≤") {
			return false
		}
	}
	return true
}

func benchRatio(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	return fmt.Sprintf("%.2f", v)
}

// benchMicros and benchMillis write a duration as a plain number of its unit.
func benchMicros(d time.Duration) string { return fmt.Sprintf("%.0f", float64(d)/1e3) }
func benchMillis(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/1e6) }

// benchMedian is the middle of a list, and with it the scatter: half of the
// values lie between the quartiles.
func benchMedian[N int | int64 | float64 | time.Duration](list []N) N {
	return benchQuantile(list, 0.5)
}

func benchQuantile[N int | int64 | float64 | time.Duration](list []N, q float64) N {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// benchRatios are a[i]/b[i]: pairs were measured one after the other, so what
// the machine does besides weighs on both.
func benchRatios[N int | int64 | float64 | time.Duration](a, b []N) []float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = float64(a[i]) / float64(b[i])
	}
	return ratios
}
