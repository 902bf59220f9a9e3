package tracing

import (
	"context"
	"sync"
	"time"
)

const (
	// queueRoom is how many spans may wait, some 250 bytes each.
	queueRoom = 4096
	// sendAt is how many are sent without waiting for more, and sendEvery how long fewer wait.
	sendAt    = 512
	sendEvery = time.Second
)

// queue has spans sent in the background. To wake it for each request would cost more than the spans do: it is woken for many.
type queue struct {
	exporter *exporter
	many     chan struct{} // holds one when there are sendAt
	closing  chan struct{} // closed when nothing more comes
	done     chan struct{} // closed when nothing more is sent

	mu      sync.Mutex
	waiting []*record
	spans   int // of waiting
	dropped int // spans that found no room, until the exporter is told
	closed  bool
}

func newQueue(to *exporter) *queue {
	q := &queue{exporter: to, many: make(chan struct{}, 1), closing: make(chan struct{}), done: make(chan struct{})}
	go q.run()
	return q
}

// add has the spans of a record sent, or drops them.
func (q *queue) add(r *record) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.spans+r.count() > queueRoom {
		q.dropped += r.count()
		return
	}
	q.waiting = append(q.waiting, r)
	before := q.spans
	q.spans += r.count()
	if before < sendAt && q.spans >= sendAt {
		select {
		case q.many <- struct{}{}:
		default:
		}
	}
}

// take returns what waits, and how many found no room. The memory of what was taken last is used again.
func (q *queue) take(again []*record) (waiting []*record, dropped int) {
	clear(again)
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting, dropped = q.waiting, q.dropped
	q.waiting, q.spans, q.dropped = again[:0], 0, 0
	return waiting, dropped
}

func (q *queue) run() {
	defer close(q.done)
	ticker := time.NewTicker(sendEvery)
	defer ticker.Stop()
	var records []*record
	for more := true; more; {
		select {
		case <-q.many:
		case <-ticker.C:
		case <-q.closing:
			more = false
		}
		var dropped int
		records, dropped = q.take(records)
		q.exporter.lose(dropped, errQueueFull)
		q.exporter.export(records)
	}
	q.exporter.client.CloseIdleConnections()
}

// close sends what waits, until ctx ends at the latest.
func (q *queue) close(ctx context.Context) error {
	q.mu.Lock()
	first := !q.closed
	q.closed = true
	q.mu.Unlock()
	if first {
		close(q.closing)
	}
	q.exporter.hurry()
	defer q.exporter.abort()
	select {
	case <-q.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
