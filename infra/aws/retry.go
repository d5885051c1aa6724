package aws

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"portal/infra"
)

// Pauses between attempts grow from the first to the longest, each drawn anew
// so that rivals do not meet again. The SDK's own, of up to 20 seconds, are
// made for programs that have longer than a step.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
	attempts     = 5
)

// retryer repeats requests that throttling, a lost connection or a fault of the
// service cut short.
func retryer() sdk.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = attempts
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return rand.N(min(firstPause<<min(attempt, 10), longestPause)), nil
		})
	})
}

// The codes of a cancelled transaction's reasons.
const (
	conditionalCheckFailed = "ConditionalCheckFailed"
	noReason               = "None"
)

// rivalry is what passes by itself: rival transactions, or too much traffic at
// once. Reasons of a cancelled transaction have codes of their own.
var rivalry = map[string]bool{
	"TransactionConflict":            true,
	"TransactionConflictException":   true,
	"TransactionInProgressException": true,
	"ThrottlingError":                true,
	"ProvisionedThroughputExceeded":  true,
}

// errRival is a rival met outside of DynamoDB's own conflicts.
var errRival = errors.New("a rival was first")

// persist repeats an attempt while it meets rivals, until the context ends.
func persist(ctx context.Context, attempt func() error) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := attempt()
		if err == nil || !passing(err) {
			return err
		}
		timer := time.NewTimer(rand.N(pause))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%w while rivals wrote: %w", ctx.Err(), err)
		}
	}
}

func passing(err error) bool {
	if errors.Is(err, errRival) {
		return true
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return passingReasons(cancelled.CancellationReasons)
	}
	var coded smithy.APIError
	if !errors.As(err, &coded) {
		return false
	}
	_, throttled := retry.DefaultThrottleErrorCodes[coded.ErrorCode()]
	return throttled || rivalry[coded.ErrorCode()]
}

// passingReasons tells whether rivals were among the reasons. Conditions that
// failed beside them are asked again, so that a refusal names them all.
func passingReasons(reasons []types.CancellationReason) bool {
	met := false
	for _, reason := range reasons {
		switch code := sdk.ToString(reason.Code); {
		case rivalry[code]:
			met = true
		case code != noReason && code != conditionalCheckFailed:
			return false
		}
	}
	return met
}

// refusals gives the reasons of a transaction of which conditions failed; nil
// for any other outcome.
func refusals(err error) []types.CancellationReason {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return nil
	}
	for _, reason := range cancelled.CancellationReasons {
		if sdk.ToString(reason.Code) == conditionalCheckFailed {
			return cancelled.CancellationReasons
		}
	}
	return nil
}

// limit recognises DynamoDB's own refusal of a row that grew too large, which
// an Add cannot know beforehand.
func limit(err error) error {
	var coded smithy.APIError
	if !errors.As(err, &coded) {
		return err
	}
	message := coded.ErrorMessage()
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		for _, reason := range cancelled.CancellationReasons {
			message += " " + sdk.ToString(reason.Message)
		}
	}
	lower := strings.ToLower(message)
	if strings.Contains(lower, "item size") && strings.Contains(lower, "exceeded") {
		return fmt.Errorf("%w: %w", infra.ErrLimit, err)
	}
	return err
}
