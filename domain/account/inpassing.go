package account

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// failedPause is for how long nothing is written in passing after one that failed. Another process may hold the store's lock for
// seconds, and else every request of that time would wait for touchWithin.
const failedPause = time.Second

// inPassing writes down that something happened, where that can be done soon. It is safe for concurrent use.
type inPassing struct {
	failed atomic.Pointer[time.Time] // when the last one did
}

// write calls mark, which has touchWithin, unless one has failed within failedPause. What it answers is no matter to the request.
func (p *inPassing) write(ctx context.Context, now time.Time, mark func(ctx context.Context) error) {
	if failed := p.failed.Load(); failed != nil {
		if since := now.Sub(*failed); since >= 0 && since < failedPause {
			return
		}
	}
	limited, cancel := context.WithTimeout(ctx, touchWithin)
	defer cancel()
	// What is gone by now, and a client that has left, say nothing of the store.
	if err := mark(limited); err != nil && domain.CodeOf(err) != domain.CodeNotFound && ctx.Err() == nil {
		p.failed.Store(&now)
	}
}
