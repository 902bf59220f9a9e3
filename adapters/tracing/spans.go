package tracing

import (
	"context"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Request begins the span of a request, as a part of the trace that its client began (traceparent), where it has. It
// returns the ctx in which the request is served, and what is told when it is over: the method, the route, of which there
// are only so many, and the status of the answer. That is nil where the request is not traced: whether it is, is decided here, once.
func (t *Tracing) Request(ctx context.Context, header http.Header, id string) (context.Context, func(method, route string, status int)) {
	ctx, first := t.first(ctx, placeOf(header), ofRequest)
	if first == nil {
		return ctx, nil
	}
	return ctx, func(method, route string, status int) {
		first.change(func(s *span) {
			s.text, s.number = [...]string{method, route, id}, int64(status)
			s.failed = status >= http.StatusInternalServerError || status == 0
		})
		first.end(nil)
	}
}

// first returns the first span of a request or a chunk, and the ctx of what is within it. Where it is not traced the span is nil,
// and the ctx knows nothing but what an upstream is told of that.
func (t *Tracing) first(ctx context.Context, parent *place, of kind) (context.Context, *span) {
	at := place{}
	if parent != nil {
		at = *parent
	} else {
		at.trace = newTraceID()
	}
	if !t.sampler.samples(at.trace, parent) {
		at.flags &^= flagSampled
		return &untraced{ctx, at}, nil
	}
	at.flags |= flagSampled
	s := t.newRecord(ctx, at, of)
	return s, s
}

func notTold(error) {}

// Call is a ports.CallObserver: it makes a span of each call within a request that is traced. That of a batch tells how long
// it waited in its executor.
func (t *Tracing) Call(ctx context.Context, call ports.Call) (context.Context, func(error)) {
	around := spanOf(ctx)
	if around == nil {
		return ctx, notTold
	}
	s := around.begin(ctx, ofCall)
	if s == nil {
		return ctx, notTold
	}
	s.text, s.number = [...]string{call.Layer, call.Name, call.Method}, int64(call.Items)
	if call.Method == ports.MethodBatch {
		s.second = (s.began - around.began).Microseconds()
	}
	return s, s.end
}

// LetIn is a ports.CallObserver that stands within a lane: it tells the span around the lane how long the call waited for its
// place.
func (t *Tracing) LetIn(ctx context.Context, _ ports.Call) (context.Context, func(error)) {
	if around := spanOf(ctx); around != nil {
		waited := time.Since(around.record.began) - around.began
		around.change(func(s *span) { s.second = waited.Microseconds() })
	}
	return ctx, notTold
}

// Query is a ports.QueryObserver: it makes a span of each query within a request that is traced.
func (t *Tracing) Query(ctx context.Context, query ports.Query) {
	around := spanOf(ctx)
	if around == nil {
		return
	}
	r := around.record
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.mayHaveMore() {
		return
	}
	s := r.begin(ctx, ofQuery, around.id, query.Began.Sub(r.began))
	s.text[0], s.number, s.second = query.SQL, query.Rows, int64(query.Shared)
	s.endLocked(query.Took, query.Err)
}
