package app

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// serving is a server that runs, and what holds its clients to their limits.
type serving struct {
	config      Config
	logger      *slog.Logger
	goodbye     time.Duration
	server      *http.Server
	listener    net.Listener     // as it was opened
	accepting   *boundedListener // over it
	connections *connections
	paces       *paces
}

// newServing returns what serves the App over a listener.
func (a *App) newServing(listener net.Listener) *serving {
	certificate := a.certificate.Load()
	s := &serving{config: a.config, logger: a.logger, goodbye: a.goodbye, listener: listener, paces: newPaces(a.config)}
	s.connections = newConnections(connectionLimit(a.config, maxDescriptors()), a.config.WriteTimeout)
	if limit := s.connections.limit; limit < a.config.MaxConnections {
		a.logger.LogAttrs(context.Background(), slog.LevelWarn, "fewer connections than MAX_CONNECTIONS",
			slog.Int("limit", limit), slog.String("hint", "raise the limit on open files"))
	}
	s.accepting = &boundedListener{
		Listener:    httpapi.Listener(listener, a.logger),
		connections: s.connections,
		mute:        certificate != nil,
		logger:      a.logger,
		slots:       make(chan struct{}, refusers),
	}
	s.server = newServer(a.config, s.paces.limit(s.connections.sayGoodbye(a.Handler)), a.logger)
	s.server.ConnState = s.connections.note
	if certificate != nil {
		s.server.TLSConfig = certificate.config()
	}
	return s
}

// newServer returns a server that no client can hold for longer than config says.
//
// net/http's ReadTimeout and WriteTimeout are for whole requests, however large. What
// they are for is done by paces and connections, which see whether something moves.
func newServer(config Config, handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      handler,
		ReadHeaderTimeout:            config.HeaderTimeout, // and for a handshake
		IdleTimeout:                  config.IdleTimeout,
		MaxHeaderBytes:               int(config.MaxHeaderBytes),
		HTTP2:                        &http.HTTP2Config{MaxConcurrentStreams: maxStreams, MaxReceiveBufferPerConnection: streamBuffers},
		DisableGeneralOptionsHandler: true, // OPTIONS * is for handler too
		ErrorLog:                     log.New(serverLog{logger}, "", 0),
	}
}

// serverLog logs what net/http tells. Handshakes that break off are for DEBUG: anybody
// can break off as many as they like, and whoever looks whether the port is open does.
type serverLog struct{ logger *slog.Logger }

// Write implements io.Writer for one line.
func (l serverLog) Write(line []byte) (int, error) {
	level, text := slog.LevelWarn, strings.TrimSuffix(string(line), "\n")
	if strings.HasPrefix(text, "http: TLS handshake error") {
		level = slog.LevelDebug
	}
	l.logger.Log(context.Background(), level, text) //nolint:sloglint // the message is net/http's
	return len(line), nil
}

// What a connection of HTTP/2 may bring at once: requests, and bytes of their bodies
// that no handler has read yet.
const (
	maxStreams    = 100
	streamBuffers = 256 << 10
)

// serve serves until the listener is closed.
func (s *serving) serve() error {
	if s.server.TLSConfig != nil {
		return s.server.ServeTLS(s.accepting, "", "")
	}
	return s.server.Serve(s.accepting)
}

const (
	// hurriedStall is how long a client may stall in a stop, where it may stall for
	// longer else.
	hurriedStall = 5 * time.Second
	// lastCall is how long before the end of a stop those clients are dropped that
	// still keep it waiting.
	lastCall = time.Second
)

// drain ends the serving: with what is under way if it is done in time. served is
// what serve returns; requests is the context of all requests.
func (s *serving) drain(requests context.Context, served <-chan error) error {
	limit := s.config.ShutdownTimeout
	ctx, cancel := context.WithTimeout(requests, limit)
	defer cancel()
	s.connections.leave(hurriedStall)
	s.paces.hurry(hurriedStall)
	s.logger.LogAttrs(ctx, slog.LevelInfo, "stopping", slog.String("limit", limit.String()))

	time.Sleep(s.config.DrainDelay) // new connections are still served
	closeGently(s.listener)
	<-served //nolint:errcheck // that the listener is closed is no news
	s.logger.LogAttrs(ctx, slog.LevelInfo, "accepting no more connections")
	s.accepting.refusing.Wait()
	s.connections.wait(ctx, s.goodbye)

	dropSlow := time.AfterFunc(time.Until(deadlineOf(ctx))-min(lastCall, limit/4), func() {
		s.connections.leave(lastCall / 4)
		s.paces.dropSlow(lastCall / 4)
	})
	defer dropSlow.Stop()
	err := s.shutDown(ctx)
	s.connections.lingering.Wait()
	return err
}

// shutDown waits until every connection is closed, and cuts off what is left when ctx
// ends. It does not wait so long for clients alone: once no handler has worked for a
// moment, what remains is the rest of answers that nobody takes.
func (s *serving) shutDown(ctx context.Context) error {
	waiting, giveUp := context.WithCancel(ctx)
	defer giveUp()
	go s.watchHandlers(waiting, giveUp)
	err := s.server.Shutdown(waiting)
	if err == nil {
		return nil
	}
	s.connections.cutOff()
	working := s.paces.handled.Load()
	closed := s.server.Close()
	if working == 0 {
		return nil
	}
	return errors.Join(fmt.Errorf("requests were cut off after %s: %w", s.config.ShutdownTimeout, err), closed)
}

// watchHandlers calls idle once no handler has worked for hurriedStall.
func (s *serving) watchHandlers(ctx context.Context, idle func()) {
	tick := time.NewTicker(hurriedStall / 50)
	defer tick.Stop()
	last := time.Now()
	for time.Since(last) < hurriedStall {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if s.paces.handled.Load() > 0 {
			last = time.Now()
		}
	}
	idle()
}

func deadlineOf(ctx context.Context) time.Time {
	deadline, _ := ctx.Deadline()
	return deadline
}

// connectionLimit returns how many connections may be open where the process may have
// so many descriptors: the others are for the database, for refusals, and for what is
// fetched.
func connectionLimit(config Config, descriptors int) int {
	const files = 64 // of the database, the log and the runtime
	reserved := files + refusers + config.Fetch.Workers + config.FetchHostConnections
	return min(config.MaxConnections, max(descriptors-reserved, descriptors/2))
}
