package tracing

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// record are the spans of a request or of a chunk of a job, which are kept and sent together. It is one piece of memory with room for the
// spans of most requests, and nothing of it is used again: a ctx may outlive its request.
type record struct {
	tracing *Tracing
	place             // of what the first span hangs to, if that is anything
	began   time.Time // when the first span did; those within are told by how much later

	mu      sync.Mutex
	open    int // spans that have not ended
	sent    bool
	within  int // spans but for the first
	leftOut int // spans that there was no room for
	link    *place
	full    [][]span
	current []span // does not move: it never grows beyond its room
	own     [recordRoom]span
}

const (
	// recordRoom is how many spans need no more memory: those of a request that reads a person. Then there is room for as many more as
	// there are, up to blockRoom.
	recordRoom = 4
	blockRoom  = 32
	// spansWithin is how many there may be within a request: an export of ten million persons would have twenty thousand, which
	// nobody looks at.
	spansWithin = 1000
)

// span is what was done, when, and how it ended. It is the ctx of what is done within it, too.
type span struct {
	context.Context //nolint:containedctx // it is one

	record     *record
	id, parent spanID
	kind       kind
	began      time.Duration // after the record's
	took       time.Duration

	// What these are depends on the kind.
	text   [3]string
	number int64

	second int64 // of a query: writes; else microseconds that it waited, negative where nothing is told of it
	job    domain.JobID
	failed bool // and not by what a client did wrong
	code   domain.Code
}

// kind is what a span is of.
type kind byte

const (
	ofRequest kind = iota // text: method, route, id; number: status
	ofCall                // text: layer, name, method; number: items
	ofQuery               // text: statement; number: rows
	ofFetch               // text: host
	ofChunk               // number: the chunk
)

type spanKey struct{}

// Value implements context.Context.
func (s *span) Value(key any) any {
	if key == (spanKey{}) {
		return s
	}
	return s.Context.Value(key)
}

// untraced is the ctx of a request that is not traced.
type untraced struct {
	context.Context //nolint:containedctx // it is one

	at place
}

// Value implements context.Context.
func (u *untraced) Value(key any) any {
	if key == (spanKey{}) {
		return u
	}
	return u.Context.Value(key)
}

// spanOf returns the span that ctx is within, or nil where it is in none that is traced. What is done for nobody in particular
// is in none.
func spanOf(ctx context.Context) *span {
	s, _ := ctx.Value(spanKey{}).(*span)
	return s
}

// newRecord returns the first span of a record.
func (t *Tracing) newRecord(ctx context.Context, at place, of kind) *span {
	r := &record{tracing: t, place: at, began: time.Now()}
	r.current = r.own[:0]
	return r.begin(ctx, of, at.span, 0)
}

// begin returns one more span. Where there is none within which it may be, because all was sent, it is nil; so it is where there are
// too many.
func (s *span) begin(ctx context.Context, of kind) *span {
	r := s.record
	began := time.Since(r.began)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.mayHaveMore() {
		return nil
	}
	return r.begin(ctx, of, s.id, began)
}

// mayHaveMore counts a span within the first one.
func (r *record) mayHaveMore() bool {
	if r.sent {
		return false
	}
	if r.within == spansWithin {
		r.leftOut++
		return false
	}
	r.within++
	return true
}

func (r *record) begin(ctx context.Context, of kind, parent spanID, began time.Duration) *span {
	if len(r.current) == cap(r.current) {
		r.full = append(r.full, r.current)
		r.current = make([]span, 0, min(r.count(), blockRoom))
	}
	r.current = r.current[:len(r.current)+1]
	s := &r.current[len(r.current)-1]
	s.Context, s.record, s.kind = ctx, r, of
	s.id, s.parent, s.began, s.second = newSpanID(), parent, began, -1
	r.open++
	return s
}

// end ends a span. When that was the last one that was open, all are sent.
func (s *span) end(err error) {
	took := time.Since(s.record.began) - s.began
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	s.endLocked(took, err)
}

// finish ends a span, with a *domain.PanicError where there is a panic, which goes on.
func (s *span) finish(panicked any, err error) {
	if panicked == nil {
		s.end(err)
		return
	}
	s.end(&domain.PanicError{Value: panicked, Stack: debug.Stack()})
	panic(panicked)
}

// endLocked tells the code of an error, and not its message: that may name a person. What a client did wrong is no failure.
func (s *span) endLocked(took time.Duration, err error) {
	r := s.record
	s.took = took
	if err != nil {
		s.code = domain.CodeOf(err)
		switch s.code {
		case domain.CodeInternal, domain.CodeUnavailable, domain.CodeDeadline:
			s.failed = true
		default:
		}
	}
	if r.open--; r.open == 0 {
		r.sent = true
		r.tracing.queue.add(r)
	}
}

// change changes a span that was not sent yet.
func (s *span) change(how func(s *span)) {
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	if !s.record.sent {
		how(s)
	}
}

// place returns where in its trace the span is.
func (s *span) place() place {
	return place{trace: s.record.trace, span: s.id, flags: s.record.flags, state: s.record.state}
}

// count returns how many spans there are.
func (r *record) count() int { return r.within + 1 }

// all tells each of the spans, those that began first first.
func (r *record) all(yield func(*span) bool) {
	for _, block := range r.full {
		for i := range block {
			if !yield(&block[i]) {
				return
			}
		}
	}
	for i := range r.current {
		if !yield(&r.current[i]) {
			return
		}
	}
}
