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
)

// How long a client, and a stop, may take.
const (
	headerLimit = 5 * time.Second
	// requestLimit is for a request and its body, and ends the context of a request
	// that is not answered by then.
	requestLimit = 30 * time.Second
	// answerLimit counts from the end of the request's headers.
	answerLimit = 60 * time.Second
	idleLimit   = 60 * time.Second
	// drainLimit is for all of a stop, goodbyeLimit for connections that idle then.
	drainLimit   = 25 * time.Second
	goodbyeLimit = 250 * time.Millisecond

	maxHeaderBytes = 16 << 10
)

// Run listens on the configured address and serves until ctx ends. Then it
// accepts no connection, tells clients that theirs close, lets requests that are
// under way finish, at most 25 s, and closes the App. The end of ctx does not end
// the contexts of requests.
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
	return a.serve(ctx, listener)
}

// serve serves until ctx ends and requests are done.
func (a *App) serve(ctx context.Context, listener net.Listener) error {
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	var connections connections
	server := &http.Server{
		Handler:                      connections.sayGoodbye(a.Handler),
		BaseContext:                  func(net.Listener) context.Context { return requests },
		ConnState:                    connections.count,
		ReadHeaderTimeout:            headerLimit,
		ReadTimeout:                  requestLimit,
		WriteTimeout:                 answerLimit,
		IdleTimeout:                  idleLimit,
		MaxHeaderBytes:               maxHeaderBytes,
		DisableGeneralOptionsHandler: true, // OPTIONS * is for Handler too
		ErrorLog:                     slog.NewLogLogger(a.logger.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()

	select {
	case err := <-ended:
		return fmt.Errorf("the server failed: %w", err)
	case <-ctx.Done():
	}
	a.logger.LogAttrs(ctx, slog.LevelInfo, "stopping", slog.String("limit", a.drainLimit.String()))
	drain, cancel := context.WithTimeout(requests, a.drainLimit)
	defer cancel()
	_ = listener.Close() // Shutdown would close idle connections at the same time
	<-ended //nolint:errcheck // that the listener is closed is no news
	connections.leave(drain, a.goodbyeLimit)
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off after %s: %w", a.drainLimit, err), server.Close())
	}
	return nil
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
