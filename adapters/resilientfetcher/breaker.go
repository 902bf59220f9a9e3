package resilientfetcher

import (
	"container/list"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

// verdict is what a fetch found out about its upstream.
type verdict int

const (
	unknown verdict = iota
	up
	out
)

// breaker is that of one upstream. The zero breaker is always closed.
type breaker struct {
	circuit circuitbreaker.CircuitBreaker[any]
}

// allows tells whether the upstream may be asked. Who was allowed to must record
// what came of it.
func (b breaker) allows() bool { return b.circuit == nil || b.circuit.TryAcquirePermit() }

func (b breaker) record(v verdict) {
	switch {
	case b.circuit == nil:
	case v == up:
		b.circuit.RecordSuccess()
	case v == out:
		b.circuit.RecordFailure()
	case b.circuit.IsHalfOpen():
		// The one that was to try found nothing out. Somebody else will after another
		// pause; without a word of it nobody ever would.
		b.circuit.Open()
	}
}

// maxUpstreams is how many breakers are kept. One takes less than 1 KiB.
const maxUpstreams = 1024

// breakers keeps the breakers of the upstreams that were asked last.
type breakers struct {
	failures int
	pause    time.Duration

	mu         sync.Mutex
	byUpstream map[string]*list.Element // of kept
	recent     *list.List               // the one asked last in front
}

type kept struct {
	upstream string
	breaker  breaker
}

// newBreakers returns breakers that open after so many failures in a row; 0 is none.
func newBreakers(failures int, pause time.Duration) *breakers {
	return &breakers{failures: failures, pause: pause, byUpstream: map[string]*list.Element{}, recent: list.New()}
}

// of returns the breaker of a URL's upstream.
func (b *breakers) of(address string) breaker {
	upstream := upstreamOf(address)
	if b.failures == 0 || upstream == "" {
		return breaker{}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if known, ok := b.byUpstream[upstream]; ok {
		b.recent.MoveToFront(known)
		return known.Value.(kept).breaker //nolint:forcetypeassert // nothing else is put there
	}
	if b.recent.Len() == maxUpstreams {
		oldest := b.recent.Back()
		b.recent.Remove(oldest)
		delete(b.byUpstream, oldest.Value.(kept).upstream) //nolint:forcetypeassert // as above
	}
	added := breaker{circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(uint(b.failures)).
		WithDelay(b.pause).
		WithSuccessThreshold(1).
		Build()}
	b.byUpstream[upstream] = b.recent.PushFront(kept{upstream, added})
	return added
}

// upstreamOf returns the scheme, host and port of a URL, always in the same form,
// and "" for what has none: that is nobody's fault but the URL's.
func upstreamOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	case u.Scheme == "https":
		port = "443"
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
