package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// paces hold requests to their limits: roster to that of an answer, clients to those
// of a body and, over HTTP/2, of taking the answer. Over HTTP/1.1 a connection does
// that (connection.Write); over HTTP/2 one connection carries many answers.
//
// Of what takes long by its nature (Config.Span) no whole is limited: a body has its time
// for each leastUpload of it, an answer has its client's patience. A stop ends it by its
// context: at once what waits for events, and others with slow clients.
//
// A request without a body, over HTTP/1.1, costs a context and a count.
type paces struct {
	answer time.Duration
	body   time.Duration // all of a body
	stall  atomic.Int64  // nanoseconds without a byte of a body
	write  atomic.Int64  // nanoseconds without progress of an answer over HTTP/2

	span    func(r *http.Request) httpapi.Span
	most    int          // requests at once
	handled atomic.Int64 // requests that a handler works at
	refused refusals
	logger  *slog.Logger

	mu      sync.Mutex
	running map[*pace]struct{} // those that a client can hold up, and those that take long
	ended   httpapi.Span       // the least span that has no time any more; noSpan is none
}

const noSpan = httpapi.SpanOpen + 1

// leastUpload is how much of a body that takes long must come in the time of a body.
const leastUpload = 64 << 10

// newPaces returns paces for as many requests at once as there may be connections.
// HTTP/1.1 cannot bring more; over HTTP/2 each connection could bring maxStreams.
func newPaces(config Config, most int) *paces {
	p := &paces{
		answer: config.AnswerTimeout, body: config.BodyTimeout,
		span: config.Span, most: most, logger: config.Logger, running: map[*pace]struct{}{}, ended: noSpan,
	}
	if p.span == nil {
		p.span = httpapi.SpanOf
	}
	p.stall.Store(int64(config.BodyStallTimeout))
	p.write.Store(int64(config.WriteTimeout))
	return p
}

// limit hands requests on to next with a context that ends in time, and a body that
// does not keep next waiting. One that is too many is answered 503.
func (p *paces) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer p.handled.Add(-1)
		if p.handled.Add(1) > int64(p.most) {
			p.refused.tell(p.logger, "too many requests", p.most)
			httpapi.ServeBusy(w, r)
			return
		}
		span := p.span(r)
		ctx, cancel := p.context(r.Context(), span)
		defer cancel(nil)
		limited := r.WithContext(ctx) // a copy: net/http looks for its own body in r
		if span == httpapi.SpanShort && r.ContentLength == 0 && r.ProtoMajor < 2 {
			next.ServeHTTP(w, limited)
			return
		}
		one := p.begin(w, r, span, cancel)
		defer p.end(one)
		limited.Body = one
		if r.ProtoMajor == 2 {
			w = &streamWriter{ResponseWriter: w, pace: one}
		}
		next.ServeHTTP(w, limited)
	})
}

// context returns the context of a request of a span.
func (p *paces) context(parent context.Context, span httpapi.Span) (context.Context, context.CancelCauseFunc) {
	if span != httpapi.SpanShort {
		return context.WithCancelCause(parent)
	}
	ctx, cancel := context.WithTimeout(parent, p.answer)
	return ctx, func(error) { cancel() }
}

func (p *paces) begin(w http.ResponseWriter, r *http.Request, span httpapi.Span, cancel context.CancelCauseFunc) *pace {
	one := &pace{
		ReadCloser: r.Body, of: p, deadlines: http.NewResponseController(w), cancel: cancel,
		span: span, left: p.body, end: time.Now().Add(p.body), read: r.ContentLength == 0,
	}
	if r.ProtoMajor == 1 {
		one.conn, _ = r.Context().Value(connectionKey{}).(*connection)
	}
	one.setUnread(false) // what the request before left unread is behind it
	p.mu.Lock()
	p.running[one] = struct{}{}
	ended := span >= p.ended
	p.mu.Unlock()
	if ended {
		cancel(httpapi.ErrStopping)
	}
	one.allowRead()
	return one
}

// end lets go of a request. What its handler has not read net/http may read on, so
// that the connection can be kept, no longer than one stall.
func (p *paces) end(one *pace) {
	one.mu.Lock()
	one.reading = true // by net/http
	one.setReadDeadline()
	one.mu.Unlock()
	p.mu.Lock()
	delete(p.running, one)
	p.mu.Unlock()
	one.mu.Lock()
	if one.wrote { // what is still to be written has a deadline again
		one.isWriter = true
		one.setWriteDeadline()
	}
	one.over = true
	one.setUnread(!one.read)
	one.mu.Unlock()
}

func (p *pace) setUnread(unread bool) {
	if p.conn != nil {
		p.conn.unread.Store(unread)
	}
}

// endSpan ends the requests that take so long or longer, and those that come.
func (p *paces) endSpan(span httpapi.Span) {
	p.mu.Lock()
	p.ended = min(p.ended, span)
	p.mu.Unlock()
	for _, one := range p.all() {
		if one.span >= span {
			one.cancel(httpapi.ErrStopping)
		}
	}
}

// hurry shortens what clients may take to stall, also where they take it now.
func (p *paces) hurry(stall time.Duration) {
	p.stall.Store(min(p.stall.Load(), int64(stall)))
	p.write.Store(min(p.write.Load(), int64(stall)))
	for _, one := range p.all() {
		one.hurry(false)
	}
}

