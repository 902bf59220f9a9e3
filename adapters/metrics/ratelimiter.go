package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// RateLimiter is a ports.RateLimiter around another whose decisions are counted.
type RateLimiter struct {
	ports.RateLimiter
	allowed, refused, failed prometheus.Counter
}

var _ ports.RateLimiter = (*RateLimiter)(nil)

// RateLimiter returns a limiter that does what inner does. Name says what it limits; several may have one.
func (m *Metrics) RateLimiter(name string, inner ports.RateLimiter) *RateLimiter {
	return &RateLimiter{
		RateLimiter: inner,
		allowed:     m.rates.WithLabelValues(name, "allowed"),
		refused:     m.rates.WithLabelValues(name, "refused"),
		failed:      m.rates.WithLabelValues(name, "failed"),
	}
}

// Take implements ports.RateLimiter. Where the client gave up there is no decision.
func (l *RateLimiter) Take(ctx context.Context, key string, cost int) (domain.Decision, error) {
	decision, err := l.RateLimiter.Take(ctx, key, cost)
	switch code := domain.CodeOf(err); {
	case code == "" && decision.Allowed:
		l.allowed.Inc()
	case code == "":
		l.refused.Inc()
	case code != domain.CodeCanceled && code != domain.CodeDeadline:
		l.failed.Inc()
	}
	return decision, err
}
