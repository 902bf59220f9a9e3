// Package server serves a handler over connections that no client can hold for longer
// than it may, and stops without losing a request that was begun. It is what net/http
// leaves to others: how many connections are open, how slowly a body may come and an
// answer be taken, and how those that are open learn that they are to go.
package server

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

// Config says what clients may take. All numbers count as they are: a 0 is none.
type Config struct {
	// MaxConnections is how many connections are open at once, and how many requests are
	// being served, and never more than the limit on open files allows beside OtherFiles,
	// which are for whatever else the process does.
	MaxConnections, OtherFiles int
	// MaxHeaderBytes is the greatest size of a request's headers, more than 4 KiB. Over
	// HTTP/2 it is 4 KiB less.
	MaxHeaderBytes int
	// HeaderTimeout is how long headers may take, and a handshake.
	HeaderTimeout time.Duration
	// BodyStallTimeout is how long nothing of a body may come, BodyTimeout how long all
	// of it may take; or, where it takes long by its nature (Span), each 64 KiB.
	BodyStallTimeout, BodyTimeout time.Duration
	// AnswerTimeout is when a request's context ends, from its beginning, unless it takes
	// long by its nature.
	AnswerTimeout time.Duration
	// Span tells how long a request may take; nil is httpapi.SpanOf.
	Span func(r *http.Request) httpapi.Span
	// WriteTimeout is how long a client may take nothing of an answer.
	WriteTimeout time.Duration
	// IdleTimeout is how long a connection is kept that brings no request.
	IdleTimeout time.Duration

	// Runnable returns how many goroutines wait for a processor; nil asks the runtime.
	// Where it is more than a few, clients take turns.
	Runnable func() int

	// Stopping is called when a stop begins, before any client is told.
	Stopping func()
	// ShutdownTimeout is how long a stop may take. DrainDelay is how long, from its
	// beginning, new connections are still accepted. Goodbye is how long connections that
	// idle may then bring one more request.
	ShutdownTimeout, DrainDelay, Goodbye time.Duration

	// Figures tell of the server from then on; nil tells nobody.
	Figures *Figures
	// Certificate is what TLS is spoken with; nil speaks none.
	Certificate *Certificate
	// Logger is told of what goes wrong and of the steps of a stop.
	Logger *slog.Logger
}

// Listen opens a listener that Serve can close without losing whom the system has
// already told that they are connected.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false) // it is Go's default, and knows no filter: see closeGently
	return config.Listen(ctx, "tcp", address)
}

// Serve serves handler until ctx ends and then until requests are done, within
// ShutdownTimeout. A request's context does not end with ctx: it ends AnswerTimeout
// after the request began, or when the request is cut off. What takes long by its nature
// (Config.Span) ends when a stop begins, if it waits for events, and else shortly before
// its end, by a context whose cause is httpapi.ErrStopping. The listener is closed when
// Serve returns.
//
// It returns nil after a stop in which nothing was cut off but clients that were too
// slow.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, config Config) error {
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	s := newServing(listener, handler, config)
	s.server.BaseContext = func(net.Listener) context.Context { return requests }
	ended := make(chan error, 1)
	go func() { ended <- s.serve() }()

	select {
	case err := <-ended:
		return fmt.Errorf("the server failed: %w", err)
	case <-ctx.Done():
	}
	config.Stopping()
	return s.drain(requests, ended)
}

// serving is a server that runs, and what holds its clients to their limits.
type serving struct {
	config      Config
	server      *http.Server
	listener    net.Listener     // as it was opened
	accepting   *boundedListener // over it
	connections *connections
	paces       *paces
}

func newServing(listener net.Listener, handler http.Handler, config Config) *serving {
	s := &serving{config: config, listener: listener}
	limit := connectionLimit(config, maxDescriptors())
	s.paces = newPaces(config, limit)
	s.connections = newConnections(limit, config.WriteTimeout, newTurns(config.Runnable, config.HeaderTimeout/4))
	if limit < config.MaxConnections {
		config.Logger.LogAttrs(context.Background(), slog.LevelWarn, "fewer connections than MAX_CONNECTIONS",
			slog.Int("limit", limit), slog.String("hint", "raise the limit on open files"))
	}
	s.accepting = &boundedListener{
		Listener:    httpapi.Listener(listener, config.Logger),
		connections: s.connections,
		mute:        config.Certificate != nil,
		logger:      config.Logger,
		slots:       make(chan struct{}, refusers),
	}
	s.server = newServer(config, resetBroken(s.paces.limit(s.connections.sayGoodbye(handler))))
	s.server.ConnState = s.connections.note
	s.server.ConnContext = withConnection
	if config.Figures != nil {
		config.Figures.of.Store(s)
	}
	return s
}

// headerSlop is how much more of the headers net/http reads than it is told.
const headerSlop = 4 << 10

// newServer returns a server that no client can hold for longer than config says.
//
// net/http's ReadTimeout and WriteTimeout are for whole requests, however large. What
// they are for is done by paces and connections, which see whether something moves.
func newServer(config Config, handler http.Handler) *http.Server {
	server := &http.Server{
		Handler:                      handler,
		ReadHeaderTimeout:            config.HeaderTimeout, // and for a handshake
		IdleTimeout:                  config.IdleTimeout,
		MaxHeaderBytes:               config.MaxHeaderBytes - headerSlop,
		HTTP2:                        &http.HTTP2Config{MaxConcurrentStreams: maxStreams, MaxReceiveBufferPerConnection: streamBuffers},
		DisableGeneralOptionsHandler: true, // OPTIONS * is for handler too
		ErrorLog:                     log.New(serverLog{config.Logger}, "", 0),
	}
	if config.Certificate != nil {
		server.TLSConfig = config.Certificate.config()
	}
	return server
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
	s.paces.endSpan(httpapi.SpanOpen)
	s.connections.leave(hurriedStall)
	s.paces.hurry(hurriedStall)
	s.config.Logger.LogAttrs(ctx, slog.LevelInfo, "stopping", slog.String("limit", limit.String()))

	time.Sleep(s.config.DrainDelay) // new connections are still served
	closeGently(s.listener)
	<-served //nolint:errcheck // that the listener is closed is no news
	s.config.Logger.LogAttrs(ctx, slog.LevelInfo, "accepting no more connections")
	s.accepting.refusing.Wait()
	s.connections.wait(ctx, s.config.Goodbye)

	dropSlow := time.AfterFunc(time.Until(deadlineOf(ctx))-min(lastCall, limit/4), func() {
		s.connections.leave(lastCall / 4)
		s.paces.dropSlow(lastCall / 4)
	})
	defer dropSlow.Stop()
	err := s.shutDown(ctx)
	stop := context.AfterFunc(ctx, s.connections.cutOff) // who lingers has no more time than the others
	defer stop()
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
// so many descriptors: some of the others are for refusals.
func connectionLimit(config Config, descriptors int) int {
	reserved := config.OtherFiles + refusers
	return min(config.MaxConnections, max(descriptors-reserved, descriptors/2))
}
