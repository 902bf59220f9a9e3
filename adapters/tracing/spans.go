package tracing

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Names of attributes; where OpenTelemetry has one, it is that.
const (
	methodKey    = attribute.Key("http.request.method")
	routeKey     = attribute.Key("http.route")
	statusKey    = attribute.Key("http.response.status_code")
	statementKey = attribute.Key("db.query.text")
	rowsKey      = attribute.Key("db.response.returned_rows")
	addressKey   = attribute.Key("server.address")
	errorKey     = attribute.Key("error.type") // the code of a domain.Error

	requestKey = attribute.Key("roster.request_id")
	itemsKey   = attribute.Key("roster.items")
	waitedKey  = attribute.Key("roster.waited_ms")
	sharedKey  = attribute.Key("roster.writes") // that were made by one transaction
	jobKey     = attribute.Key("roster.job")
	leftOutKey = attribute.Key("roster.spans_left_out")
	chunkKey   = attribute.Key("roster.chunk")
)

// Request begins the span of a request, as a part of the trace that its client began (traceparent), where it has. It
// returns the ctx in which the request is served, and what is told when it is over: the method, the route, of which there
// are only so many, and the status of the answer.
func (t *Tracing) Request(ctx context.Context, header http.Header, id string) (context.Context, func(method, route string, status int)) {
	ctx = t.propagator.Extract(ctx, propagation.HeaderCarrier(header))
	ctx, span := t.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
	if !span.IsRecording() {
		return ctx, func(string, string, int) {}
	}
	ctx, spans := withBudget(ctx)
	return ctx, func(method, route string, status int) {
		span.SetName(method + " " + route)
		spans.tell(span)
		span.SetAttributes(methodKey.String(method), routeKey.String(route), statusKey.Int(status), requestKey.String(id))
		if status >= http.StatusInternalServerError || status == 0 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// budget is how many spans there may still be within one request or chunk of a job: an export of ten million persons would have
// twenty thousand, which nobody looks at.
type budget struct{ left atomic.Int64 }

// spansWithin is how many there may be.
const spansWithin = 1000

type budgetKey struct{}

func withBudget(ctx context.Context) (context.Context, *budget) {
	b := &budget{}
	b.left.Store(spansWithin)
	return context.WithValue(ctx, budgetKey{}, b), b
}

// tell tells how many spans there was no room for.
func (b *budget) tell(span trace.Span) {
	if left := b.left.Load(); left < 0 {
		span.SetAttributes(leftOutKey.Int64(-left))
	}
}

// mayHave tells whether there may be one more span within that of ctx: it is traced, and has not got too many already.
func mayHave(ctx context.Context) bool {
	if !isTraced(ctx) {
		return false
	}
	b, ok := ctx.Value(budgetKey{}).(*budget)
	return !ok || b.left.Add(-1) >= 0
}

// isTraced tells whether ctx is within a span that is kept. What is done for nobody in particular is in none.
func isTraced(ctx context.Context) bool { return trace.SpanContextFromContext(ctx).IsSampled() }

func notTold(error) {}

// Call is a ports.CallObserver: it makes a span of each call within a request that is traced. That of a batch tells how long
// it waited in its executor.
func (t *Tracing) Call(ctx context.Context, call ports.Call) (context.Context, func(error)) {
	if !mayHave(ctx) {
		return ctx, notTold
	}
	var own [2]attribute.KeyValue
	attributes := own[:0]
	if call.Items > 0 {
		attributes = append(attributes, itemsKey.Int(call.Items))
	}
	if call.Method == "batch" {
		attributes = append(attributes, waitedKey.Float64(sinceBegun(ctx)))
	}
	ctx, span := t.tracer.Start(ctx, nameOf(call), trace.WithAttributes(attributes...))
	return ctx, func(err error) { end(span, err) }
}

// nameOf returns "executor CREATE_BULK batch", "store Find" and the like.
func nameOf(call ports.Call) string {
	if call.Name == "" {
		return call.Layer + " " + call.Method
	}
	return call.Layer + " " + call.Name + " " + call.Method
}

// LetIn is a ports.CallObserver that stands within a lane: it tells the span around the lane how long the call waited for its
// place.
func (t *Tracing) LetIn(ctx context.Context, _ ports.Call) (context.Context, func(error)) {
	if isTraced(ctx) {
		trace.SpanFromContext(ctx).SetAttributes(waitedKey.Float64(sinceBegun(ctx)))
	}
	return ctx, notTold
}

// sinceBegun returns how many milliseconds ago the span of ctx began.
func sinceBegun(ctx context.Context) float64 {
	span, ok := trace.SpanFromContext(ctx).(sdktrace.ReadOnlySpan)
	if !ok {
		return 0
	}
	return float64(time.Since(span.StartTime()).Microseconds()) / 1000
}

// Query is a ports.QueryObserver: it makes a span of each query within a request that is traced.
func (t *Tracing) Query(ctx context.Context, query ports.Query) {
	if !mayHave(ctx) {
		return
	}
	var own [3]attribute.KeyValue
	attributes := append(own[:0], statementKey.String(query.SQL), rowsKey.Int64(query.Rows))
	if query.Shared > 1 {
		attributes = append(attributes, sharedKey.Int(query.Shared))
	}
	verb, _, _ := strings.Cut(query.SQL, " ")
	_, span := t.tracer.Start(ctx, verb, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithTimestamp(query.Began), trace.WithAttributes(attributes...))
	fail(span, query.Err)
	span.End(trace.WithTimestamp(query.Began.Add(query.Took)))
}

func end(span trace.Span, err error) {
	fail(span, err)
	span.End()
}

// fail tells the code of an error, and not its message: that may name a person. What a client did wrong is no failure.
func fail(span trace.Span, err error) {
	if err == nil {
		return
	}
	code := domain.CodeOf(err)
	span.SetAttributes(errorKey.String(string(code)))
	switch code {
	case domain.CodeInternal, domain.CodeUnavailable, domain.CodeDeadline:
		span.SetStatus(codes.Error, "")
	default:
	}
}
