package pdf

import (
	"cmp"
	"slices"
)

// catalogue finds the latest catalogue with a page tree: by the trailers, or else,
// as readers do with a broken file, by what calls itself one.
func (f *file) catalogue() (value, *Fault) {
	inOrder := func(a, b placed) int { return cmp.Compare(a.order, b.order) }
	slices.SortStableFunc(f.roots, inOrder)
	slices.SortStableFunc(f.catalogues, inOrder)
	missing := noCatalogue
	for _, candidate := range slices.Backward(slices.Concat(f.catalogues, f.roots)) {
		v := f.resolve(candidate.value)
		if v.kind != isDictionary {
			continue
		}
		if f.resolve(v.get("Pages")).kind == isDictionary {
			return v, nil
		}
		missing = noPageTree
	}
	return value{}, &Fault{Code: Damaged, Detail: missing}
}

// countPages counts the leaves of the page tree (ISO 32000-1, 7.7.3): what
// /Count claims may be wrong. A page that the tree names must be there.
func (f *file) countPages(catalogue value) (int, *Fault) {
	t := pageTree{file: f, leaves: map[int]bool{}}
	t.push(catalogue.get("Pages"))
	for len(t.pending) > 0 && !t.missing && !f.limits.exceeded {
		last := len(t.pending) - 1
		v := t.pending[last]
		t.pending = t.pending[:last]
		t.visit(v)
	}
	switch {
	case f.limits.exceeded:
		return 0, &Fault{Code: Damaged, Detail: tooComplex}
	case t.missing:
		return 0, &Fault{Code: Damaged, Detail: missingPage}
	case t.pages == 0:
		return 0, &Fault{Code: NoPages}
	}
	return t.pages, nil
}

// pageTree is a walk through a page tree. Each object is read once, so that
// neither a cycle nor a page named often makes it long.
type pageTree struct {
	file    *file
	pending []value
	leaves  map[int]bool // objects seen; true for pages
	pages   int
	missing bool
}

func (t *pageTree) push(v value) { t.pending = append(t.pending, v) }

func (t *pageTree) visit(v value) {
	if v.kind != isReference {
		t.visitNode(v)
		return
	}
	isLeaf, seen := t.leaves[v.number]
	switch {
	case !seen:
		t.leaves[v.number] = false
		t.leaves[v.number] = t.visitNode(t.file.node(v))
	case isLeaf:
		t.pages++
	}
}

// node resolves a reference in the page tree. An object that is not there makes
// it a keyword, unlike an object that says null.
func (f *file) node(v value) value {
	if f.defined[v.number].text == "" {
		return value{kind: isKeyword}
	}
	return f.resolve(v)
}

// visitNode counts a page or goes on to the kids of a node. A kid that was deleted
// by making it null is neither.
func (t *pageTree) visitNode(v value) (isLeaf bool) {
	if v.kind == isNull {
		return false
	}
	if v.kind != isDictionary {
		t.missing = true
		return false
	}
	kids := t.file.resolve(v.get("Kids"))
	switch {
	case kids.kind == isArray:
		for _, kid := range slices.Backward(kids.items) {
			t.push(kid)
		}
		return false
	case t.file.resolve(v.get("Type")).named("Pages"):
		return false
	}
	t.pages++
	return true
}
