package tracing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

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

// exporter sends spans to a collector by OTLP over HTTP. It is used by one goroutine.
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

	complained time.Time
	lost       int // spans, since then
	said       map[string]string
	buffer     []byte
}

// errQueueFull is why spans are lost that come faster than they are sent.
var errQueueFull = errors.New("they come faster than it takes them")

func newExporter(config Config) (*exporter, error) {
	parsed, err := url.Parse(config.Endpoint)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "traces are sent to a URL with http or https"}
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Transport == nil {
		config.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConns: 1, IdleConnTimeout: time.Minute}
	}
	e := &exporter{
		endpoint: config.Endpoint, headers: config.Headers.Clone(), logger: config.Logger, now: time.Now,
		said: config.said(),
		client: &http.Client{
			Transport: config.Transport,
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

// export sends the spans of some records. The log hears of a failure.
func (e *exporter) export(records []*record) {
	if len(records) == 0 {
		return
	}
	e.buffer = appendRecords(e.buffer[:0], e.said, records)
	if err := e.send(e.aborted, e.buffer); err != nil {
		spans := 0
		for _, r := range records {
			spans += r.count()
		}
		e.lose(spans, err)
	}
	if cap(e.buffer) > maxBuffer {
		e.buffer = nil
	}
}

// maxBuffer is how much of the memory of a batch is kept for the next one.
const maxBuffer = 2 << 20

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
		if failed := (*url.Error)(nil); errors.As(err, &failed) {
			err = failed.Err // without the URL, in which a secret may stand
		}
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

// lose tells the log of spans that were lost, once a minute at most.
func (e *exporter) lose(spans int, err error) {
	if spans == 0 {
		return
	}
	e.lost += spans
	now := e.now()
	if !e.complained.IsZero() && now.Sub(e.complained) < complainEvery {
		return
	}
	e.logger.LogAttrs(context.Background(), slog.LevelWarn, "the collector takes no traces",
		slog.Int("spans_lost", e.lost), slog.String("error", err.Error()))
	e.complained, e.lost = now, 0
}
