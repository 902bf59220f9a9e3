// Package resilientfetcher makes another fetcher try again what may pass, and leave
// an upstream alone that is out.
package resilientfetcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Config says how a Fetcher deals with a ports.Outage.
type Config struct {
	// Timeout is how long one fetch may take, all its attempts and the waits between
	// them included; 0 is ten seconds.
	Timeout time.Duration
	// Retries is how often a fetch that met an outage is tried again, at most 10; 0 is
	// never.
	Retries int
	// BreakerFailures is how many fetches in a row must meet an outage of an upstream,
	// with all their retries, before it is left alone; at least 3 and at most 1000, or
	// 0 for never.
	BreakerFailures int
	// BreakerPause is how long an upstream is left alone; 0 is five seconds. Then one
	// fetch tries it: if that goes well all may, else the pause begins anew.
	BreakerPause time.Duration
}

// The bounds of Config that ports.DocumentFetcher and good sense set.
const (
	MaxRetries         = 10
	MinBreakerFailures = 3
	MaxBreakerFailures = 1000
)

// The wait before a retry is random, between half and one and a half times
// firstWait, which doubles with each retry up to longestWait: fetches that failed
// together do not come back together.
const (
	firstWait   = 100 * time.Millisecond
	longestWait = time.Second
	jitter      = 0.5
)

// Fetcher decorates a fetcher. What it retries are GET requests, which may be sent
// more than once (RFC 9110, 9.2.2). A fetch that goes well at once costs a look into
// a table more than without it.
//
// An upstream is a scheme, a host and a port. Each has a breaker of its own, so one
// that is out never stops fetches from another. The breakers of at most 1,024
// upstreams are kept, those that were asked last.
type Fetcher struct {
	inner    ports.DocumentFetcher
	timeout  time.Duration
	retries  retrypolicy.RetryPolicy[any]
	breakers *breakers
}

var _ ports.DocumentFetcher = (*Fetcher)(nil)

// New returns a fetcher that fetches through inner. The error is domain.CodeInvalid
// for a number out of range in config.
func New(inner ports.DocumentFetcher, config Config) (*Fetcher, error) {
	tolerable := config.BreakerFailures == 0 || config.BreakerFailures >= MinBreakerFailures && config.BreakerFailures <= MaxBreakerFailures
	if config.Timeout < 0 || config.Retries < 0 || config.Retries > MaxRetries || config.BreakerPause < 0 || !tolerable {
		return nil, &domain.Error{
			Code:    domain.CodeInvalid,
			Message: fmt.Sprintf("a fetcher's time limit, retries or breaker are out of range: %+v", config),
		}
	}
	if config.Timeout == 0 {
		config.Timeout = 10 * time.Second
	}
	if config.BreakerPause == 0 {
		config.BreakerPause = 5 * time.Second
	}
	return &Fetcher{
		inner:   inner,
		timeout: config.Timeout,
		retries: retrypolicy.NewBuilder[any]().
			WithMaxRetries(config.Retries).
			WithBackoff(firstWait, longestWait).
			WithJitterFactor(jitter).
			Build(),
		breakers: newBreakers(config.BreakerFailures, config.BreakerPause),
	}, nil
}

// FetchDocument implements ports.DocumentFetcher. An upstream that is left alone is
// domain.CodeUpstream at once, as an Outage, without a request.
func (f *Fetcher) FetchDocument(ctx context.Context, url string) (domain.Document, error) {
	if err := domain.ContextError(ctx); err != nil {
		return nil, err
	}
	breaker := f.breakers.of(url)
	if !breaker.allows() {
		return nil, errLeftAlone()
	}
	said := unknown // also where inner panics
	defer func() { breaker.record(said) }()
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	document, err := f.try(limited, url)
	said = verdictOn(ctx, err)
	if err == nil {
		return document, nil
	}
	return nil, f.translate(ctx, err)
}

// translate returns what a failed fetch is called. ctx is the caller's.
func (f *Fetcher) translate(ctx context.Context, err error) error {
	ended := domain.ContextError(ctx)
	switch code := domain.CodeOf(err); {
	case ended == nil && code == domain.CodeDeadline:
		return &domain.Error{Code: code, Message: fmt.Sprintf("took longer than %v", f.timeout), Cause: err}
	case ended != nil && code == domain.CodeUpstream:
		return ended // it ended while another attempt was waited for
	default:
		return err
	}
}

func errLeftAlone() error {
	return &domain.Error{
		Code:    domain.CodeUpstream,
		Message: "failed again and again and is not asked for a while",
		Cause:   &ports.Outage{Cause: circuitbreaker.ErrOpen},
	}
}

// errAgain asks for another attempt.
var errAgain = errors.New("try again")

// try fetches until there is a document, or an error that stays or is the last.
func (f *Fetcher) try(ctx context.Context, url string) (document domain.Document, err error) {
	_ = failsafe.With(f.retries).WithContext(ctx).RunWithExecution(func(attempt failsafe.Execution[any]) error {
		document, err = f.inner.FetchDocument(ctx, url)
		if isOutage(err) && domain.CodeOf(err) == domain.CodeUpstream && leavesTime(ctx, attempt.Retries()) {
			return errAgain
		}
		return nil
	}) // what became of it is in document and err
	return document, err
}

// leavesTime tells whether ctx goes on for longer than the wait that may follow so
// many retries. Else the failure is told now: to wait would turn it into a lapse of
// time, which says less and comes later.
func leavesTime(ctx context.Context, retries int) bool {
	wait := min(firstWait<<retries, longestWait)
	deadline, limited := ctx.Deadline()
	return !limited || time.Until(deadline) > wait+wait/2
}

func isOutage(err error) bool {
	_, ok := errors.AsType[*ports.Outage](err)
	return ok
}

// verdictOn returns what the end of a fetch says of its URL's upstream. ctx is the
// caller's: where it has ended, the upstream may have had too little time.
func verdictOn(ctx context.Context, err error) verdict {
	if err == nil {
		return up
	}
	if ctx.Err() != nil {
		return unknown
	}
	if outage, ok := errors.AsType[*ports.Outage](err); ok && !outage.Elsewhere {
		return out
	}
	return up // it answered, though not with what was wanted
}
