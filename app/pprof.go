package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/app/server"
)

// profiler serves profiles of the process, on an address of its own and never on that of the API: they tell of the
// program's inside, and to make one takes what others have to wait for.
type profiler struct {
	server *http.Server
	served chan struct{} // closed when it serves no more
}

// startProfiler listens on config.PprofAddr and serves profiles until stop. It is nil, which can be stopped, where
// there is no such address. The error says why it cannot be listened on.
func (a *App) startProfiler(ctx context.Context) (*profiler, error) {
	address := a.config.PprofAddr
	if address == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	listener, err := server.Listen(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s for profiles: %w", address, rootCause(err))
	}
	p := &profiler{
		// There is no limit on how long an answer takes: a profile takes as long as it was asked to.
		server: &http.Server{Handler: profiles(), ReadHeaderTimeout: a.config.HeaderTimeout, IdleTimeout: time.Minute},
		served: make(chan struct{}),
	}
	go func() {
		defer close(p.served)
		if err := p.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.logger.LogAttrs(ctx, slog.LevelWarn, "profiles are served no more", slog.String("error", err.Error()))
		}
	}()
	a.logger.LogAttrs(ctx, slog.LevelInfo, "serving profiles", slog.String("url", "http://"+listener.Addr().String()+"/debug/pprof/"))
	return p, nil
}

// stop ends the serving and breaks off profiles that are being made: whoever stops the server need not wait for them.
func (p *profiler) stop() {
	if p == nil {
		return
	}
	_ = p.server.Close()
	<-p.served
}

// profiles returns what net/http/pprof offers, which it puts on http.DefaultServeMux too, where nothing of roster serves.
func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return refuseNames(mux)
}

// refuseNames answers 421 where the Host of a request is a name other than localhost: a page of anybody's whose name was made to
// lead here (DNS rebinding) is of the same origin for a browser, which lets it read what it gets.
func refuseNames(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if host = strings.Trim(host, "[]"); !strings.EqualFold(host, "localhost") && net.ParseIP(host) == nil {
			http.Error(w, "profiles are served to who asks an IP address or localhost", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// checkPprof reports what is no address to listen on.
func (m *mistakes) checkPprof(address string) {
	if address == "" {
		return
	}
	host, port, err := net.SplitHostPort(address)
	_, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || host != "" && net.ParseIP(host) == nil && !hostName.MatchString(host) {
		m.add("PPROF_ADDR", fmt.Sprintf("%q is no address to listen on", address))
	}
}

// pprofFindings returns what stands against the address of profiles: one finding or none.
func (c Config) pprofFindings() []Finding {
	host, _, err := net.SplitHostPort(c.PprofAddr)
	if err != nil || isLoopback(host) {
		return nil
	}
	return []Finding{{
		FindingWarning, "deploy.W010", "PPROF_ADDR",
		fmt.Sprintf("PPROF_ADDR is %s, so whoever reaches it may look into the program's memory and keep a processor busy.", c.PprofAddr),
		"Set PPROF_ADDR=127.0.0.1:6060, and look from this machine or through a tunnel.",
	}}
}
