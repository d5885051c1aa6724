package conformity

import (
	"time"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// headPut writes the head, if it is still at version was (0: if it is new),
// with its places in the lists.
func headPut(d *conformity.Dossier, was int64) infra.Put {
	condition := infra.Equals("version", was)
	if was == 0 {
		condition = infra.Absent()
	}
	return infra.Put{
		Key:   infra.Key{PK: dossier.PK(d.ID), SK: dossier.SKHead},
		Value: d, Index: listed(d), If: []infra.Cond{condition},
	}
}

// listed is where a dossier appears: in its owner's lists from the first save,
// in its bureau's from the deposit; by last day of the delay while that runs.
func listed(d *conformity.Dossier) map[string]infra.Key {
	since := d.Deposited
	if since.IsZero() {
		since = d.Created
	}
	sk := dossier.SortKey(since) + "#" + d.ID
	index := map[string]infra.Key{
		"owner":        {PK: ownerPK(d.Owner), SK: sk},
		"owner_status": {PK: ownerStatusPK(d.Owner, d.Status), SK: sk},
	}
	if d.Body != "" {
		index["body"] = infra.Key{PK: bodyPK(d.Body), SK: sk}
		index["queue"] = infra.Key{PK: queuePK(d.Body, d.Status), SK: sk}
	}
	open := !conformity.Procedure.IsFinal(d.Status)
	if d.Body != "" {
		index["agent"] = infra.Key{PK: agentPK(d.Body, d.Agent, open), SK: sk}
	}
	if d.Body != "" && d.Due != "" && open {
		index["due"] = infra.Key{PK: deadlinePK(d.Body), SK: d.Due + "#" + d.ID}
	}
	return index
}

func ownerPK(org string) string                         { return "owner#" + org }
func ownerStatusPK(org string, s dossier.Status) string { return "owner#" + org + "#" + string(s) }
func bodyPK(body string) string                         { return "body#" + body }
func deadlinePK(body string) string                     { return "due#body#" + body }
func queuePK(body string, status dossier.Status) string { return "body#" + body + "#" + string(status) }

// agentPK lists an agent's dossiers within one bureau; those of nobody, which
// its supervisor is to assign, under nobody.
func agentPK(body, person string, open bool) string {
	if person == "" {
		person = "nobody"
	}
	if open {
		return "agent#" + body + "#" + person + "#open"
	}
	return "agent#" + body + "#" + person + "#closed"
}

func eventPut(id string, e dossier.Event) infra.Put {
	return infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKEvent(e.N)}, Value: e, If: []infra.Cond{infra.Absent()}}
}

// pendingPut rings the doorbell: the execution has an event to hear.
func pendingPut(d *conformity.Dossier, now time.Time) infra.Put {
	return infra.Put{
		Key:   infra.Key{PK: dossier.PK(d.ID), SK: dossier.SKPending},
		Value: dossier.Pending{N: d.Version, Since: now},
		Index: map[string]infra.Key{"pending": {PK: dossier.PendingPK(d.ID), SK: dossier.SortKey(now) + "#" + d.ID}},
	}
}

func formPut(id string, f conformity.Form) infra.Put {
	return infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKForm}, Value: f}
}

func documentPut(id string, doc conformity.Document) infra.Put {
	return infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKDocument(doc.ID)}, Value: doc}
}

func askedPut(id string, a conformity.Asked) infra.Put {
	return infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKAsked(a.N)}, Value: a}
}

func factsPut(id string, facts conformity.Facts) infra.Put {
	return infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKFacts}, Value: facts}
}
