package httpapi_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// figures are metrics that tell so.
var figures = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = io.WriteString(w, "figures")
})

func TestMetricsAreServedToWhoeverAsksTheRightHost(t *testing.T) {
	t.Parallel()
	measured := config
	measured.Metrics = figures
	handler := openWith(t, untouchable(t), measured)
	stranger := request(http.MethodGet, "/metrics", "")
	stranger.Host = "evil.example"
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		body    string
	}{
		"GET":              {request(http.MethodGet, "/metrics", ""), 200, "figures"},
		"HEAD":             {request(http.MethodHead, "/metrics", ""), 200, "figures"}, // net/http sends none of it
		"another method":   {request(http.MethodPost, "/metrics", ""), 405, "not allowed"},
		"a slash too many": {request(http.MethodGet, "/metrics/", ""), 404, "Not found"},
		"another host":     {stranger, 400, "Invalid Host header"},
	} {
		answer := send(handler, test.request)
		if answer.Code != test.status || !strings.Contains(answer.Body.String(), test.body) {
			t.Errorf("%s: got %d %s, want %d with %q", name, answer.Code, answer.Body, test.status, test.body)
		}
	}
	answer := send(handler, request(http.MethodPost, "/metrics", ""))
	if got := answer.Header().Get("Allow"); got != "GET, HEAD" {
		t.Errorf("got Allow %q, want GET, HEAD", got)
	}
	if got := send(handler, request(http.MethodGet, "/metrics", "")).Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("got Cache-Control %q, want no-store", got)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		if got := send(openWith(t, untouchable(t), config), request(method, "/metrics", "")); got.Code != http.StatusNotFound {
			t.Errorf("%s without metrics: got %d, want 404", method, got.Code)
		}
	}
}

func TestAScrapeCostsAClientNothingAndIsLoggedAsProbesAre(t *testing.T) {
	t.Parallel()
	limiter := answering(domain.Decision{}, nil) // refuses all
	var lines bytes.Buffer
	var observed []httpapi.Observation
	measured := limitedBy(limiter)
	measured.Metrics = figures
	measured.Logger = slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	measured.Observe = func(o httpapi.Observation) { observed = append(observed, o) }
	handler := openWith(t, untouchable(t), measured)
	if got := send(handler, request(http.MethodGet, "/metrics", "")); got.Code != http.StatusOK || len(costs(limiter)) != 0 {
		t.Errorf("got %d and the costs %v, want 200 for nothing", got.Code, costs(limiter))
	}
	if got := lines.String(); !strings.Contains(got, `"level":"DEBUG"`) || !strings.Contains(got, `"route":"/metrics"`) {
		t.Errorf("got the log %s, want a line at DEBUG with the route", got)
	}
	if len(observed) != 1 || observed[0].Route != "/metrics" || observed[0].Status != http.StatusOK {
		t.Errorf("observed %+v, want the scrape", observed)
	}
}

func TestWhereTokensAreAskedForAScrapeNeedsOneThatReads(t *testing.T) {
	t.Parallel()
	gate := newGate(t, memstore.New())
	limiter := answering(domain.Decision{Allowed: true}, nil)
	measured := limitedBy(limiter)
	measured.Metrics, measured.Tokens, measured.Access = figures, gate, accessByMethod
	handler := openWith(t, untouchable(t), measured)
	for _, test := range []struct {
		name, method, header string
		status               int
		costs                int
	}{
		{"with a token that reads", http.MethodGet, "Bearer " + string(gate.reads), 200, 0},
		{"HEAD with a token that reads", http.MethodHead, "Bearer " + string(gate.reads), 200, 0},
		{"without a token", http.MethodGet, "", 401, 1},
		{"HEAD without a token", http.MethodHead, "", 401, 1},
		{"with a token that opens nothing", http.MethodGet, "Token none", 401, 1},
		{"another method with a token that reads", http.MethodPost, "Bearer " + string(gate.reads), 403, 1},
		{"another method with a token that writes", http.MethodPost, "Bearer " + string(gate.writes), 405, 0},
	} {
		before := len(costs(limiter))
		r := request(test.method, "/metrics", "")
		if test.header != "" {
			r.Header.Set("Authorization", test.header)
		}
		answer := send(handler, r)
		if answer.Code != test.status || len(costs(limiter))-before != test.costs {
			t.Errorf("%s: got %d for %d, want %d for %d", test.name, answer.Code, len(costs(limiter))-before, test.status, test.costs)
		}
	}
}

// What a client may be answered in place of figures, as it is described.
func TestAScrapeThatIsRefused(t *testing.T) {
	t.Parallel()
	limiter := inMemory(t, 1, time.Minute)
	measured := limitedBy(limiter)
	measured.Metrics, measured.Tokens, measured.Access = figures, newGate(t, memstore.New()), accessByMethod
	handler := openWith(t, untouchable(t), measured)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		stranger := request(method, "/metrics", "")
		stranger.Host = "evil.example"
		for _, test := range []struct {
			request *http.Request
			status  int
		}{
			{stranger, 400},
			{request(method, "/metrics?"+strings.Repeat("x", 9000), ""), 414},
			{request(method, "/metrics", ""), map[string]int{http.MethodGet: 401, http.MethodHead: 429}[method]}, // there is one for a minute
			{request(method, "/metrics", ""), 429},
		} {
			test.request.RequestURI = test.request.URL.RequestURI()
			if answer := send(handler, test.request); answer.Code != test.status {
				t.Errorf("%s %.40s: got %d %s, want %d", method, test.request.RequestURI, answer.Code, answer.Body, test.status)
			}
		}
	}
}

// stuckTokens know nobody in time.
type stuckTokens struct{}

func (stuckTokens) Check(ctx context.Context, _ account.APISecret) (account.APIToken, error) {
	<-ctx.Done()
	return account.APIToken{}, domain.ContextError(ctx)
}

func TestAStoreThatIsStuckKeepsNoScrapeWaitingForItsToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		measured := config
		measured.Metrics, measured.Tokens, measured.Access = figures, stuckTokens{}, accessByMethod
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			began := time.Now()
			answer := send(openWith(t, untouchable(t), measured), request(method, "/metrics", "", "Authorization", "Bearer x"))
			if took := time.Since(began); answer.Code != http.StatusServiceUnavailable || took != time.Second {
				t.Errorf("%s: got %d after %s, want 503 after a second", method, answer.Code, took)
			}
		}
	})
}
