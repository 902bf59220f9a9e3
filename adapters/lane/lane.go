// Package lane bounds how much work of one kind is done at once, whoever asks for
// it: so that what takes long (bulks) never keeps what is short (single persons)
// waiting, and so that no more waits than memory and patience allow. It stands
// around the driving ports, so a request takes its place when it has been read,
// and a client that sends slowly holds none.
package lane

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Config says how wide a lane is.
type Config struct {
	// Workers is how many calls go on at once; 0 is 1.
	Workers int
	// Queue is how many more may wait, in the order in which they came; 0 is none.
	Queue int
}

// Lane lets some calls in and others wait. It is safe for concurrent use and costs
// a call about 0.1 µs while there is room.
type Lane struct {
	inside  chan struct{} // a place for each call that goes on or waits
	workers chan struct{} // a place for each that goes on
	refused atomic.Uint64 // calls that found no room
}

var _ ports.LoadTeller = (*Lane)(nil)

// New returns a lane. The error is domain.CodeInvalid for a negative number in config.
func New(config Config) (*Lane, error) {
	if config.Workers < 0 || config.Queue < 0 {
		return nil, &domain.Error{
			Code:    domain.CodeInvalid,
			Message: fmt.Sprintf("a lane's workers and queue are not negative: %+v", config),
		}
	}
	workers := max(1, config.Workers)
	return &Lane{inside: make(chan struct{}, workers+config.Queue), workers: make(chan struct{}, workers)}, nil
}

// enter waits for a place. The error is domain.CodeUnavailable at once where too
// many wait, and that of domain.ContextError when ctx ends.
func (l *Lane) enter(ctx context.Context) error {
	select {
	case l.inside <- struct{}{}:
	default:
		l.refused.Add(1)
		return &domain.Error{Code: domain.CodeUnavailable, Message: "too much is waiting already"}
	}
	select {
	case l.workers <- struct{}{}:
		return nil
	default:
	}
	select {
	case l.workers <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-l.inside
		return domain.ContextError(ctx)
	}
}

func (l *Lane) leave() {
	<-l.workers
	<-l.inside
}

// Load implements ports.LoadTeller, of calls. Only a call that is refused pays for it.
func (l *Lane) Load() domain.Load {
	workers := cap(l.workers)
	return domain.Load{
		Running: len(l.workers), Workers: workers,
		Waiting: max(0, len(l.inside)-workers), Queue: cap(l.inside) - workers,
		Refused: l.refused.Load(),
	}
}

// through makes a call in a lane.
func through[T any](ctx context.Context, l *Lane, call func() (T, error)) (answer T, err error) {
	if err := l.enter(ctx); err != nil {
		return answer, err
	}
	defer l.leave()
	return call()
}
