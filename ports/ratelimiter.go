package ports

import (
	"context"

	"github.com/seed-bbcc19ba/roster/domain"
)

// RateLimiter counts what clients take, each known by a key, against one
// domain.Rate. Suite: ratelimitertest, in virtual time.
//
//   - Take decides about one request and answers what domain.Rate.Take decides, at
//     one moment during the call: to the unit and to the nanosecond, however the
//     units and the period divide. A key that was never seen has everything.
//   - A refused request takes nothing. What was taken comes back evenly, and nothing
//     beyond the rate's count is saved up. A request that costs more than the count
//     is refused, as one that never will be allowed.
//   - It is exact under concurrency: calls at the same time are allowed exactly as
//     if they had come one after the other, never more and never fewer.
//   - Keys are any text, however long, empty or not UTF-8, told apart to the byte. No
//     key changes what another has left, however many keys there are; what a key has
//     taken is not forgotten before it has come back.
//   - Close ends the use of the limiter: calls under way decide or answer
//     domain.CodeUnavailable. A second Close does nothing and returns nil.
//
// Codes: domain.CodeInvalid for a cost below 1; domain.CodeCanceled and
// domain.CodeDeadline when ctx ended before the call or during it;
// domain.CodeUnavailable after Close. Beside an error there is the zero Decision,
// and nothing was taken, but for a ctx that ends during the call: then it may have been.
//
// One code that no suite can provoke is left to the adapter's own tests:
// domain.CodeUnavailable where what was taken cannot be read or written. Whether
// the request goes on then is up to the caller.
//
// Sharing: limiters that say they share (ratelimitertest.Harness) count together,
// in one process or in several, as one limiter would, and one that is opened later
// knows what was taken before.
type RateLimiter interface {
	Take(ctx context.Context, key string, cost int) (domain.Decision, error)
	Close() error
}
