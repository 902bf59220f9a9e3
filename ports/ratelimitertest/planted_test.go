package ratelimitertest_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// limiter is sound until a mistake is planted. Those on one dir share their data.
type limiter struct {
	rate   domain.Rate
	data   *data
	closed bool
	now    func() time.Duration

	// Where mistakes are planted.
	decide decider
	key    func(string) string
	take   func(ctx context.Context, key string, cost int) (domain.Decision, error)
	close  func() error
}

// data is what limiters share.
type data struct {
	mu     sync.Mutex
	begin  time.Time
	states map[string]domain.RateState
}

type (
	plant   func(*limiter)
	decider func(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error)
)

func (l *limiter) Take(ctx context.Context, key string, cost int) (domain.Decision, error) {
	return l.take(ctx, l.key(key), cost)
}

func (l *limiter) Close() error { return l.close() }

// opening returns what opens limiters with a mistake.
func opening(plant plant) func(string, domain.Rate) (ports.RateLimiter, error) {
	var (
		mu  sync.Mutex
		all = map[string]*data{}
	)
	return func(dir string, rate domain.Rate) (ports.RateLimiter, error) {
		mu.Lock()
		defer mu.Unlock()
		if all[dir] == nil {
			all[dir] = &data{begin: time.Now().Add(-time.Hour), states: map[string]domain.RateState{}}
		}
		l := &limiter{rate: rate, data: all[dir], decide: domain.Rate.Take, key: func(key string) string { return key }}
		l.now = func() time.Duration { return time.Since(l.data.begin) }
		l.take, l.close = l.soundTake, l.soundClose
		plant(l)
		return l, nil
	}
}

func (l *limiter) soundTake(ctx context.Context, key string, cost int) (domain.Decision, error) {
	l.data.mu.Lock()
	defer l.data.mu.Unlock()
	if err := l.usable(ctx); err != nil {
		return domain.Decision{}, err
	}
	state, decision, err := l.decide(l.rate, l.data.states[key], l.now(), cost)
	l.data.states[key] = state
	return decision, err
}

// usable is called with the data locked.
func (l *limiter) usable(ctx context.Context) error {
	if l.closed {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "closed"}
	}
	return domain.ContextError(ctx)
}

func (l *limiter) soundClose() error {
	l.data.mu.Lock()
	defer l.data.mu.Unlock()
	l.closed = true
	return nil
}

func decides(decide decider) plant { return func(l *limiter) { l.decide = decide } }

func byKey(key func(string) string) plant { return func(l *limiter) { l.key = key } }

// countedBy has so many units more than the rate says.
func countedBy(more int) plant {
	return decides(func(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
		other, err := domain.NewRate(rate.Count()+more, rate.Period())
		if err != nil {
			return state, domain.Decision{}, err
		}
		return other.Take(state, now, cost)
	})
}

func chargeNewTwice(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	if state == (domain.RateState{}) {
		state, _, _ = rate.Take(state, now, cost)
	}
	return rate.Take(state, now, cost)
}

func roundCostsUp(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	return rate.Take(state, now, max(cost, 2))
}

func countRequests(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	return rate.Take(state, now, min(cost, 1))
}

func chargeRefused(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	after, decision, err := rate.Take(state, now, cost)
	if err == nil && !decision.Allowed && decision.Remaining > 0 {
		after, _, _ = rate.Take(state, now, 1)
	}
	return after, decision, err
}

func chargeTheRest(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	return rate.Take(state, now, min(cost, rate.Count()))
}

func comeBackForever(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	after, decision, err := rate.Take(state, now, cost)
	if decision.Never {
		decision.Never, decision.RetryAfter = false, rate.Period()
	}
	return after, decision, err
}

func giveBack(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	if cost < 0 {
		_, _, err := rate.Take(state, now, cost)
		return domain.RateState{}, domain.Decision{}, err
	}
	return rate.Take(state, now, cost)
}

func atLeastOne(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	return rate.Take(state, now, max(cost, 1))
}

// fixedWindow gives everything back at the end of the period in which it was taken.
func fixedWindow(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	return rate.Take(state, now.Truncate(rate.Period()), cost)
}

func inMilliseconds(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	return rate.Take(state, now.Truncate(time.Millisecond), cost)
}

func retryTooSoon(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	after, decision, err := rate.Take(state, now, cost)
	if decision.RetryAfter > 1 {
		decision.RetryAfter--
	}
	return after, decision, err
}

func retryInSeconds(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	after, decision, err := rate.Take(state, now, cost)
	if decision.RetryAfter > 0 {
		decision.RetryAfter = decision.RetryAfter.Truncate(time.Second) + time.Second
	}
	return after, decision, err
}

// saveUp gives a client that was away another count.
func saveUp(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	if now-state.FullAt > rate.Period() {
		_, decision, err := rate.Take(state, now, cost)
		return domain.RateState{FullAt: now}, decision, err
	}
	return rate.Take(state, now, cost)
}

func roundUp(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	after, decision, err := rate.Take(state, now, cost)
	if after.Part > 0 {
		after = domain.RateState{FullAt: after.FullAt + 1}
	}
	return after, decision, err
}

func roundDown(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	after, decision, err := rate.Take(state, now, cost)
	after.Part = 0
	return after, decision, err
}

func remainingBefore(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	after, decision, err := rate.Take(state, now, cost)
	if decision.Allowed {
		decision.Remaining += cost
	}
	return after, decision, err
}

