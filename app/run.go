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
	drainLimit  = 25 * time.Second

	maxHeaderBytes = 16 << 10
)

// Run listens on the configured address and serves until ctx ends. Then it
// accepts nothing new, lets requests that are under way finish, at most 25 s, and
// closes the App. The end of ctx does not end the contexts of requests.
//
// It returns nil after a stop in which nothing was cut off. An address that
// cannot be listened on is an error at once.
func (a *App) Run(ctx context.Context) error {
	return errors.Join(a.listenAndServe(ctx), a.Close())
}

func (a *App) listenAndServe(ctx context.Context) error {
	address := net.JoinHostPort(a.config.Host, strconv.Itoa(a.config.Port))
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", address, rootCause(err))
	}
	for _, finding := range a.config.secretKeyFindings() {
		a.logger.LogAttrs(ctx, slog.LevelWarn, finding.Message, slog.String("hint", finding.Hint))
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
	server := &http.Server{
		Handler:                      a.Handler,
		BaseContext:                  func(net.Listener) context.Context { return requests },
		ReadHeaderTimeout:            headerLimit,
		ReadTimeout:                  requestLimit,
		WriteTimeout:                 answerLimit,
		IdleTimeout:                  idleLimit,
		MaxHeaderBytes:               maxHeaderBytes,
		DisableGeneralOptionsHandler: true, // OPTIONS * is for Handler too
		ErrorLog:                     slog.NewLogLogger(a.logger.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	select {
	case err := <-failed:
		return fmt.Errorf("the server failed: %w", err)
	case <-ctx.Done():
	}
	start := time.Now()
	a.logger.LogAttrs(ctx, slog.LevelInfo, "stopping", slog.String("limit", a.drainLimit.String()))
	drain, cancel := context.WithTimeout(requests, a.drainLimit)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off after %s: %w", a.drainLimit, err), server.Close())
	}
	a.logger.LogAttrs(ctx, slog.LevelInfo, "stopped", slog.Duration("duration", time.Since(start)))
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
