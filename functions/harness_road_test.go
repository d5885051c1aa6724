package main

import (
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// road is how a dossier of Atlas at BV comes from one status to the next; each
// step needs those before it.
var road = []struct {
	to   dossier.Status
	walk func(h *harness, id string)
}{
	{conformity.Submitted, func(h *harness, id string) { h.as(yasmine).does(id, "deposits", noBody) }},
	{conformity.AwaitingEvaluation, func(h *harness, id string) { h.as(salma).does(id, "assignments", h.assignment(omar)) }},
	{conformity.UnderEvaluation, func(h *harness, id string) { h.as(omar).does(id, "takings-in-charge", noBody) }},
	{conformity.InProcessing, func(h *harness, id string) { h.as(omar).does(id, "reviews", emptyBody) }},
}

// branches lead from in_processing to the statuses beyond.
var branches = map[dossier.Status]func(h *harness, id string){
	conformity.AwaitingComplement: func(h *harness, id string) { h.as(omar).does(id, "complement-requests", message) },
	conformity.AwaitingAnalyses:   func(h *harness, id string) { h.as(omar).does(id, "analyses-requests", message) },
	conformity.UnderInspection:    func(h *harness, id string) { h.as(omar).does(id, "visits", visit(h)) },
	conformity.Closed: func(h *harness, id string) {
		h.as(omar).does(id, "verdicts", verdictsOn(conformity.Conforming, conformity.NonConforming))
		h.as(omar).does(id, "answers", emptyBody)
	},
	conformity.Cancelled: func(h *harness, id string) { h.as(yasmine).does(id, "cancellations", reason) },
}

// brings takes a complete draft of two lines to a status by real steps.
func (h *harness) brings(id string, to dossier.Status) {
	h.t.Helper()
	if to == conformity.Draft {
		return
	}
	for _, leg := range road {
		leg.walk(h, id)
		if leg.to == to {
			return
		}
	}
	branches[to](h, id)
}

// drafted is the staged portal with complete drafts ready to deposit: two of
// Atlas's (marks draft1, draft2) and one of Rif's (draft3), of two lines each.
var drafted = &scene{from: staged, play: func(h *harness) {
	h.marks["draft1"] = h.as(yasmine).drafts("BV", 2).ID
	h.marks["draft2"] = h.as(yasmine).drafts("BV", 2).ID
	h.marks["draft3"] = h.as(hamza).drafts("BV", 2).ID
}}

// placed is the name of a PDF that waits under incoming/ of every dossier of
// the scene everywhere.
const placed = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

// placedGoods is the same of a goods file of two lines.
const placedGoods = "01ARZ3NDEKTSV4RRFFQ69G5FAW"

// everywhere has one dossier of Atlas at BV in each status, under its name. The
// one in processing has a verdict on each of its lines.
var everywhere = &scene{from: staged, play: func(h *harness) {
	for _, status := range conformity.Procedure.Statuses {
		id := h.as(yasmine).drafts("BV", 2).ID
		h.brings(id, status)
		if status == conformity.InProcessing {
			h.as(omar).does(id, "verdicts", verdictsOn(conformity.Conforming, conformity.Conforming))
		}
		if got := h.head(id).Status; got != status {
			h.t.Fatalf("brought to %s, not %s", got, status)
		}
		if err := h.portal.Files().Put(h.context(), "incoming/"+id+"/"+placed, "application/pdf", goodPDF()); err != nil {
			h.t.Fatalf("place a file: %v", err)
		}
		if err := h.portal.Files().Put(h.context(), "incoming/"+id+"/"+placedGoods, "text/csv", goodsCSV(2)); err != nil {
			h.t.Fatalf("place a file: %v", err)
		}
		h.marks[string(status)] = id
	}
}}
