package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// withReady returns the API over use cases that must not be called, with ready and
// a log of every level.
func withReady(t *testing.T, ready func(ctx context.Context) error) (http.Handler, *bytes.Buffer) {
	t.Helper()
	var lines bytes.Buffer
	probed := config
	probed.Ready = ready
	probed.Logger = slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return openWith(t, untouchable(t), probed), &lines
}

func probe(handler http.Handler, method, path string) *httptest.ResponseRecorder {
	r := request(method, path, "")
	r.Host = "10.0.0.7:8000" // whoever probes names an address, which no list allows
	return send(handler, r)
}

func TestProbesAreAnswered(t *testing.T) {
	t.Parallel()
	broken := func(context.Context) error {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the disk is full", Cause: errors.New("secret")}
	}
	const good, bad = `{"status":"ok"}`, `{"status":"unavailable","detail":"the disk is full"}`
	for _, test := range []struct {
		name, method, path string
		ready              func(ctx context.Context) error
		status             int
		body, retryAfter   string
	}{
		{"alive", http.MethodGet, "/healthz", nil, 200, good, ""},
		{"alive to HEAD", http.MethodHead, "/healthz", nil, 200, good, ""},
		{"alive whatever is broken", http.MethodGet, "/healthz", broken, 200, good, ""},
		{"ready where nobody says no", http.MethodGet, "/readyz", nil, 200, good, ""},
		{"ready", http.MethodGet, "/readyz", func(context.Context) error { return nil }, 200, good, ""},
		{"not ready", http.MethodGet, "/readyz", broken, 503, bad, "1"},
		{"not ready to HEAD", http.MethodHead, "/readyz", broken, 503, bad, "1"},
		{
			"not ready by an error that nobody translated", http.MethodGet, "/readyz", func(context.Context) error { return errors.New("secret") },
			503, `{"status":"unavailable","detail":"internal error"}`, "1",
		},
		{
			"not ready by a panic", http.MethodGet, "/readyz", func(context.Context) error { panic("secret") },
			503, `{"status":"unavailable","detail":"internal error"}`, "1",
		},
		{"another method", http.MethodPost, "/readyz", broken, 405, `{"detail":"Method \"POST\" not allowed."}`, ""},
		{"OPTIONS", http.MethodOptions, "/healthz", nil, 405, `{"detail":"Method \"OPTIONS\" not allowed."}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			handler, _ := withReady(t, test.ready)
			got := probe(handler, test.method, test.path)
			wantAnswer(t, got, test.status, test.body)
			header := got.Header()
			if header.Get("Retry-After") != test.retryAfter || header.Get("Cache-Control") != "no-store" {
				t.Errorf("got %v, want Retry-After %q and no cache to keep it", header, test.retryAfter)
			}
			if allow := header.Get("Allow"); (allow == "GET, HEAD") != (test.status == http.StatusMethodNotAllowed) {
				t.Errorf("got Allow %q with status %d", allow, got.Code)
			}
		})
	}
}

func TestProbesAreLoggedAtDebugAndAChangeOnce(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	handler, lines := withReady(t, func(context.Context) error {
		if broken.Load() {
			return &domain.Error{Code: domain.CodeUnavailable, Message: "read-only", Cause: errors.New("the cause")}
		}
		return nil
	})
	for _, state := range []bool{false, true, true, false, false} {
		broken.Store(state)
		probe(handler, http.MethodGet, "/readyz")
		probe(handler, http.MethodGet, "/healthz")
	}
	for text, want := range map[string]int{
		`"level":"DEBUG","msg":"request"`: 10, `"msg":"request"`: 10, `"route":"/readyz"`: 5,
		`"level":"WARN","msg":"not ready","error":"read-only: the cause"`: 1, `"level":"INFO","msg":"ready again"`: 1,
	} {
		if got := strings.Count(lines.String(), text); got != want {
			t.Errorf("got %d lines with %s, want %d, in\n%s", got, text, want, lines)
		}
	}
}

func TestProbesAtTheSameTimeShareOneCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		handler, _ := withReady(t, func(context.Context) error {
			calls.Add(1)
			time.Sleep(time.Second)
			return nil
		})
		var probes sync.WaitGroup
		for range 100 {
			probes.Go(func() {
				if got := probe(handler, http.MethodGet, "/readyz"); got.Code != http.StatusOK {
					t.Errorf("got status %d, want 200", got.Code)
				}
			})
		}
		probes.Wait()
		if calls.Load() != 1 {
			t.Errorf("got %d calls for 100 probes at once, want 1", calls.Load())
		}
		probe(handler, http.MethodGet, "/readyz")
		if calls.Load() != 2 {
			t.Errorf("got %d calls after one more probe, want 2: an answer of before is no answer", calls.Load())
		}
	})
}

func TestACallThatHangsHoldsNoProbeAndIsNotRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		release := make(chan struct{})
		handler, _ := withReady(t, func(ctx context.Context) error {
			calls.Add(1)
			<-release // it does not heed its context
			return ctx.Err()
		})
		for n := range 5 {
			start := time.Now()
			got := probe(handler, http.MethodGet, "/readyz")
			wantAnswer(t, got, http.StatusServiceUnavailable, `{"status":"unavailable","detail":"the server cannot tell in time"}`)
			if took := time.Since(start); took != 2*time.Second {
				t.Errorf("probe %d: answered after %s, want 2s", n, took)
			}
		}
		if calls.Load() != 1 {
			t.Errorf("got %d calls at once, want 1: they must not pile up", calls.Load())
		}
		close(release)
		synctest.Wait()
	})
}

// A client that goes takes nobody else's answer with it.
func TestAProbeThatIsGivenUpDoesNotEndTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler, _ := withReady(t, func(ctx context.Context) error {
			select {
			case <-time.After(time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		ctx, giveUp := context.WithTimeout(t.Context(), time.Millisecond)
		defer giveUp()
		go send(handler, request(http.MethodGet, "/readyz", "").WithContext(ctx))
		synctest.Wait()
		if got := probe(handler, http.MethodGet, "/readyz"); got.Code != http.StatusOK {
			t.Errorf("got %d %s, want 200: another client gave up, not this one", got.Code, got.Body)
		}
	})
}
