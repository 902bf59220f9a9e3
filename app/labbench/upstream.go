package labbench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// upstream is somebody else's service: a server on the loopback interface.
type upstream struct {
	address string
	server  *http.Server
	served  chan error
}

func serveUpstream(ctx context.Context, how lab.Upstream) (*upstream, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot serve documents for the lab: %w", err)
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /calls/{call}/items/{item}", func(w http.ResponseWriter, r *http.Request) { serveDocument(w, r, how) })
	u := &upstream{
		address: listener.Addr().String(),
		server:  &http.Server{Handler: routes, ReadHeaderTimeout: lab.Patience},
		served:  make(chan error, 1),
	}
	go func() { u.served <- u.server.Serve(listener) }()
	return u, nil
}

// close ends the server and its connections, and waits until nobody listens.
func (u *upstream) close() error {
	err := u.server.Close()
	if served := <-u.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func serveDocument(w http.ResponseWriter, r *http.Request, how lab.Upstream) {
	call, err := strconv.Atoi(r.PathValue("call"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	item, err := strconv.Atoi(r.PathValue("item"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	wait, fails := fate(how, call, item)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
		return
	}
	if fails {
		http.Error(w, "out of order", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"call": %d, "item": %d}`, call, item) // who has gone needs no answer
}

// fate returns how long a document takes and whether it fails. Each document has its own, whoever asks and in whichever order, so every strategy
// has the same work.
func fate(how lab.Upstream, call, item int) (wait time.Duration, fails bool) {
	source := rand.New(rand.NewPCG(uint64(call), uint64(item)))
	wait = how.Latency
	if how.Jitter > 0 {
		wait += time.Duration(source.Int64N(int64(2*how.Jitter)+1)) - how.Jitter
	}
	fails = source.Float64() < how.Failures
	if item == 0 && how.Slow > 0 {
		wait = how.Slow
	}
	return wait, fails
}
