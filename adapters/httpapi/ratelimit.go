package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// quota charges clients for what they ask. The nil quota charges nobody.
//
// A request costs one unit, whatever becomes of it. Four kinds of work cost as many as
// they do: a bulk as many as it makes persons, a job of made-up persons too and an upload as many as
// it has lines (toll), but no more than a client may have, and fetching as many as it fetches. What
// is refused before it is looked at (a path that is too long, a host that is not
// allowed), a preflight and a probe of the server's health cost nothing.
//
// Where the limiter fails, requests go on: to serve too much for a while is better than
// to serve nobody. The log tells, and the limiter is asked again after a second, so
// that one that is stuck does not hold up each request.
type quota struct {
	limiter ports.RateLimiter
	logger  *slog.Logger

	mu          sync.Mutex // guards the times
	pausedUntil time.Time
	silentUntil time.Time
}

const (
	limiterPause   = time.Second
	limiterSilence = time.Minute
)

// newQuota returns a quota that asks limiter; that is nil without one.
func newQuota(limiter ports.RateLimiter, logger *slog.Logger) *quota {
	if limiter == nil {
		return nil
	}
	return &quota{limiter: limiter, logger: logger}
}

// charge takes so many units of the client, tells in the answer's headers what is
// left, and returns nil where the request may go on, or what to answer.
func (q *quota) charge(w http.ResponseWriter, r *http.Request, cost int) error {
	_, err := q.take(w, r, cost, 0)
	return err
}

// take is charge that returns what the limiter has decided, the zero Decision where it was not
// asked. paid is what the request has been charged before: who is to send it again
// waits for that to come back too.
func (q *quota) take(w http.ResponseWriter, r *http.Request, cost, paid int) (domain.Decision, error) {
	if q == nil || q.isPaused() {
		return domain.Decision{}, nil
	}
	decision, err := q.limiter.Take(r.Context(), clientKey(clientOf(w, r)), cost)
	switch domain.CodeOf(err) {
	case "":
	case domain.CodeCanceled, domain.CodeDeadline:
		return domain.Decision{}, err
	default:
		q.pause(r.Context(), err)
		return domain.Decision{}, nil
	}
	if decision.RetryAfter > 0 {
		decision.RetryAfter += timeFor(decision.Rate, paid)
	}
	refused := &throttled{decision: decision, cost: cost}
	refused.tell(w)
	if decision.Allowed {
		return decision, nil
	}
	return decision, refused
}

// timeFor returns the time in which so many units come back, no more than there are.
func timeFor(rate domain.Rate, units int) time.Duration {
	return time.Duration(float64(rate.Period()) * (float64(units) / float64(rate.Count())))
}

func (q *quota) isPaused() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return time.Now().Before(q.pausedUntil)
}

// pause leaves the limiter alone for a while, and logs why, at most once a minute.
func (q *quota) pause(ctx context.Context, err error) {
	q.mu.Lock()
	now := time.Now()
	q.pausedUntil = now.Add(limiterPause)
	told := now.Before(q.silentUntil)
	if !told {
		q.silentUntil = now.Add(limiterSilence)
	}
	q.mu.Unlock()
	if !told {
		q.logger.LogAttrs(ctx, slog.LevelError, "rate limits fail, and requests are let through", slog.String("error", err.Error()))
	}
}

// clientOf returns the address of the client, which the exchange knows.
func clientOf(w http.ResponseWriter, r *http.Request) string {
	if e, isExchange := w.(*exchange); isExchange {
		return e.client
	}
	return withoutPort(r.RemoteAddr)
}

// throttled is a decision about a request, and the error where it was refused.
type throttled struct {
	decision domain.Decision
	cost     int
}

// Error returns what happened, for logs.
func (t *throttled) Error() string {
	return fmt.Sprintf("throttled: a cost of %d, with %d of %s left", t.cost, t.decision.Remaining, t.decision.Rate)
}

