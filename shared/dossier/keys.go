package dossier

import (
	"fmt"
	"time"
)

// Partition and sort keys of the dossiers table. Light rows (head,
// certificates, documents, facts of the goods, form, requests) sort together
// from SKHead to SKLightEnd; verdicts and goods, which may be many, after them
// and in this order, so that what is judged is read without the goods.

// PK is the partition of one dossier.
func PK(id string) string { return "dossier#" + id }

// Sort keys of a dossier's rows.
const (
	SKHead      = "dossier"
	SKForm      = "dossier.form"
	SKFacts     = "dossier.goods"
	SKLightEnd  = "dossier.light~"
	SKJudgedEnd = "dossier.verdicts~"
	SKAll       = "dossier" // prefix of every row of the dossier's content
	SKExecution = "execution"
	SKPending   = "pending"
)

// SKEvent is the sort key of event n.
func SKEvent(n int64) string { return fmt.Sprintf("event#%06d", n) }

// SKEffect is the sort key of the record that an effect of event n was done.
func SKEffect(n int64, effect string) string { return fmt.Sprintf("effect#%06d#%s", n, effect) }

// SKDocument is the sort key of a document.
func SKDocument(id string) string { return "dossier.document#" + id }

// SKAsked is the sort key of a request to the declarant, or of a visit, by the
// number of the event that opened it.
func SKAsked(n int64) string { return fmt.Sprintf("dossier.asked#%06d", n) }

// SKCertificate is the sort key of the pointer to a certificate.
func SKCertificate(kind string) string { return "dossier.certificate#" + kind }

// SKGoods is the sort key of a chunk of goods lines of a revision.
func SKGoods(revision string, chunk int) string {
	return fmt.Sprintf("dossier.wares#%s#%04d", revision, chunk)
}

// SKVerdicts is the sort key of the verdicts on a chunk of goods lines.
func SKVerdicts(chunk int) string { return fmt.Sprintf("dossier.verdicts#%04d", chunk) }

// SortKey is an instant as index keys sort it: UTC, to the second.
func SortKey(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

// NumberPK is the reservation of a dossier number, which also finds it.
func NumberPK(number string) string { return "number#" + number }
