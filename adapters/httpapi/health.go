package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/adapters/internal/sharedcall"
	"github.com/seed-bbcc19ba/roster/domain"
)

// The paths of the probes. They stand outside the API: the original had none.
const (
	alivePath = "/healthz"
	readyPath = "/readyz"
)

// IsProbe tells whether a path is that of a probe, which comes every few seconds.
func IsProbe(path string) bool { return path == alivePath || path == readyPath }

// readyLimit is how long a probe waits for Config.Ready.
const readyLimit = 2 * time.Second

// healthStatus is the body of a probe's answer.
type healthStatus struct {
	Status string `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// health answers the probes: alivePath says that the process answers requests and
// touches nothing, readyPath says whether the use cases can be expected to work.
//
// A probe passes by the check of the host (it names an address, not a host) and
// by whatever limits clients. So it costs little: probes at the same time share one
// call of ready, which is never running twice, however long it takes.
type health struct {
	ready  func(ctx context.Context) error
	logger *slog.Logger

	call    *sharedcall.Call
	unready bool // what the last call found; only the one call of the moment uses it
}

// answerProbes answers the probes and hands everything else on.
func answerProbes(next http.Handler, config Config) http.Handler {
	h := &health{ready: config.Ready, logger: config.Logger}
	h.call = sharedcall.New(h.callReady, readyLimit)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var check func(ctx context.Context) error
		switch r.URL.Path {
		case alivePath:
			check = func(context.Context) error { return nil }
		case readyPath:
			check = h.checkReady
		default:
			next.ServeHTTP(w, r)
			return
		}
		if e, isExchange := w.(*exchange); isExchange {
			e.route, e.probe = r.URL.Path, true
		}
		setHeader(w, "Cache-Control", "no-store") // a probe asks for this moment
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			setHeader(w, "Allow", "GET, HEAD")
			replyTo(methodNotAllowed(r)).write(w, 0)
			return
		}
		answerProbe(r, check).write(w, 0)
	})
}

func answerProbe(r *http.Request, check func(ctx context.Context) error) reply {
	if err := check(r.Context()); err != nil {
		return reply{
			status:     http.StatusServiceUnavailable,
			body:       healthStatus{Status: "unavailable", Detail: domain.MessageOf(err)},
			retryAfter: drf.Translate(domain.CodeUnavailable).RetryAfter,
		}
	}
	return ok(healthStatus{Status: "ok"})
}

// errNotReadyInTime is the answer to a probe whose call of ready takes too long.
var errNotReadyInTime = &domain.Error{Code: domain.CodeDeadline, Message: "the server cannot tell in time"}

// checkReady returns what ready returns, after readyLimit at the latest, also where
// ready does not heed its context.
func (h *health) checkReady(ctx context.Context) error {
	if h.ready == nil {
		return nil
	}
	return h.call.Within(ctx, readyLimit, errNotReadyInTime)
}

// callReady calls ready, and logs what has changed. A panic is an error of ready.
func (h *health) callReady(ctx context.Context) error {
	err := sharedcall.Caught(ctx, h.ready)
	h.tell(ctx, err)
	return err
}

// tell logs a change. The cause of an error is for the log only, and a probe comes
// every few seconds.
func (h *health) tell(ctx context.Context, err error) {
	switch unready := err != nil; {
	case unready == h.unready:
		return
	case unready:
		attrs := []slog.Attr{slog.String("error", err.Error())}
		if crash := (*domain.PanicError)(nil); errors.As(err, &crash) {
			attrs = append(attrs, slog.String("stack", string(crash.Stack)))
		}
		h.logger.LogAttrs(ctx, slog.LevelWarn, "not ready", attrs...)
	default:
		h.logger.LogAttrs(ctx, slog.LevelInfo, "ready again")
	}
	h.unready = err != nil
}
