package conformity

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"portal/shared/identifiers"
)

// Difference is what a révision changes of a certificate's products, for both
// sides to see before anybody decides.
type Difference struct {
	Added   []Product `json:"added"`
	Removed []Product `json:"removed"`
	Changed []Changed `json:"changed"`
	Kept    int       `json:"kept" doc:"Products that stay as they are"`
}

// Product is what tells one product from another: a quantity does not.
type Product struct {
	Line        int    `json:"line" doc:"In the request, or on the certificate when removed"`
	HS          string `json:"hs"`
	Designation string `json:"designation"`
	Brand       string `json:"brand,omitempty"`
	Reference   string `json:"reference,omitempty"`
	Origin      string `json:"origin"`
}

// Changed is a product that is on both sides, described otherwise.
type Changed struct {
	Before Product `json:"before"`
	After  Product `json:"after"`
}

// ProductOf is the product of a line, its code in ten digits when it is one.
func ProductOf(number int, l Line) Product {
	hs := l.HS
	if code, err := identifiers.ParseHS(l.HS); err == nil {
		hs = code.Display()
	}
	return Product{Line: number, HS: hs, Designation: l.Designation, Brand: l.Brand, Reference: l.Reference, Origin: l.Origin}
}

// identity is what makes two lines the same product on first sight: its code,
// origin, brand and reference.
func (p Product) identity() string {
	return strings.Join([]string{p.HS, p.Origin, nameOf(p.Brand), nameOf(p.Reference)}, "\x00")
}

// all is what two products have alike that are the same.
func (p Product) all() string { return p.identity() + "\x00" + nameOf(p.Designation) }

// Is tells whether two products are the same, on whatever lines.
func (p Product) Is(other Product) bool { return p.all() == other.all() }

// DigestProducts is the same of two lists of the same products, each as often,
// in whatever order, and of no others: SHA-256, in hexadecimal. Of none it is "".
func DigestProducts(products []Product) string {
	if len(products) == 0 {
		return ""
	}
	texts := make([]string, len(products))
	for i, p := range products {
		texts[i] = p.all()
	}
	slices.Sort(texts)
	sum := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(sum, "%d %s", len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Differ compares the products of a certificate with those of a request.
// Products that are the same are matched first; then those of one identity,
// which are described otherwise; the rest was removed or added. Both lists may
// hold the same product twice.
func Differ(before, after []Product) Difference {
	d := Difference{Added: []Product{}, Removed: []Product{}, Changed: []Changed{}}
	before, after, d.Kept = matched(before, after, Product.all, nil)
	before, after, _ = matched(before, after, Product.identity, func(b, a Product) { d.Changed = append(d.Changed, Changed{b, a}) })
	d.Removed, d.Added = append(d.Removed, before...), append(d.Added, after...)
	return d
}

// matched pairs products of one key, first with first, and gives those left on
// each side, in order.
func matched(before, after []Product, key func(Product) string, pair func(b, a Product)) (left, right []Product, pairs int) {
	waiting := map[string][]int{}
	for i, p := range before {
		waiting[key(p)] = append(waiting[key(p)], i)
	}
	taken := make([]bool, len(before))
	for _, p := range after {
		queue := waiting[key(p)]
		if len(queue) == 0 {
			right = append(right, p)
			continue
		}
		if pair != nil {
			pair(before[queue[0]], p)
		}
		taken[queue[0]], waiting[key(p)] = true, queue[1:]
		pairs++
	}
	for i, p := range before {
		if !taken[i] {
			left = append(left, p)
		}
	}
	return left, right, pairs
}