// dropSlow ends every body that is still coming, and everything that takes long, and
// shortens what a client may take to stall.
func (p *paces) dropSlow(stall time.Duration) {
	p.endSpan(httpapi.SpanLong)
	p.hurry(stall)
	for _, one := range p.all() {
		one.hurry(true)
	}
}

func (p *paces) all() []*pace {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.running))
}

// pace is the body of a request and the deadlines of its client.
type pace struct {
	io.ReadCloser
	of        *paces
	deadlines *http.ResponseController
	cancel    context.CancelCauseFunc // of its request
	span      httpapi.Span
	conn      *connection // over HTTP/1.1

	// Of a body that takes long: how much has come of the next leastUpload, and in how much
	// time of waiting for it the rest must come. For whoever reads.
	came int
	left time.Duration

	// Beyond the end of the body the connection has no deadline: over HTTP/1.1 net/http
	// waits there for the client to go, and a deadline would end the request's context.
	mu       sync.Mutex
	end      time.Time // of the body
	read     bool      // to the end, or as far as it can be
	hurried  bool
	dropped  bool
	reading  bool // a body that takes long, at this moment
	isWriter bool // over HTTP/2, at this moment
	wrote    bool // over HTTP/2, an answer that takes long
	over     bool // the handler has returned
}

// Read implements io.Reader. The error is os.ErrDeadlineExceeded where the client
// sent nothing for too long, or not all in time.
func (p *pace) Read(content []byte) (int, error) {
	if p.span != httpapi.SpanShort {
		return p.readLong(content)
	}
	p.allowRead()
	n, err := p.ReadCloser.Read(content)
	if err != nil {
		p.finishReading(errors.Is(err, io.EOF))
	}
	return n, err
}

// readLong is Read for a body that takes long. The time in which nobody reads is not the
// client's: then there is no deadline.
func (p *pace) readLong(content []byte) (int, error) {
	began := time.Now()
	p.mu.Lock()
	p.reading = true
	if !p.dropped {
		p.end = began.Add(p.left)
	}
	p.setReadDeadline()
	p.mu.Unlock()
	n, err := p.ReadCloser.Read(content)
	if p.came += n; p.came >= leastUpload {
		p.came, p.left = 0, p.of.body
	} else {
		p.left -= time.Since(began)
	}
	if err != nil {
		p.finishReading(errors.Is(err, io.EOF))
		return n, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reading = false; !p.dropped {
		_ = p.deadlines.SetReadDeadline(time.Time{})
	}
	return n, nil
}

// finishReading lets the deadline be as it is: net/http has taken it away at the end
// of the body, and one that was met must not become another one.
func (p *pace) finishReading(whole bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read = true
	if whole && p.hurried { // maybe after net/http took the deadline away
		_ = p.deadlines.SetReadDeadline(time.Time{})
	}
}

// allowRead sets the deadline of the next read.
func (p *pace) allowRead() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setReadDeadline()
}

func (p *pace) setReadDeadline() {
	if p.read || p.over || p.span != httpapi.SpanShort && !p.reading && !p.dropped {
		return
	}
	deadline := time.Now().Add(time.Duration(p.of.stall.Load()))
	if p.end.Before(deadline) {
		deadline = p.end
	}
	_ = p.deadlines.SetReadDeadline(deadline) // if it fails, so does the read
}

func (p *pace) setWriteDeadline() {
	if p.isWriter && !p.over {
		_ = p.deadlines.SetWriteDeadline(time.Now().Add(time.Duration(p.of.write.Load())))
	}
}

// allowWrite sets the deadline of a write over HTTP/2. An answer that takes long has none
// between its writes, where nothing waits for the client.
func (p *pace) allowWrite(isWriter bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isWriter = isWriter
	p.setWriteDeadline()
	if p.span != httpapi.SpanShort && !isWriter && !p.over {
		p.wrote = true
		_ = p.deadlines.SetWriteDeadline(time.Time{})
	}
}

// hurry sets the deadlines of what goes on now anew. Where drop is true, the body has
// no more time at all.
func (p *pace) hurry(drop bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hurried = true
	if drop {
		p.end, p.dropped = time.Now(), true
	}
	p.setReadDeadline()
	p.setWriteDeadline()
}

// streamWriter is the answer to a request over HTTP/2. The deadline is set anew for
// each piece of it, so that whoever takes it slowly gets it whole.
type streamWriter struct {
	http.ResponseWriter
	pace *pace
}

// WriteHeader implements http.ResponseWriter.
func (w *streamWriter) WriteHeader(status int) {
	w.pace.allowWrite(true) // the end of a short answer is written when the handler has returned
	w.ResponseWriter.WriteHeader(status)
	w.pace.allowWrite(false)
}

// Write implements http.ResponseWriter.
func (w *streamWriter) Write(content []byte) (written int, err error) {
	defer w.pace.allowWrite(false)
	for {
		w.pace.allowWrite(true)
		piece := content[written:min(written+leastProgress, len(content))]
		n, err := w.ResponseWriter.Write(piece)
		if written += n; err != nil || written == len(content) {
			return written, err
		}
	}
}

// FlushError lets http.ResponseController send what was written.
func (w *streamWriter) FlushError() error {
	w.pace.allowWrite(true)
	defer w.pace.allowWrite(false)
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the stream.
func (w *streamWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
