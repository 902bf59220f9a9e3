package tracing

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// exportLimit is how long a collector has to take some spans.
	exportLimit = 10 * time.Second
	// exportTries is how often they are sent to one that may take them later, exportPause apart.
	exportTries = 3
	exportPause = time.Second
	// complainEvery is how often the log hears of one that takes none.
	complainEvery = time.Minute
)

// exporter sends spans to a collector. It is OpenTelemetry's own way of OTLP over HTTP without its dependencies: with them
// (gRPC and reflection over protobuf, also where only HTTP is spoken) the program would be 7 MB larger.
type exporter struct {
	endpoint string
	headers  http.Header
	client   *http.Client
	logger   *slog.Logger
	now      func() time.Time

	hurried chan struct{} // closed when nothing is tried again
	once    sync.Once
	aborted context.Context //nolint:containedctx // ended when nothing more is sent, by abort
	abort   context.CancelFunc

	complained time.Time // ExportSpans is called once at a time
	failed     int       // spans, since then
	buffer     []byte
}

var _ sdktrace.SpanExporter = (*exporter)(nil)

func newExporter(config Config) (*exporter, error) {
	parsed, err := url.Parse(config.Endpoint)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "traces are sent to a URL with http or https"}
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	e := &exporter{
		endpoint: config.Endpoint, headers: config.Headers.Clone(), logger: config.Logger, now: time.Now,
		client: &http.Client{
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConns: 1, IdleConnTimeout: time.Minute},
			Timeout:   exportLimit,
			// What a collector redirects to is not to get its token.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		hurried: make(chan struct{}),
	}
	if e.headers == nil {
		e.headers = http.Header{}
	}
	e.headers.Set("Content-Type", "application/x-protobuf")
	e.headers.Set("User-Agent", "roster")
	e.aborted, e.abort = context.WithCancel(context.Background())
	return e, nil
}

// hurry has nothing tried again from now on.
func (e *exporter) hurry() { e.once.Do(func() { close(e.hurried) }) }

// ExportSpans implements sdktrace.SpanExporter. It always returns nil, because the log has heard of a failure.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.aborted, cancel)()
	e.buffer = appendSpans(e.buffer[:0], spans)
	if err := e.send(ctx, e.buffer); err != nil {
		e.complain(len(spans), err)
	}
	if cap(e.buffer) > maxBuffer {
		e.buffer = nil
	}
	return nil
}

// maxBuffer is how much of the memory of a batch is kept for the next one.
const maxBuffer = 1 << 20

// send tries until it is no use any more.
func (e *exporter) send(ctx context.Context, body []byte) error {
	for try := 1; ; try++ {
		again, err := e.post(ctx, body)
		if err == nil || !again || try == exportTries {
			return err
		}
		select {
		case <-time.After(exportPause):
		case <-e.hurried:
			return err
		case <-ctx.Done():
			return err
		}
	}
}

// post sends once. Beside an error it tells whether it may go well another time.
func (e *exporter) post(ctx context.Context, body []byte) (again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	request.Header = e.headers
	response, err := e.client.Do(request)
	if err != nil {
		return true, err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // so that the connection is used again
	if response.StatusCode/100 == 2 {
		return false, nil
	}
	return response.StatusCode == http.StatusTooManyRequests || response.StatusCode >= http.StatusBadGateway,
		fmt.Errorf("it answers %s", response.Status)
}

// complain tells the log, once a minute at most.
func (e *exporter) complain(spans int, err error) {
	e.failed += spans
	now := e.now()
	if !e.complained.IsZero() && now.Sub(e.complained) < complainEvery {
		return
	}
	e.logger.LogAttrs(context.Background(), slog.LevelWarn, "the collector takes no traces",
		slog.Int("spans_lost", e.failed), slog.String("error", err.Error()))
	e.complained, e.failed = now, 0
}

// Shutdown implements sdktrace.SpanExporter.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}
