// Package conformity is the room of conformity requests: what declarants,
// supervisors and agents do to them, a file a step, and the effects that the
// state machine conformity-review calls, a file a state.
package conformity

import "portal/infra"

// Steps lists the room's steps.
var Steps = []infra.Maker{
	create, saveForm, saveGoods, showGoodsTemplate, showGoodsGuide, requestGoodsUpload, importGoods, requestUpload, attachDocument, removeDocument, discard, submit,
	assign, assignMany, unassign, takeCharge, acceptReview,
	askComplement, answerComplement, askAnalyses, answerAnalyses, planVisit, closeVisit,
	giveVerdicts, closeDossier, cancel,
	show, showGoods, showControl, showDifferences, showEvents, showClock, download, list, queue, agents, setAbsence, bureaux, showBureauChoice, showDashboard,
	listFilters, saveFilter, removeFilter,
	requestExport, showExport, listExports, buildExports, resumeExports,
	acknowledgeReceipt, assignAutomatically, recordLoad, recordStatistics, recordUntold, tellAgent, tellDeclarant, issueCertificates,
}