func resetIsPeriod(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	after, decision, err := rate.Take(state, now, cost)
	decision.ResetAfter = rate.Period()
	return after, decision, err
}

// forgetTheAbsent keeps nobody who has not asked for half a period.
func forgetTheAbsent(rate domain.Rate, state domain.RateState, now time.Duration, cost int) (domain.RateState, domain.Decision, error) {
	if state.FullAt-now < rate.Period()/2 {
		state = domain.RateState{}
	}
	return rate.Take(state, now, cost)
}

func lowerCase(key string) string { return strings.ToLower(key) }

func cutAt64KiB(key string) string { return key[:min(len(key), 64<<10)] }

func endAtNUL(key string) string {
	before, _, _ := strings.Cut(key, "\x00")
	return before
}

func mendUTF8(key string) string { return strings.ToValidUTF8(key, "\ufffd") }

func oneKey(string) string { return "" }

func forgetsAt1000(l *limiter) {
	l.take = func(ctx context.Context, key string, cost int) (domain.Decision, error) {
		l.data.mu.Lock()
		if len(l.data.states) >= 1000 {
			clear(l.data.states)
		}
		l.data.mu.Unlock()
		return l.soundTake(ctx, key, cost)
	}
}

// looksBeforeItTakes lets others come between.
func looksBeforeItTakes(l *limiter) {
	l.take = func(_ context.Context, key string, cost int) (domain.Decision, error) {
		l.data.mu.Lock()
		state, decision, err := l.decide(l.rate, l.data.states[key], l.now(), cost)
		l.data.mu.Unlock()
		time.Sleep(time.Nanosecond)
		l.data.mu.Lock()
		defer l.data.mu.Unlock()
		l.data.states[key] = state
		return decision, err
	}
}

// refusesTheBusy refuses whoever comes while it decides.
func refusesTheBusy(l *limiter) {
	busy := make(chan struct{}, 1)
	l.take = func(ctx context.Context, key string, cost int) (domain.Decision, error) {
		select {
		case busy <- struct{}{}:
		default:
			return domain.Decision{Rate: l.rate, RetryAfter: 1}, nil
		}
		defer func() { <-busy }()
		time.Sleep(time.Nanosecond)
		return l.soundTake(ctx, key, cost)
	}
}

func ignoresCtx(l *limiter) {
	l.take = func(ctx context.Context, key string, cost int) (domain.Decision, error) {
		return l.soundTake(context.WithoutCancel(ctx), key, cost)
	}
}

func losesTheCause(l *limiter) {
	l.take = func(ctx context.Context, key string, cost int) (domain.Decision, error) {
		if err := ctx.Err(); err != nil {
			return domain.Decision{}, err
		}
		return l.soundTake(ctx, key, cost)
	}
}

func deadlineIsCanceled(l *limiter) {
	l.take = func(ctx context.Context, key string, cost int) (domain.Decision, error) {
		decision, err := l.soundTake(ctx, key, cost)
		if domain.CodeOf(err) == domain.CodeDeadline {
			err = &domain.Error{Code: domain.CodeCanceled, Cause: err}
		}
		return decision, err
	}
}

// failsTogether fails the next call too when one was canceled.
func failsTogether(l *limiter) {
	var (
		mu     sync.Mutex
		failed error
	)
	l.take = func(ctx context.Context, key string, cost int) (domain.Decision, error) {
		time.Sleep(time.Nanosecond) // so that everybody has asked before somebody is canceled
		decision, err := l.soundTake(ctx, key, cost)
		mu.Lock()
		defer mu.Unlock()
		if domain.CodeOf(err) == domain.CodeCanceled {
			failed = err
		} else if failed != nil {
			decision, err, failed = domain.Decision{}, failed, nil
		}
		return decision, err
	}
}

func decidesAfterClose(l *limiter) { l.close = func() error { return nil } }

func failsSecondClose(l *limiter) {
	l.close = func() error {
		if l.closed {
			return errors.New("it is closed already")
		}
		return l.soundClose()
	}
}

func decidesBesideErrors(l *limiter) {
	l.take = func(ctx context.Context, key string, cost int) (domain.Decision, error) {
		decision, err := l.soundTake(ctx, key, cost)
		if err != nil {
			decision.Rate = l.rate
		}
		return decision, err
	}
}

func internalAfterClose(l *limiter) {
	l.take = func(ctx context.Context, key string, cost int) (domain.Decision, error) {
		decision, err := l.soundTake(ctx, key, cost)
		if domain.CodeOf(err) == domain.CodeUnavailable {
			err = errors.New("the map is nil")
		}
		return decision, err
	}
}

func countsAlone(l *limiter) {
	l.data = &data{begin: l.data.begin, states: map[string]domain.RateState{}}
}

func forgetsAtClose(l *limiter) {
	l.close = func() error {
		l.data.mu.Lock()
		clear(l.data.states)
		l.data.mu.Unlock()
		return l.soundClose()
	}
}

// sharesAtClose counts alone until then.
func sharesAtClose(l *limiter) {
	shared := l.data
	l.data = &data{begin: shared.begin, states: map[string]domain.RateState{}}
	shared.mu.Lock()
	maps.Copy(l.data.states, shared.states)
	shared.mu.Unlock()
	l.close = func() error {
		shared.mu.Lock()
		maps.Copy(shared.states, l.data.states)
		shared.mu.Unlock()
		return l.soundClose()
	}
}
