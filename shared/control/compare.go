package control

import "reflect"

// Differences is how one version departs from another, by HS code.
type Differences struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	Changed []string `json:"changed"`
}

// Compare says what a version changes of the one before it.
func Compare(before, after List) Differences {
	var d Differences
	i, j := 0, 0
	for i < len(before.entries) || j < len(after.entries) {
		switch {
		case j == len(after.entries) || i < len(before.entries) && before.entries[i].HS < after.entries[j].HS:
			d.Removed = append(d.Removed, before.entries[i].HS)
			i++
		case i == len(before.entries) || after.entries[j].HS < before.entries[i].HS:
			d.Added = append(d.Added, after.entries[j].HS)
			j++
		default:
			if !reflect.DeepEqual(before.entries[i], after.entries[j]) {
				d.Changed = append(d.Changed, after.entries[j].HS)
			}
			i++
			j++
		}
	}
	return d
}
