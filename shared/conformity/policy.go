package conformity

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"portal/shared/calendar"
)

//go:embed policy.json
var policyFile []byte

// Policy is what a bureau's practice asks, as data.
type Policy struct {
	Source            string   `json:"source"`
	Date              string   `json:"date"`
	Documents         []string `json:"documents"`           // kinds required with a route A CoC
	TargetWorkingDays int      `json:"target_working_days"` // service target, counted from the day after deposit
}

var policy = sync.OnceValue(func() Policy {
	var p Policy
	if err := json.Unmarshal(policyFile, &p); err != nil {
		panic(fmt.Sprintf("conformity: policy.json: %v", err)) // compiled in: a broken build
	}
	return p
})

// DueDate is the bureau's service target for a dossier deposited on a day. It
// binds nobody: the inspection bureaux have targets, not a statutory clock.
func DueDate(deposited calendar.Date) calendar.Date {
	return calendar.Official().AddWorkingDays(deposited, policy().TargetWorkingDays)
}
