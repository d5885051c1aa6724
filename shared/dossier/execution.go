package dossier

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// Execution is what is known of the state machine that follows a dossier: row
// dossier#<id> / execution. Every write of it is conditional on Rev.
type Execution struct {
	Rev        int64  `json:"rev"`
	Machine    string `json:"machine"`
	Generation int64  `json:"generation"` // the only execution that may act is <id>-g<generation>
	Revision   string `json:"revision"`   // of the definition it was started with
	// Acknowledged is the last event that was heard with all its effects done;
	// Status is where that event led.
	Acknowledged int64     `json:"acknowledged"`
	Status       Status    `json:"status"`
	Played       int64     `json:"played"` // events heard by this generation
	Started      time.Time `json:"started"`
	Touched      time.Time `json:"touched"`
	// Token wakes the execution parked after event ParkedN.
	Token   string `json:"token,omitempty"`
	ParkedN int64  `json:"parked_n"`
}

// When an execution hands over to a fresh one. Step Functions ends executions
// after a year and after 25,000 history events; an event costs at most 50.
const (
	MaxAge    = 300 * 24 * time.Hour
	MaxPlayed = 400
	// StuckAfter is how long an execution may be silent with an event waiting
	// before it is taken for lost: longer than every retry of its tasks.
	StuckAfter = 15 * time.Minute
)

// Due tells whether the execution should hand over to a new generation.
func (e *Execution) Due(revision string, now time.Time) bool {
	return e.Revision != revision || now.Sub(e.Started) >= MaxAge || e.Played >= MaxPlayed
}

// Name is the execution's name in its store, never used twice.
func (e *Execution) Name(dossier string) string {
	return fmt.Sprintf("%s-g%d", dossier, e.Generation)
}

// Pending says that a dossier has an event its execution has not acknowledged:
// row dossier#<id> / pending, in the sparse index pending.
type Pending struct {
	N     int64     `json:"n"`
	Since time.Time `json:"since"`
}

// PendingShards spreads the pending index, which every step writes, over
// several partitions.
const PendingShards = 4

// PendingPK is the index partition of a dossier's pending row.
func PendingPK(id string) string { return PendingShard(int(Shard(id, PendingShards))) }

// PendingPrefix begins the index partitions of dossiers.
const PendingPrefix = "pending#"

// PendingShard is the index partition of one shard.
func PendingShard(shard int) string { return fmt.Sprintf("%s%d", PendingPrefix, shard) }

// Shard spreads identifiers evenly over n shards.
func Shard(id string, n uint32) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return h.Sum32() % n
}

// IDOf takes the dossier's identifier from its partition key; "" for another
// partition.
func IDOf(pk string) string {
	id, ok := strings.CutPrefix(pk, "dossier#")
	if !ok {
		return ""
	}
	return id
}
