package lifecycle

import (
	"context"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/dossier"
)

// armed is the row of a duty. Steps arm it with what they decide; the sweep
// that finds it reads the dossier, which alone says what is to be done, and
// arms it anew or drops it: only ever together with a check that the dossier is
// still as it was read.
type armed struct {
	At time.Time `json:"at"`
}

// Arm has a sweep look after a duty of a dossier at an instant, instead of the
// one before.
func Arm(id string, duty dossier.Duty, at time.Time) infra.Op {
	at = at.UTC()
	return infra.Put{
		Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKDuty(duty)}, Value: armed{At: at},
		Index: map[string]infra.Key{"due": {
			PK: dossier.DuePK(string(duty), int(dossier.Shard(id, dossier.DueShards))), SK: dossier.SortKey(at) + "#" + id,
		}},
	}
}

// Disarm ends a duty; ending one that is not there is no error.
func Disarm(id string, duty dossier.Duty) infra.Op {
	return infra.Delete{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKDuty(duty)}}
}

// ArmOrNot is Arm, or Disarm when there is no instant.
func ArmOrNot(id string, duty dossier.Duty, at time.Time) infra.Op {
	if at.IsZero() {
		return Disarm(id, duty)
	}
	return Arm(id, duty, at)
}

// Unchanged requires that a dossier is still at the version that was read.
func Unchanged(d dossier.Head) infra.Op {
	return infra.Check{Key: infra.Key{PK: dossier.PK(d.ID), SK: dossier.SKHead}, If: []infra.Cond{infra.Equals("version", d.Version)}}
}

// Told is the record that a notice about a dossier went out. It is written
// before the letters are sent, so that none goes out twice.
type Told struct {
	At     time.Time `json:"at"`
	Before string    `json:"before,omitempty"` // the day that was promised, as 2026-11-21
}

// Record is the operation that lets one sweep send a notice, once.
func Record(id, notice string, t Told) infra.Op {
	return infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKTold(notice)}, Value: t, If: []infra.Cond{infra.Absent()}}
}

// ToldOf are the notices about a dossier that went out.
func ToldOf(ctx context.Context, table infra.Table, id string) (map[string]Told, error) {
	told := map[string]Told{}
	prefix := dossier.SKTold("")
	q := infra.Query{PK: dossier.PK(id), Prefix: prefix, Limit: infra.MaxPage}
	for {
		page, err := table.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			var t Told
			if err := row.Decode(&t); err != nil {
				return nil, err
			}
			told[row.SK[len(prefix):]] = t
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return told, nil
		}
	}
}

// Flagged is the flag of a dossier that need not be kept any longer.
type Flagged struct {
	Until calendar.Date `json:"until"` // last day on which it was to be kept
	At    time.Time     `json:"at"`
}

// Flag is the operation that flags a dossier: row dossier#<id> / flag, in the
// index due under the day on which it could go.
func Flag(id string, until calendar.Date, at time.Time) infra.Op {
	return infra.Put{
		Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKFlag}, Value: Flagged{Until: until, At: at},
		Index: map[string]infra.Key{"due": {
			PK: dossier.DuePK(dossier.SKFlag, int(dossier.Shard(id, dossier.DueShards))), SK: until.AddDays(1).String() + "#" + id,
		}},
	}
}
