package story

import "fmt"

// product is a kind of goods.
type product struct{ hs, name, reference string }

// products are what the importers of the stories import.
var products = []product{
	{"8516.10.00.90", "Bouilloire électrique 1,7 L", "MS-100"},
	{"8516.72.00.00", "Grille-pain deux fentes", "MS-101"},
	{"8516.40.00.00", "Fer à repasser vapeur", "MS-102"},
	{"8516.31.00.00", "Sèche-cheveux 2000 W", "MS-103"},
	{"8516.71.00.00", "Machine à café filtre", "MS-104"},
	{"8516.60.00.00", "Plaque chauffante double", "MS-105"},
}

// registered are lines of a statement: products, neither counted nor valued.
func registered(list []product) []map[string]any {
	lines := []map[string]any{}
	for _, p := range list {
		lines = append(lines, map[string]any{
			"hs": p.hs, "designation": p.name, "brand": "Maisonia", "reference": p.reference, "origin": "CN",
			"manufacturer": "Yuyao Appliance Works", "norm": "NM EN 60335-1",
		})
	}
	return lines
}

// shipped are lines of a shipment of products.
func shipped(list []product) []map[string]any {
	lines := registered(list)
	for i, line := range lines {
		line["quantity"], line["unit"], line["value"] = 100+25*i, "C62", 1850.25+float64(i)*410
	}
	return lines
}

// container is a shipment of twelve lines, the last of which will be found
// non-conforming.
func container() []map[string]any {
	var list []product
	for i, name := range []string{
		"Bouilloire électrique 1,7 L", "Grille-pain deux fentes", "Mixeur plongeant 600 W", "Fer à repasser vapeur",
		"Sèche-cheveux 2000 W", "Aspirateur sans sac", "Plaque chauffante double", "Machine à café filtre",
		"Ventilateur sur pied", "Radiateur soufflant", "Presse-agrumes", "Multiprise six postes sans terre",
	} {
		list = append(list, product{fmt.Sprintf("8516.%02d.00.90", 10+i%8*10), name, fmt.Sprintf("MS-%03d", 100+i)})
	}
	return shipped(list)
}
