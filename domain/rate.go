package domain

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
	"time"
)

// Rate is how much one client may do: Count units at once, and Count units again
// in each Period, which come back evenly and one by one. Nothing beyond Count is
// saved up. The zero Rate is no rate.
type Rate struct {
	count  int
	period time.Duration
}

// NewRate returns the rate of count units in each period. The error is CodeInvalid
// when either is below 1.
func NewRate(count int, period time.Duration) (Rate, error) {
	if count < 1 || period < 1 {
		return Rate{}, &Error{Code: CodeInvalid, Message: "a rate is at least one unit in at least a nanosecond"}
	}
	return Rate{count: count, period: period}, nil
}

// Count returns how many units may be taken at once.
func (r Rate) Count() int { return r.count }

// Period returns the time in which Count units come back.
func (r Rate) Period() time.Duration { return r.period }

// IsZero tells whether this is no rate.
func (r Rate) IsZero() bool { return r == Rate{} }

// String returns the rate as settings give it, such as "600/1m"; no rate is "".
func (r Rate) String() string {
	if r.IsZero() {
		return ""
	}
	period := r.period.String()
	for _, zero := range []struct{ unit, units string }{{"m", "m0s"}, {"h", "h0m"}} {
		if whole, ends := strings.CutSuffix(period, zero.units); ends {
			period = whole + zero.unit
		}
	}
	return fmt.Sprintf("%d/%s", r.count, period)
}

// RateState is what a client has taken, told by the moment at which all of it will
// have come back (the theoretical arrival time of GCRA). It is exact: no rounding
// adds up, however many units are taken. The zero RateState has taken nothing.
type RateState struct {
	// FullAt is the moment, counted from one that all moments of a client are
	// counted from.
	FullAt time.Duration
	// Part is what comes on top of FullAt, in parts of a nanosecond of which the
	// rate's Count make a whole one.
	Part int
}

// IsFull tells whether everything has come back by now, so that the state need not
// be kept: it means the same as the zero RateState.
func (s RateState) IsFull(now time.Duration) bool {
	return s.FullAt < now || s.FullAt == now && s.Part <= 0
}

// Decision is what a rate says to a request.
type Decision struct {
	// Allowed says that the request may go on, and that its cost was taken.
	Allowed bool
	// Rate is the rate that was asked.
	Rate Rate
	// Remaining is how many units can be taken now, after this request.
	Remaining int
	// ResetAfter is how long it takes until nothing is missing any more.
	ResetAfter time.Duration
	// RetryAfter is how long it takes until the same request would be allowed, if
	// nothing else is taken. It is 0 where the request is allowed, and where it
	// never would be.
	RetryAfter time.Duration
	// Never says that the request costs more than there ever is.
	Never bool
}

// Take decides, at the moment now, about a request that costs so many units, of a
// client in the given state, and returns the state that follows. A request is
// allowed where its whole cost can be taken; a refused one takes nothing and the
// state stays as it is.
//
// The moment lies at or after the one from which moments are counted. A state that
// owes more than a period, as when a clock was set back or the rate was another,
// owes a period: no more than that is held against a client.
//
// The error is CodeInvalid, and nothing is decided, for a cost below 1 and for the
// zero Rate.
func (r Rate) Take(state RateState, now time.Duration, cost int) (RateState, Decision, error) {
	if r.IsZero() || cost < 1 {
		return state, Decision{}, &Error{Code: CodeInvalid, Message: "a request costs at least one unit of a rate"}
	}
	now = min(max(now, 0), math.MaxInt64-r.period)
	before := r.owed(state, now)
	if cost > r.count {
		return state, r.decision(before, Decision{Never: true}), nil
	}
	after := r.plus(before, cost)
	if excess := r.excess(after); excess > 0 {
		return state, r.decision(before, Decision{RetryAfter: excess}), nil
	}
	state = RateState{FullAt: now + time.Duration(after.nanoseconds), Part: int(after.parts)}
	return state, r.decision(after, Decision{Allowed: true}), nil
}

// debt is the time that it takes to come back for what was taken, in nanoseconds
// and count-ths of one.
type debt struct{ nanoseconds, parts uint64 }

// owed returns what the state owes now: from nothing to a period.
func (r Rate) owed(state RateState, now time.Duration) debt {
	if state.IsFull(now) {
		return debt{}
	}
	nanoseconds := state.FullAt - now // FullAt is the later one, and now not negative
	if nanoseconds >= r.period {
		return debt{nanoseconds: uint64(r.period)}
	}
	if state.Part < 0 || state.Part >= r.count { // of another rate: less than a nanosecond
		return debt{nanoseconds: uint64(nanoseconds)}
	}
	return debt{uint64(nanoseconds), uint64(state.Part)}
}

// plus returns the debt after so many more units, no more than there are.
func (r Rate) plus(d debt, units int) debt {
	high, low := bits.Mul64(uint64(units), uint64(r.period))
	nanoseconds, parts := bits.Div64(high, low, uint64(r.count))
	d.nanoseconds += nanoseconds // two periods at most, which an uint64 holds
	d.parts += parts
	if d.parts >= uint64(r.count) {
		d.parts -= uint64(r.count)
		d.nanoseconds++
	}
	return d
}

// excess returns by how much the debt is greater than a period, rounded up.
func (r Rate) excess(d debt) time.Duration {
	period := uint64(r.period)
	if d.nanoseconds < period {
		return 0
	}
	d.nanoseconds -= period
	return d.roundUp()
}

// roundUp returns the debt in whole nanoseconds; it is a period at most.
func (d debt) roundUp() time.Duration {
	if d.parts > 0 {
		d.nanoseconds++
	}
	return time.Duration(d.nanoseconds)
}

// decision adds to a decision what the debt says.
func (r Rate) decision(d debt, decision Decision) Decision {
	decision.Rate = r
	decision.ResetAfter = d.roundUp()
	decision.Remaining = r.remaining(d)
	return decision
}

// remaining returns how many whole units the debt leaves of the count.
func (r Rate) remaining(d debt) int {
	// What is left, in count-ths of a nanosecond; a unit takes a period of them.
	high, low := bits.Mul64(uint64(r.period)-d.nanoseconds, uint64(r.count))
	low, borrow := bits.Sub64(low, d.parts, 0)
	units, _ := bits.Div64(high-borrow, low, uint64(r.period))
	return int(units)
}
