package conformity

import (
	"context"
	"encoding/json"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/statistics"
)

// Statistics are counters, projected from events: row statistics#<body> /
// <name>, and statistics#<body>#<agent> / <name>, by the names of package
// statistics. They are not sharded. A body that treats 100,000 dossiers a year
// moves them a million times in 2,000 working hours: a Write in seven seconds,
// of three rows or six, where a row takes hundreds a second. The bursts there
// are (fifty dossiers assigned at once, a morning's reconciliation) meet as
// rivals, whom the table lets wait and the machine repeats; nobody waits for
// them. Sharded rows would be read by every dashboard instead.
func statisticsPK(body, agent string) string {
	if agent == "" {
		return "statistics#" + body
	}
	return "statistics#" + body + "#" + agent
}

// skCounted is the row of a dossier that tells how far it was counted: row
// dossier#<id> / statistics, a statistics.Standing.
const skCounted = "statistics"

// countedPut moves a dossier's standing on from event was; of rivals one does.
func countedPut(id string, s statistics.Standing, was int64) infra.Put {
	condition := infra.Equals("n", was)
	if was == 0 {
		condition = infra.Absent()
	}
	return infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: skCounted}, Value: s, If: []infra.Cond{condition}}
}

// countersAdd is the operations that add sums to a body's counters.
func countersAdd(body string, sums statistics.Counters) []infra.Op {
	var ops []infra.Op
	for row, values := range sums {
		ops = append(ops, infra.Add{Key: infra.Key{PK: statisticsPK(body, row.Agent), SK: row.Name}, Values: values})
	}
	return ops
}

// readCounters reads rows of a partition of counters by their names: those of
// the months from one on, and what is now.
func (r room) readCounters(ctx context.Context, pk, from string) (map[string]map[string]int64, error) {
	rows := map[string]map[string]int64{}
	q := infra.Query{PK: pk, From: from, To: statistics.Now, Limit: 1000}
	for {
		page, err := r.Dossiers.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			values := map[string]int64{}
			if err := json.Unmarshal(row.Value, &values); err != nil {
				return nil, err
			}
			rows[row.SK] = values
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return rows, nil
		}
	}
}
