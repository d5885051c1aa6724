package conformity

import (
	"strconv"

	"portal/shared/dossier"
)

// DiffGoods lists the cells that differ between two lists of goods lines, line
// by line, by their pointers in the list; a cell that is not sent is nil.
// dossier.Diff would say the same of their JSON, in the order of its pointers:
// of ten thousand lines, ten times later.
func DiffGoods(before, after []Line) []dossier.Change {
	var changes []dossier.Change
	for i := range max(len(before), len(after)) {
		var was, is [10]any
		if i < len(before) {
			was = cellsOf(&before[i])
		}
		if i < len(after) {
			is = cellsOf(&after[i])
		}
		at := ""
		for n, name := range cellNames {
			if was[n] == is[n] {
				continue
			}
			if at == "" {
				at = "/" + strconv.Itoa(i) + "/"
			}
			changes = append(changes, dossier.Change{Pointer: at + name, Before: was[n], After: is[n]})
		}
	}
	return changes
}

// cellNames are the names of a line's cells in JSON.
var cellNames = [10]string{"brand", "designation", "hs", "manufacturer", "norm", "origin", "quantity", "reference", "unit", "value"}

// cellsOf are a line's cells in the order of their names, nil where JSON has
// none.
func cellsOf(l *Line) [10]any {
	return [10]any{
		sent(l.Brand), l.Designation, l.HS, sent(l.Manufacturer), sent(l.Norm), l.Origin, sent(l.Quantity), sent(l.Reference), sent(l.Unit), sent(l.Value),
	}
}

// sent is a cell that JSON leaves out when it is empty.
func sent[T comparable](value T) any {
	var none T
	if value == none {
		return nil
	}
	return value
}
