package certificates

import (
	"context"
	"fmt"
	"strings"

	"portal/infra"
	"portal/shared/calendar"
)

// Notice is a letter to be told about a certificate: row certificate#<number>
// / notice#<revision>, in the index due on the day after whoever holds it
// should have sent it. Holding it is a conditional write, so that of two sweeps
// one sends; should that one die, the next day's sweep finds it.
type Notice struct {
	Kind   string            `json:"kind"`             // catalogue key of the holder's letter
	Bureau string            `json:"bureau,omitempty"` // and of the bureau's; "" when it is not told
	Action Action            `json:"action"`
	N      int64             `json:"n"` // revision of the certificate that it is about
	Values map[string]string `json:"values,omitempty"`
	Until  calendar.Date     `json:"until"` // held until that day
	Rev    int64             `json:"rev"`
}

// NoticePut writes a notice read at revision n.Rev (0: new), held until a day.
func NoticePut(number string, n Notice, until calendar.Date) infra.Put {
	condition := infra.Equals("rev", n.Rev)
	if n.Rev == 0 {
		condition = infra.Absent()
	}
	n.Rev++
	n.Until = until
	return infra.Put{
		Key: noticeKey(number, n.N), Value: n, If: []infra.Cond{condition},
		Index: map[string]infra.Key{"due": due(DutyTell, number, until)},
	}
}

func noticeKey(number string, n int64) infra.Key {
	return infra.Key{PK: PK(number), SK: fmt.Sprintf("%s%06d", skNotices, n)}
}

// HoldNotice takes a notice that nobody told in time, until a day, and answers
// which it is. ErrConditionFailed of infra when it is told by now, or held by a
// rival.
func HoldNotice(ctx context.Context, table infra.Table, key infra.Key, until calendar.Date) (int64, error) {
	row, err := table.Get(ctx, key)
	if notFound(err) {
		return 0, infra.ErrConditionFailed
	}
	if err != nil {
		return 0, err
	}
	var n Notice
	if err := row.Decode(&n); err != nil {
		return 0, err
	}
	if !until.After(n.Until) {
		return 0, infra.ErrConditionFailed // the index was late
	}
	number, _ := strings.CutPrefix(key.PK, PK(""))
	return n.N, table.Write(ctx, NoticePut(number, n, until))
}
