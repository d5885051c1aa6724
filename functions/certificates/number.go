package certificates

import (
	"context"
	"fmt"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/identifiers"
)

// CounterPrefix is what DrawNumber writes in the dossiers table.
const CounterPrefix = "counter#certificate#"

// DrawNumber takes the next number of a kind in the year of an instant. One
// that is not used leaves a gap.
func DrawNumber(ctx context.Context, table infra.Table, kind identifiers.CertificateKind, at time.Time) (identifiers.CertificateNumber, error) {
	key := infra.Key{PK: fmt.Sprintf("%s%s#%d", CounterPrefix, kind, calendar.DateIn(at).Year()), SK: "counter"}
	running, err := table.Draw(ctx, key)
	if err != nil {
		return identifiers.CertificateNumber{}, err
	}
	return identifiers.NewCertificateNumber(kind, at, uint64(running))
}
