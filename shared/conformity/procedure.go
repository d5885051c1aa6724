// Package conformity is the procedure of certificates of conformity at origin
// (the conformity specification): its life cycle, its form, its rules, and the
// answer that is computed from the verdicts.
package conformity

import "portal/shared/dossier"

// The statuses, with the labels of the declarant's manual.
const (
	Draft              dossier.Status = "draft"               // Nouveau
	Submitted          dossier.Status = "submitted"           // Déposé
	AwaitingEvaluation dossier.Status = "awaiting_evaluation" // En attente d'évaluation
	UnderEvaluation    dossier.Status = "under_evaluation"    // En cours d'évaluation
	InProcessing       dossier.Status = "in_processing"       // En cours de traitement
	AwaitingComplement dossier.Status = "awaiting_complement" // À compléter
	AwaitingAnalyses   dossier.Status = "awaiting_analyses"   // Nécessite analyses sup
	UnderInspection    dossier.Status = "under_inspection"    // En cours d'inspection
	Closed             dossier.Status = "closed"              // Clôturé
	Cancelled          dossier.Status = "cancelled"           // Annulé
)

// The actions.
const (
	Create           dossier.Action = "create"
	EditForm         dossier.Action = "edit_form"
	EditGoods        dossier.Action = "edit_goods"
	AttachDocument   dossier.Action = "attach_document"
	RemoveDocument   dossier.Action = "remove_document"
	Discard          dossier.Action = "discard"
	Submit           dossier.Action = "submit"
	Assign           dossier.Action = "assign"
	Reassign         dossier.Action = "reassign"
	Unassign         dossier.Action = "unassign"
	TakeCharge       dossier.Action = "take_charge"
	AcceptReview     dossier.Action = "accept_review"
	AskComplement    dossier.Action = "ask_complement"
	AnswerComplement dossier.Action = "answer_complement"
	AskAnalyses      dossier.Action = "ask_analyses"
	AnswerAnalyses   dossier.Action = "answer_analyses"
	PlanVisit        dossier.Action = "plan_visit"
	CloseVisit       dossier.Action = "close_visit"
	GiveVerdicts     dossier.Action = "give_verdicts"
	Close            dossier.Action = "close"
	Cancel           dossier.Action = "cancel"
)

// The lanes of a review. A light one has no documentary review of its own: the
// statement that the request rests on has had it.
const (
	FullReview  dossier.Lane = "full"
	LightReview dossier.Lane = "light"
)

// assigned are the statuses in which an agent has, or had, the dossier.
var assigned = []dossier.Status{UnderEvaluation, InProcessing, AwaitingComplement, AwaitingAnalyses, UnderInspection}

// Procedure is the life cycle. An agent withdrawn before taking charge puts
// the dossier back to the supervisor; withdrawn later, the dossier keeps its
// status, so that an open request to the declarant stays open, and waits for
// another agent.
var Procedure = &dossier.Procedure{
	Name:    "conformity",
	Machine: "conformity-review",
	Statuses: []dossier.Status{
		Draft, Submitted, AwaitingEvaluation, UnderEvaluation, InProcessing,
		AwaitingComplement, AwaitingAnalyses, UnderInspection, Closed, Cancelled,
	},
	Final: []dossier.Status{Closed, Cancelled},
	Transitions: []dossier.Transition{
		{Action: EditForm, By: dossier.Declarant, From: []dossier.Status{Draft}},
		{Action: EditGoods, By: dossier.Declarant, From: []dossier.Status{Draft}},
		{Action: AttachDocument, By: dossier.Declarant, From: []dossier.Status{Draft}},
		{Action: RemoveDocument, By: dossier.Declarant, From: []dossier.Status{Draft}},
		{Action: Discard, By: dossier.Declarant, From: []dossier.Status{Draft}},
		{Action: Submit, By: dossier.Declarant, From: []dossier.Status{Draft}, To: Submitted},

		{Action: Assign, By: dossier.Supervisor, From: []dossier.Status{Submitted}, To: AwaitingEvaluation},
		{Action: Reassign, By: dossier.Supervisor, From: append([]dossier.Status{AwaitingEvaluation}, assigned...)},
		{Action: Unassign, By: dossier.Supervisor, From: []dossier.Status{AwaitingEvaluation}, To: Submitted},
		{Action: Unassign, By: dossier.Supervisor, From: assigned},

		{Action: TakeCharge, By: dossier.Agent, From: []dossier.Status{AwaitingEvaluation}, To: UnderEvaluation, Lane: FullReview},
		{Action: TakeCharge, By: dossier.Agent, From: []dossier.Status{AwaitingEvaluation}, To: InProcessing, Lane: LightReview},
		{Action: AcceptReview, By: dossier.Agent, From: []dossier.Status{UnderEvaluation}, To: InProcessing},
		{Action: AskComplement, By: dossier.Agent, From: []dossier.Status{UnderEvaluation, InProcessing}, To: AwaitingComplement},
		{Action: AskAnalyses, By: dossier.Agent, From: []dossier.Status{InProcessing}, To: AwaitingAnalyses},
		{Action: PlanVisit, By: dossier.Agent, From: []dossier.Status{InProcessing}, To: UnderInspection},
		{Action: CloseVisit, By: dossier.Agent, From: []dossier.Status{UnderInspection}, To: InProcessing},
		{Action: GiveVerdicts, By: dossier.Agent, From: []dossier.Status{InProcessing}},
		{Action: Close, By: dossier.Agent, From: []dossier.Status{InProcessing}, To: Closed},

		{Action: AnswerComplement, By: dossier.Declarant, From: []dossier.Status{AwaitingComplement}, To: InProcessing},
		{Action: AnswerAnalyses, By: dossier.Declarant, From: []dossier.Status{AwaitingAnalyses}, To: InProcessing},
		{Action: Cancel, By: dossier.Declarant, From: append([]dossier.Status{Submitted, AwaitingEvaluation}, assigned...), To: Cancelled},
	},
}

// ActsNext tells who is expected to act in a status; the catalogue says it in
// words under waits.<status>.
func ActsNext(s dossier.Status) dossier.Relation {
	switch s {
	case Draft, AwaitingComplement, AwaitingAnalyses:
		return dossier.Declarant
	case Submitted:
		return dossier.Supervisor
	case Closed, Cancelled:
		return ""
	}
	return dossier.Agent
}
