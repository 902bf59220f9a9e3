package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

// requestIDHeader is X-Request-ID in canonical form.
const requestIDHeader = "X-Request-Id"

// requestIDPattern is the shape in which a client may give a request an id.
var requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// exchange is what the log line of a request tells.
type exchange struct {
	http.ResponseWriter
	client string // its address
	token  string // the name of the API token that admitted the request
	route  string
	status int
	bytes  int
	err    error // why the status is 5xx
	probe  bool  // of the server's health: one comes every few seconds

	watcher Watcher

	largeAnswers *largeAnswersUnderWay // of all exchanges

	values     [18]string // see setHeader
	valuesUsed int
}

// WriteHeader implements http.ResponseWriter.
func (e *exchange) WriteHeader(status int) {
	e.begin(status)
	e.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (e *exchange) Write(content []byte) (int, error) {
	e.begin(http.StatusOK)
	n, err := e.ResponseWriter.Write(content)
	e.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (e *exchange) Unwrap() http.ResponseWriter { return e.ResponseWriter }

// logRequests gives each request an id, told in X-Request-ID, and writes one line
// to the log when it is done. An id that the client sent in a sane shape is kept;
// else it is a version 7 UUID. A panic becomes a 500 and its stack a part of the
// line. Where an answer was broken off after its beginning, broken_off says so. A probe of
// the server's health is only told at DEBUG. Config.Observe and Config.Watch are told of each request too.
func logRequests(next http.Handler, config Config) http.Handler {
	var largeAnswers largeAnswersUnderWay
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := requestID(r)
		e := &exchange{ResponseWriter: w, largeAnswers: &largeAnswers}
		e.client, r = proxies(config.TrustedProxies).client(r)
		r = withOrigin(config.watch(e, r, id), e.client)
		setHeader(e, requestIDHeader, id)
		whole := serveSafely(next, e, r)
		took := time.Since(start)
		config.end(e, e.observation(r.Method, took))
		attrs := []slog.Attr{
			slog.String("method", r.Method),
			slog.String("route", e.route),
			slog.String("path", r.URL.Path),
			slog.Int("status", e.status),
			slog.Float64("duration_ms", float64(took.Microseconds())/1000),
			slog.Int("bytes", sentBytes(r, e)),
			slog.String("client", e.client),
			slog.String("request_id", id),
		}
		if e.token != "" {
			attrs = append(attrs, slog.String("token", e.token))
		}
		level := slog.LevelInfo
		if e.probe {
			level = slog.LevelDebug
		}
		if e.err != nil {
			level = slog.LevelError
			attrs = append(attrs, slog.String("error", e.err.Error()))
			if crash := (*domain.PanicError)(nil); errors.As(e.err, &crash) {
				attrs = append(attrs, slog.String("stack", string(crash.Stack)))
			}
		}
		if !whole {
			attrs = append(attrs, slog.Bool("broken_off", true))
		}
		config.Logger.LogAttrs(r.Context(), level, "request", attrs...)
		if !whole {
			panic(http.ErrAbortHandler)
		}
	})
}

// withOrigin returns a request that may change persons with who sent it in its context, for stores that write that down: the
// client's address, and once it is known the name of its token.
// Any other is returned as it is: reading costs nothing more.
func withOrigin(r *http.Request, who string) *http.Request {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return r
	default:
		return r.WithContext(domain.WithOrigin(r.Context(), domain.Origin{Via: domain.ViaAPI, Who: who}))
	}
}

// sentBytes returns how long the body of the answer was on the wire: that of a
// HEAD request is written by the view and not sent.
func sentBytes(r *http.Request, e *exchange) int {
	if r.Method == http.MethodHead {
		return 0
	}
	return e.bytes
}

// serveSafely serves the request and turns a panic into a 500. The answer is not
// whole when the panic came after its beginning was sent: the client must then
// see a broken connection, not a short answer. So it is where a stream was broken off
// (http.ErrAbortHandler), which is no fault in itself.
func serveSafely(next http.Handler, e *exchange, r *http.Request) (whole bool) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		if value == http.ErrAbortHandler { //nolint:errorlint // a value, as net/http compares it
			return
		}
		e.err = &domain.PanicError{Value: value, Stack: debug.Stack()}
		if whole = e.status == 0; whole {
			writeError(e, http.StatusInternalServerError, detail{drf.ServerError})
		}
	}()
	next.ServeHTTP(e, r)
	return true
}

func requestID(r *http.Request) string {
	if id := r.Header.Get(requestIDHeader); id != "" && requestIDPattern.MatchString(id) {
		return id
	}
	return uuid.Must(uuid.NewV7()).String()
}