// tell puts the decision into the answer's headers: those of
// draft-ietf-httpapi-ratelimit-headers-11, and the three that stood in its place up to
// version 6, which more clients know.
func (t *throttled) tell(w http.ResponseWriter) {
	limit := strconv.Itoa(t.decision.Rate.Count())
	remaining := strconv.Itoa(t.decision.Remaining)
	reset := strconv.Itoa(t.reset())
	setHeader(w, "Ratelimit-Policy", `"default";q=`+limit+";w="+strconv.Itoa(seconds(t.decision.Rate.Period())))
	setHeader(w, "Ratelimit", `"default";r=`+remaining+";t="+reset)
	setHeader(w, "Ratelimit-Limit", limit)
	setHeader(w, "Ratelimit-Remaining", remaining)
	setHeader(w, "Ratelimit-Reset", reset)
}

// reset returns in how many seconds everything is back, or, as the draft has it beside
// a Retry-After, the same as that says.
func (t *throttled) reset() int {
	if t.decision.RetryAfter > 0 {
		return seconds(t.decision.RetryAfter)
	}
	return seconds(t.decision.ResetAfter)
}

// reply is REST framework's answer to a request that is throttled. One that costs more
// than there ever is need not come back.
func (t *throttled) reply() reply {
	if t.decision.Never {
		const message = "Request was throttled. It costs %d, more than the limit of %d."
		return reply{status: http.StatusTooManyRequests, body: detail{fmt.Sprintf(message, t.cost, t.decision.Rate.Count())}}
	}
	wait, unit := seconds(t.decision.RetryAfter), "seconds"
	if wait == 1 {
		unit = "second"
	}
	return reply{
		status:     http.StatusTooManyRequests,
		body:       detail{fmt.Sprintf("Request was throttled. Expected available in %d %s.", wait, unit)},
		retryAfter: wait,
	}
}

// seconds rounds up.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// bill is what the client of a request is charged by the work that the request makes.
type bill struct {
	quota   *quota
	w       http.ResponseWriter
	charged bool
}

// billKey is the key of a request's bill in its context.
type billKey struct{}

// isCharged tells whether the request's client is charged by its work.
func isCharged(r *http.Request) bool { return r.Context().Value(billKey{}) != nil }

// charge charges the request's client for so much work, unless no limit is set or it
// was charged before. Whoever does the work calls it when the work is known to be
// valid and before anything is done. The error is what to answer.
func charge(r *http.Request, cost int) error {
	b, found := r.Context().Value(billKey{}).(*bill)
	if !found || b.charged {
		return nil
	}
	b.charged = true
	return b.quota.charge(b.w, r, max(cost, 1))
}

// chargeAtMost is charge for work that may be more than a client ever has: it then
// costs all that a client may have.
func chargeAtMost(r *http.Request, cost int) error {
	b, found := r.Context().Value(billKey{}).(*bill)
	if !found || b.charged {
		return nil
	}
	err := charge(r, cost)
	var refused *throttled
	if errors.As(err, &refused) && refused.decision.Never {
		return b.quota.charge(b.w, r, refused.decision.Rate.Count())
	}
	return err
}

// answerCharged is answer for a client that is charged: one unit before anything is
// done, or by the action itself.
func (v *view) answerCharged(w http.ResponseWriter, r *http.Request) (answer reply, indent int, err error) {
	if v.quota == nil {
		return v.answer(w, r)
	}
	if served(r) != v.charges {
		if err := v.quota.charge(w, r, 1); err != nil {
			err = beforeBody(r, err)
			return replyTo(err), 0, err
		}
		return v.answer(w, r)
	}
	r = r.WithContext(context.WithValue(r.Context(), billKey{}, &bill{quota: v.quota, w: w}))
	answer, indent, err = v.answer(w, r)
	if refused := charge(r, 1); refused != nil { // what was not valid costs one
		instead := replyTo(refused)
		instead.unread = answer.unread
		return instead, indent, refused
	}
	return answer, indent, err
}
