package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// Loads are counters, projected from events, never from lists: row
// load#<bureau organisation> / agent#<person>, and load#bureaux / <code>.
type counts struct {
	Open   int64 `json:"open"`
	Closed int64 `json:"closed"`
}

func loadPK(body string) string { return "load#" + body }

const bureauxPK = "load#bureaux"

// agentLoads reads the load of every agent of a bureau.
func agentLoads(ctx context.Context, table infra.Table, body string) (map[string]counts, error) {
	return loadsUnder(ctx, table, loadPK(body), "agent#")
}

// bureauLoad reads the open dossiers of every bureau.
func bureauLoad(ctx context.Context, table infra.Table) (map[string]int, error) {
	loads, err := loadsUnder(ctx, table, bureauxPK, "")
	open := map[string]int{}
	for code, l := range loads {
		open[code] = int(l.Open)
	}
	return open, err
}

func loadsUnder(ctx context.Context, table infra.Table, pk, prefix string) (map[string]counts, error) {
	page, err := table.Query(ctx, infra.Query{PK: pk, Prefix: prefix, Limit: 1000})
	if err != nil {
		return nil, err
	}
	loads := map[string]counts{}
	for _, row := range page.Rows {
		var l counts
		if err := row.Decode(&l); err != nil {
			return nil, err
		}
		loads[row.SK[len(prefix):]] = l
	}
	return loads, nil
}

// loadDeltas is what an event changes in the counters.
func loadDeltas(d *conformity.Dossier, e dossier.Event) []infra.Op {
	var ops []infra.Op
	agent := func(person any, open, closed int64) {
		if id, _ := person.(string); id != "" {
			ops = append(ops, add(loadPK(d.Body), "agent#"+id, open, closed))
		}
	}
	bureau := func(open, closed int64) { ops = append(ops, add(bureauxPK, d.Bureau, open, closed)) }
	switch e.Action {
	case conformity.Submit:
		bureau(1, 0)
	case conformity.Assign, conformity.Reassign, conformity.Unassign:
		agent(e.Content.Details["before"], -1, 0)
		agent(e.Content.Details["agent"], 1, 0)
	case conformity.Close:
		agent(d.Agent, -1, 1)
		bureau(-1, 1)
	case conformity.Cancel:
		agent(d.Agent, -1, 0)
		bureau(-1, 0)
	}
	return ops
}

func add(pk, sk string, open, closed int64) infra.Op {
	return infra.Add{Key: infra.Key{PK: pk, SK: sk}, Values: map[string]int64{"open": open, "closed": closed}}
}
