package server

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// boundedListener accepts connections for a server as long as there is room for them.
// The others it answers itself, a few at a time, or just closes.
type boundedListener struct {
	net.Listener
	connections *connections
	// mute is for TLS: without a handshake nothing can be said.
	mute   bool
	logger *slog.Logger

	slots    chan struct{} // one for each that is being refused
	refusing sync.WaitGroup
	refused  refusals
}

// refusals are all there were, and those that have not been told.
type refusals struct {
	all        atomic.Uint64
	mu         sync.Mutex
	count      int
	nextToTell time.Time
}

// tell logs one more, once a second at most.
func (r *refusals) tell(logger *slog.Logger, message string, limit int) {
	r.all.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	if now := time.Now(); now.After(r.nextToTell) {
		logger.LogAttrs(context.Background(), slog.LevelWarn, message, slog.Int("limit", limit), slog.Int("refused", r.count)) //nolint:sloglint // both messages are constants of the callers
		r.count, r.nextToTell = 0, now.Add(time.Second)
	}
}

const (
	// refusers is how many connections are refused at once, with an answer.
	refusers = 64
	// refusalLimit is how long that may take.
	refusalLimit = time.Second
)

// Accept implements net.Listener.
func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if admitted := l.connections.admit(accepted); admitted != nil {
			return admitted, nil
		}
		l.refused.tell(l.logger, "too many connections", l.connections.limit)
		l.refuse(accepted)
	}
}

// refuse answers a connection that there is no room for with 503, and closes it.
func (l *boundedListener) refuse(conn net.Conn) {
	if !l.mute {
		select {
		case l.slots <- struct{}{}:
			l.refusing.Go(func() {
				sayBusy(conn)
				<-l.slots
			})
			return
		default:
		}
	}
	_ = conn.Close()
}

// sayBusy answers once the client has begun to ask: some take an answer before that
// for a broken connection.
func sayBusy(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(refusalLimit))
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		return
	}
	if _, err := conn.Write(httpapi.BusyAnswer(time.Now())); err != nil {
		return
	}
	linger(conn, refusalLimit, lingerBytes)
}
