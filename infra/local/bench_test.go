package local_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"portal/infra"
	"portal/infra/local"
)

// BenchmarkWrite is a step's write (dossier, event, idempotency row) by one and
// by many writers, every one durable.
func BenchmarkWrite(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(writers, " writers"), func(b *testing.B) {
			store, err := local.Open(b.TempDir(), local.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			value := map[string]any{"version": 1, "text": strings.Repeat("x", 2000)}
			var n atomic.Int64
			b.SetParallelism(writers) // times GOMAXPROCS
			one := func() {
				id := fmt.Sprint(n.Add(1))
				if err := store.Dossiers().Write(b.Context(),
					infra.Put{Key: infra.Key{PK: "dossier#" + id, SK: "head"}, Value: value, Index: map[string]infra.Key{
						"pending": {PK: "all", SK: id}, "owner": {PK: "org", SK: id}, "queue": {PK: "body", SK: id},
					}},
					infra.Put{Key: infra.Key{PK: "dossier#" + id, SK: "event#1"}, Value: value, If: []infra.Cond{infra.Absent()}},
					infra.Put{Key: infra.Key{PK: "idempotency#" + id, SK: "-"}, Value: value, If: []infra.Cond{infra.Absent()}},
				); err != nil {
					b.Error(err)
				}
			}
			if writers == 1 {
				for b.Loop() {
					one()
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					one()
				}
			})
		})
	}
}
