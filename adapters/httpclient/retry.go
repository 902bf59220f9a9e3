package httpclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Waits grow from firstWait by a factor of 2, and are spread by a quarter, so that clients that
// failed together do not come back together. Who is told to come back later than after
// longestRetryAfter is told so, and not kept waiting.
const (
	firstWait         = 100 * time.Millisecond
	longestWait       = 5 * time.Second
	jitter            = 0.25
	longestRetryAfter = 30 * time.Second
)

func newRetries(most int) retrypolicy.RetryPolicy[any] {
	return retrypolicy.NewBuilder[any]().
		WithMaxRetries(max(most, 0)).
		WithDelayFunc(func(attempt failsafe.ExecutionAttempt[any]) time.Duration {
			again := &tryAgain{}
			_ = errors.As(attempt.LastError(), &again) // there is no other error: see doWith
			return spread(backoff(attempt.Retries(), again.after))
		}).
		Build()
}

// backoff returns the wait that follows so many retries, before it is spread. Where the server wants to be left alone for
// some time, it is no shorter than that however it is spread.
func backoff(retries int, wanted time.Duration) time.Duration {
	if wanted > 0 {
		return time.Duration(float64(wanted) / (1 - jitter))
	}
	return min(firstWait<<min(retries, 10), longestWait)
}

// spread returns a wait that is longer or shorter by a share of jitter at most.
func spread(wait time.Duration) time.Duration {
	return time.Duration(float64(wait) * (1 - jitter + 2*jitter*rand.Float64())) //nolint:gosec // it need not be hard to guess
}

// tryAgain asks for another attempt, after some time where the server has told one.
type tryAgain struct{ after time.Duration }

// Error returns what it asks for.
func (*tryAgain) Error() string { return "try again" }

// do sends a call until there is an answer that stays, and returns it where its status is the wanted
// one. The error is a *domain.Error with an *AnswerError where there was another one.
func (c *connection) do(ctx context.Context, made call, wanted int) (answer, error) {
	return c.doWith(ctx, made, wanted, c.attempt)
}

// doWith is do with another kind of attempt.
func (c *connection) doWith(ctx context.Context, made call, wanted int, attempt func(ctx context.Context, made call) (answer, error)) (answer, error) {
	if err := domain.ContextError(ctx); err != nil {
		return answer{}, err
	}
	var (
		got      answer
		err      error
		doubtful bool
		again    bool
	)
	_ = failsafe.With(c.retries).WithContext(ctx).RunWithExecution(func(tried failsafe.Execution[any]) error {
		got, err = attempt(ctx, made)
		got.doubtful = doubtful
		after, passes := passing(got, err)
		if again = !made.once && passes && leavesTime(ctx, tried.Retries(), after); !again {
			return nil
		}
		doubtful = doubtful || leavesDoubt(got, err)
		return &tryAgain{after}
	}) // what became of it is in got and err
	switch {
	case again && ctx.Err() != nil:
		return got, domain.ContextError(ctx) // it ended while another attempt was waited for
	case err == nil && got.status != wanted:
		err = refusalOf(got)
	}
	return got, passed(err)
}

// passing tells whether what an attempt came to may be otherwise soon, and how long the server
// wants to be left alone; 0 where it does not say.
func passing(got answer, err error) (after time.Duration, passes bool) {
	if err != nil {
		_, passes = errors.AsType[*failure](err)
		return 0, passes
	}
	after, told := retryAfter(got.header)
	switch got.status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusRequestTimeout:
		return after, true
	case http.StatusTooManyRequests, http.StatusConflict:
		// Without the header the first never passes, and the second is about what is stored. With
		// it that is an attempt of ours which is still being served.
		return after, told
	default:
		return 0, false
	}
}

// leavesDoubt tells whether an attempt that came to this may have been served nevertheless.
func leavesDoubt(got answer, err error) bool {
	if err != nil {
		failed, isFailure := errors.AsType[*failure](err)
		return isFailure && failed.doubtful
	}
	switch got.status {
	case http.StatusServiceUnavailable:
		return !got.isJSON() // the API had no room for it
	case http.StatusConflict:
		_, told := retryAfter(got.header) // an attempt is being served: see passing
		return told
	case http.StatusRequestTimeout:
		return true
	default:
		return got.status < http.StatusMultipleChoices || got.status >= http.StatusInternalServerError
	}
}

// leavesTime tells whether ctx goes on for longer than the wait that follows so many retries. Else
// what there is is told now: to wait would turn it into a lapse of time, which says less.
func leavesTime(ctx context.Context, retries int, after time.Duration) bool {
	wait := float64(backoff(retries, after)) * (1 + jitter)
	deadline, limited := ctx.Deadline()
	return after <= longestRetryAfter && (!limited || time.Until(deadline) > time.Duration(wait))
}

// retryAfter reads Retry-After, in seconds or as a date.
func retryAfter(header http.Header) (after time.Duration, told bool) {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}
