package infra

import (
	"errors"
	"fmt"
)

// What ports answer when they cannot do what was asked. Test with errors.Is.
var (
	ErrNotFound        = errors.New("infra: not found")
	ErrConditionFailed = errors.New("infra: condition failed")
	ErrLimit           = errors.New("infra: limit exceeded")
	ErrBadCursor       = errors.New("infra: bad cursor")
	ErrTooLarge        = errors.New("infra: file too large")
	ErrSuppressed      = errors.New("infra: address suppressed")
	ErrExecutionExists = errors.New("infra: execution name already used")
	ErrTokenGone       = errors.New("infra: nobody waits on this token")
	ErrNotGranted      = errors.New("infra: not granted to this step")
)

// Refused is a Write of which nothing was done because conditions failed. It
// is ErrConditionFailed.
type Refused struct {
	Ops []int // positions in the Write of the operations that failed
}

func (r *Refused) Error() string { return fmt.Sprintf("infra: condition failed at %v", r.Ops) }

// Is makes every refusal an ErrConditionFailed.
func (r *Refused) Is(target error) bool { return target == ErrConditionFailed }

// At tells whether operation n was among those refused.
func (r *Refused) At(n int) bool {
	for _, op := range r.Ops {
		if op == n {
			return true
		}
	}
	return false
}
