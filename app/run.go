package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/app/server"
)

// Run listens on the configured address and serves until ctx ends. Then it is not
// ready (/readyz), and its answers tell clients that their connections close. It goes
// on accepting connections for config.DrainDelay, then it accepts none, lets requests
// that are under way finish, and closes the App, all within config.ShutdownTimeout. A
// request's context does not end with ctx: it ends config.AnswerTimeout after the
// request began, or when the request is cut off. Profiles (config.PprofAddr) are served until ctx ends.
//
// It returns nil after a stop in which nothing was cut off but clients that were too
// slow. An address that cannot be listened on and a certificate that cannot be used
// are errors at once.
func (a *App) Run(ctx context.Context) error {
	err := errors.Join(a.listenAndServe(ctx), a.Close())
	if err == nil {
		a.logger.LogAttrs(ctx, slog.LevelInfo, "stopped")
	}
	return err
}

func (a *App) listenAndServe(ctx context.Context) error {
	if err := a.readCertificate(); err != nil {
		return err
	}
	if err := a.refuseOldQueue(ctx); err != nil {
		return err
	}
	address := net.JoinHostPort(a.config.Host, strconv.Itoa(a.config.Port))
	listener, err := server.Listen(ctx, address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", address, rootCause(err))
	}
	profiler, err := a.startProfiler(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer profiler.stop()
	stopProfiles := context.AfterFunc(ctx, profiler.stop)
	defer stopProfiles()
	for _, finding := range a.config.secretKeyFindings() {
		a.logger.LogAttrs(ctx, slog.LevelWarn, "unsafe setting",
			slog.String("problem", finding.Message), slog.String("hint", finding.Hint))
	}
	scheme := "http"
	if a.certificate.Load() != nil {
		scheme = "https"
	}
	a.logger.LogAttrs(ctx, slog.LevelInfo, "serving",
		slog.String("url", scheme+"://"+listener.Addr().String()+"/api/v1/"),
		slog.String("database", a.config.Database.String()))
	return a.serve(ctx, listener)
}

func (a *App) readCertificate() error {
	if a.config.TLSCertFile == "" {
		return nil
	}
	certificate, err := server.ReadCertificate(a.config.TLSCertFile, a.config.TLSKeyFile, a.logger)
	a.certificate.Store(certificate)
	return err
}

// ReloadCertificate reads the certificate again where its files have changed, as the
// next handshakes would, and logs what came of it. It does nothing before Run.
func (a *App) ReloadCertificate(ctx context.Context) {
	if certificate := a.certificate.Load(); certificate != nil {
		certificate.Reload(ctx)
	}
}

// serve serves, works off jobs and tidies up until ctx ends and all of it is done.
func (a *App) serve(ctx context.Context, listener net.Listener) error {
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { a.tidy(ctx) })
	beside.Go(func() { a.countPersons(ctx) })
	if a.config.JobWorkers > 0 {
		beside.Go(func() { a.workBeside(ctx) })
	}
	return a.serveRequests(ctx, listener)
}

// countPersons reads a page before anybody asks. A store may have to count all persons for its first one, which takes
// a third of a second for 10 million. That it cannot is told to who asks for a page.
func (a *App) countPersons(ctx context.Context) {
	defer func() { _ = recover() }() // as httpapi's log does: the next page meets it again
	_, _ = a.Registry.List(ctx, 1)
}

func (a *App) serveRequests(ctx context.Context, listener net.Listener) error {
	const files = 64 // of the database, the log and the runtime
	config := a.config
	return server.Serve(ctx, listener, a.Handler, server.Config{
		MaxConnections:   config.MaxConnections,
		OtherFiles:       files + config.Fetch.Workers + config.FetchHostConnections,
		MaxHeaderBytes:   int(config.MaxHeaderBytes),
		HeaderTimeout:    config.HeaderTimeout,
		BodyStallTimeout: config.BodyStallTimeout,
		BodyTimeout:      config.BodyTimeout,
		AnswerTimeout:    config.AnswerTimeout,
		Span:             spanOf,
		WriteTimeout:     config.WriteTimeout,
		IdleTimeout:      config.IdleTimeout,
		Runnable:         a.runnable,
		Stopping:         a.beginStop,
		ShutdownTimeout:  config.ShutdownTimeout,
		DrainDelay:       config.DrainDelay,
		Goodbye:          a.goodbye,
		Figures:          &a.server,
		Certificate:      a.certificate.Load(),
		Logger:           a.logger,
	})
}

// beginStop notes that a stop has begun: the server is not ready any more.
func (a *App) beginStop() {
	now := time.Now()
	a.stopBegan.Store(&now)
	a.draining.Store(true)
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
