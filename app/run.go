package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// How long a client may take.
const (
	headersLimit  = 5 * time.Second
	requestLimit  = 30 * time.Second // with its body
	exchangeLimit = 60 * time.Second // from the end of the headers to the end of the answer
	idleLimit     = 60 * time.Second

	maxHeaderBytes = 16 << 10
)

// limits are how long roster itself may take.
type limits struct {
	// answer is for the use case and its waiting; then a request's context ends.
	answer time.Duration
	// drain is for all of a stop, goodbye for connections that idle then.
	drain, goodbye time.Duration
}

var defaultLimits = limits{answer: 30 * time.Second, drain: 25 * time.Second, goodbye: 250 * time.Millisecond}

// Run listens on the configured address and serves until ctx ends. Then it is not
// ready (/readyz), accepts no connection, tells clients that theirs close, lets
// requests that are under way finish, at most 25 s, and closes the App. A request's
// context does not end with ctx: it ends 30 s after the request began, or when the
// request is cut off.
//
// It returns nil after a stop in which nothing was cut off. An address that
// cannot be listened on is an error at once.
func (a *App) Run(ctx context.Context) error {
	err := errors.Join(a.listenAndServe(ctx), a.Close())
	if err == nil {
		a.logger.LogAttrs(ctx, slog.LevelInfo, "stopped")
	}
	return err
}

func (a *App) listenAndServe(ctx context.Context) error {
	address := net.JoinHostPort(a.config.Host, strconv.Itoa(a.config.Port))
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", address, rootCause(err))
	}
	for _, finding := range a.config.secretKeyFindings() {
		a.logger.LogAttrs(ctx, slog.LevelWarn, "unsafe setting",
			slog.String("problem", finding.Message), slog.String("hint", finding.Hint))
	}
	a.logger.LogAttrs(ctx, slog.LevelInfo, "serving",
		slog.String("url", "http://"+listener.Addr().String()+"/api/v1/"),
		slog.String("database", a.config.Database.String()))
	return a.serve(ctx, httpapi.Listener(listener, a.logger))
}

// serve serves until ctx ends and requests are done.
func (a *App) serve(ctx context.Context, listener net.Listener) error {
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	var connections connections
	server := newServer(limitAnswer(connections.sayGoodbye(a.Handler), a.limits.answer), a.logger)
	server.BaseContext = func(net.Listener) context.Context { return requests }
	server.ConnState = connections.count
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()

	select {
	case err := <-ended:
		return fmt.Errorf("the server failed: %w", err)
	case <-ctx.Done():
	}
	a.draining.Store(true)
	connections.leave()
	_ = listener.Close() // by itself: Shutdown would close idle connections too
	a.logger.LogAttrs(ctx, slog.LevelInfo, "stopping", slog.String("limit", a.limits.drain.String()))
	drain, cancel := context.WithTimeout(requests, a.limits.drain)
	defer cancel()
	<-ended //nolint:errcheck // that the listener is closed is no news
	connections.wait(drain, a.limits.goodbye)
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off after %s: %w", a.limits.drain, err), server.Close())
	}
	return nil
}

// newServer returns a server that no client can hold for longer than the limits.
func newServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      handler,
		ReadHeaderTimeout:            headersLimit,
		ReadTimeout:                  requestLimit,
		WriteTimeout:                 exchangeLimit,
		IdleTimeout:                  idleLimit,
		MaxHeaderBytes:               maxHeaderBytes,
		DisableGeneralOptionsHandler: true, // OPTIONS * is for handler too
		ErrorLog:                     slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

// limitAnswer ends the context of each request after limit.
func limitAnswer(next http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// rootCause returns what is at the end of err's chain: "address already in use"
// without the names of the system calls that found out.
func rootCause(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
