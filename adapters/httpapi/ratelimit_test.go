package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memlimiter"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitelimiter"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

const fetchPath = "/api/v1/fetch_data/"

func rateOf(tb testing.TB, count int, period time.Duration) domain.Rate {
	tb.Helper()
	rate, err := domain.NewRate(count, period)
	if err != nil {
		tb.Fatal(err)
	}
	return rate
}

// limitedBy returns the configuration with a limiter.
func limitedBy(limiter ports.RateLimiter) httpapi.Config {
	limited := config
	limited.RateLimiter = limiter
	return limited
}

// inMemory returns a limiter by the rate.
func inMemory(tb testing.TB, count int, period time.Duration) ports.RateLimiter {
	tb.Helper()
	limiter, err := memlimiter.New(rateOf(tb, count, period))
	if err != nil {
		tb.Fatal(err)
	}
	return limiter
}

// answering returns a limiter that answers every request so.
func answering(decision domain.Decision, err error) *portmock.RateLimiterMock {
	return &portmock.RateLimiterMock{TakeFunc: func(context.Context, string, int) (domain.Decision, error) { return decision, err }}
}

// costs returns what the calls of a limiter cost.
func costs(limiter *portmock.RateLimiterMock) []int {
	var costs []int
	for _, call := range limiter.TakeCalls() {
		costs = append(costs, call.Cost)
	}
	return costs
}

// fetching returns use cases that fetch so many documents.
func fetching(tb testing.TB, documents int) httpapi.UseCases {
	tb.Helper()
	all := useCases(tb, memstore.New())
	urls := slices.Repeat([]string{"http://upstream.example/"}, documents)
	all.Fetch = domain.NewFetch(executor(tb, domain.FetchHandler(fetchStub{}), localexec.PerItem(64, 64)), urls)
	return all
}

func TestARequestCostsWhatItMakes(t *testing.T) {
	t.Parallel()
	evil := request(http.MethodGet, personsPath, "")
	evil.Host = "evil.example"
	bulk := func(path, body string) *http.Request {
		return request(http.MethodPost, path, body, "Content-Type", "application/json")
	}
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		want    []int
	}{
		"a page":                               {request(http.MethodGet, personsPath, ""), 200, []int{1}},
		"a person who is not there":            {request(http.MethodGet, personsPath+"7/", ""), 404, []int{1}},
		"a person to be saved":                 {bulk(personsPath, `{"name":"Ann","age":31}`), 201, []int{1}},
		"a person who breaks rules":            {bulk(personsPath, `{}`), 400, []int{1}},
		"a check":                              {request(http.MethodGet, "/api/v1/check/", ""), 400, []int{1}},
		"a path that nobody serves":            {request(http.MethodGet, "/nope", ""), 404, []int{1}},
		"a path without its slash":             {request(http.MethodGet, "/api/v1/persons", ""), 301, []int{1}},
		"a method that is not allowed":         {request(http.MethodPatch, personsPath, ""), 405, []int{1}},
		"a format that is not served":          {request(http.MethodGet, personsPath, "", "Accept", "text/html"), 406, []int{1}},
		"OPTIONS":                              {request(http.MethodOptions, personsPath, ""), 200, []int{1}},
		"a bulk":                               {bulk(bulkPath, `{"count":700}`), 201, []int{700}},
		"a bulk that does not say":             {bulk(bulkPath, `{}`), 201, []int{10}},
		"the greatest bulk":                    {bulk(bulkPath, `{"count":10000}`), 201, []int{10000}},
		"a bulk beyond it":                     {bulk(bulkPath, `{"count":10001}`), 400, []int{1}},
		"a bulk of nobody":                     {bulk(bulkPath, `{"count":0}`), 400, []int{1}},
		"a bulk of less":                       {bulk(bulkPath, `{"count":-5}`), 400, []int{1}},
		"a bulk that is no JSON":               {bulk(bulkPath, `{"count":`), 400, []int{1}},
		"a bulk whose count is a text":         {bulk(bulkPath, `{"count":"5"}`), 400, []int{1}},
		"a bulk of a format that is not known": {request(http.MethodPost, bulkPath, "x", "Content-Type", "text/plain"), 415, []int{1}},
		"a bulk with a key":                    {request(http.MethodPost, bulkPath, `{"count":7}`, "Content-Type", "application/json", "Idempotency-Key", "k"), 201, []int{7}},
		"a bulk with a key that is none":       {request(http.MethodPost, bulkPath, `{"count":7}`, "Content-Type", "application/json", "Idempotency-Key", "é"), 400, []int{1}},
		"GET of a bulk":                        {request(http.MethodGet, bulkPath, ""), 405, []int{1}},
		"an asynchronous bulk":                 {bulk(asyncBulkPath, `{"count":7}`), 200, []int{7}},
		"an asynchronous bulk of a list":       {bulk(asyncBulkPath, `[7]`), 400, []int{1}},
		"a batch":                              {bulk(batchPath, `[{"name":"Ann","age":1},{"name":"Bob","age":2},{"name":"Bob","age":2}]`), 201, []int{3}},
		"a batch with a mistake":               {bulk(batchPath, `[{"name":"Ann","age":1},{}]`), 400, []int{1}},
		"a batch of nobody":                    {bulk(batchPath, `[]`), 400, []int{1}},
		"a batch of a format that is not read": {request(http.MethodPost, batchPath, "x", "Content-Type", "text/csv"), 415, []int{1}},
		"GET of a batch":                       {request(http.MethodGet, batchPath, ""), 404, []int{1}},
		"documents":                            {request(http.MethodGet, fetchPath, ""), 200, []int{3}},
		"documents of which none is read":      {request(http.MethodHead, fetchPath, ""), 200, []int{3}},
		"documents that are sent":              {request(http.MethodPost, fetchPath, ""), 405, []int{1}},
		"a preflight":                          {request(http.MethodOptions, bulkPath, "", "Access-Control-Request-Method", "POST"), 200, nil},
		"a host that is not allowed":           {evil, 400, nil},
		"a path that is too long":              {requestOf(9 << 10), 414, nil},
		"a probe of life":                      {request(http.MethodGet, "/healthz", ""), 200, nil},
		"a probe of readiness":                 {request(http.MethodGet, "/readyz", ""), 200, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limiter := answering(domain.Decision{Allowed: true, Rate: rateOf(t, 100000, time.Minute)}, nil)
			got := send(openWith(t, fetching(t, 3), limitedBy(limiter)), test.request)
			if got.Code != test.status || !slices.Equal(costs(limiter), test.want) {
				t.Errorf("got status %d at the costs %v, want %d at %v", got.Code, costs(limiter), test.status, test.want)
			}
		})
	}
}

func TestFetchingNothingCostsOne(t *testing.T) {
	t.Parallel()
	limiter := answering(domain.Decision{Allowed: true, Rate: rateOf(t, 10, time.Minute)}, nil)
	send(openWith(t, fetching(t, 0), limitedBy(limiter)), request(http.MethodGet, fetchPath, ""))
	if got := costs(limiter); !slices.Equal(got, []int{1}) {
		t.Errorf("got the costs %v, want 1: every request costs something", got)
	}
}

// checkOnly returns use cases that say which bulks are valid and fail the test when
// they are asked to do something.
func checkOnly(t *testing.T) httpapi.UseCases {
	t.Helper()
	all := untouchable(t)
	creator := &portmock.BulkCreatorMock{CheckCountFunc: func(count int) error {
		if count == 5 {
			return nil
		}
		return errors.New("not a count")
	}}
	all.CreateBulk, all.AsyncCreateBulk = creator, creator
	all.Fetch = &portmock.BulkFetcherMock{ConfiguredFunc: func() int { return 3 }}
	return all
}

func TestARefusedRequestIsThrottledAndReachesNoUseCase(t *testing.T) {
	t.Parallel()
	limiter := answering(domain.Decision{Rate: rateOf(t, 600, time.Minute), Remaining: 4, ResetAfter: time.Minute, RetryAfter: 1200 * time.Millisecond}, nil)
	handler := openWith(t, checkOnly(t), limitedBy(limiter))
	for name, r := range map[string]*http.Request{
		"a page":                    request(http.MethodGet, personsPath, ""),
		"a person to be deleted":    request(http.MethodDelete, personsPath+"1/", ""),
		"a path that nobody serves": request(http.MethodGet, "/nope", ""),
		"a path without its slash":  request(http.MethodGet, "/api/v1/persons", ""),
		"a bulk":                    request(http.MethodPost, bulkPath, `{"count":5}`, "Content-Type", "application/json"),
		"a bulk that is no JSON":    request(http.MethodPost, bulkPath, `{`, "Content-Type", "application/json"),
		"an asynchronous bulk":      request(http.MethodPost, asyncBulkPath, `{"count":5}`),
		"documents":                 request(http.MethodGet, fetchPath, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.Header.Set("Origin", "http://localhost:3000")
			got := send(handler, r)
			wantAnswer(t, got, http.StatusTooManyRequests, `{"detail":"Request was throttled. Expected available in 2 seconds."}`)
			for header, want := range map[string]string{
				"Retry-After": "2", "RateLimit-Policy": `"default";q=600;w=60`, "RateLimit": `"default";r=4;t=2`,
				"RateLimit-Limit": "600", "RateLimit-Remaining": "4", "RateLimit-Reset": "2",
				"Access-Control-Allow-Origin": "http://localhost:3000", "X-Content-Type-Options": "nosniff",
			} {
				if values := got.Header().Values(header); !slices.Equal(values, []string{want}) {
					t.Errorf("got %s %q, want %q", header, values, want)
				}
			}
		})
	}
}

func TestAWaitOfASecondIsOneSecond(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{
		1:                      "1 second",
		time.Second:            "1 second",
		time.Second + 1:        "2 seconds",
		59*time.Minute + 1:     "3541 seconds",
		100 * 24 * time.Hour:   "8640000 seconds",
		999 * time.Millisecond: "1 second",
	} {
		limiter := answering(domain.Decision{Rate: rateOf(t, 1, time.Hour), RetryAfter: wait}, nil)
		got := send(openWith(t, untouchable(t), limitedBy(limiter)), request(http.MethodGet, personsPath, ""))
		wantAnswer(t, got, http.StatusTooManyRequests, `{"detail":"Request was throttled. Expected available in `+want+`."}`)
		if after, _, _ := strings.Cut(want, " "); got.Header().Get("Retry-After") != after {
			t.Errorf("a wait of %v: got Retry-After %q, want %q: whole seconds, rounded up", wait, got.Header().Get("Retry-After"), after)
		}
	}
}

func TestWhatCostsMoreThanTheLimitNeedNotComeBack(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), limitedBy(inMemory(t, 600, time.Minute)))
	for range 3 {
		got := postJSON(handler, bulkPath, `{"count":601}`)
		wantAnswer(t, got, http.StatusTooManyRequests, `{"detail":"Request was throttled. It costs 601, more than the limit of 600."}`)
		if after := got.Header().Get("Retry-After"); after != "" {
			t.Errorf("got Retry-After %q, want none: it is never allowed", after)
		}
	}
	if got := postJSON(handler, bulkPath, `{"count":600}`); got.Code != http.StatusCreated {
		t.Errorf("a bulk of the limit: got %d %s, want it allowed: what was refused has taken nothing", got.Code, got.Body)
	}
}

func TestAnswersTellWhatIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler := openWith(t, useCases(t, memstore.New()), limitedBy(inMemory(t, 60, time.Minute)))
		for _, step := range []struct {
			request         *http.Request
			status          int
			rateLimit, left string
		}{
			{request(http.MethodGet, personsPath, ""), 200, `"default";r=59;t=1`, "59"},
			{request(http.MethodGet, "/nope", ""), 404, `"default";r=58;t=2`, "58"},
			{request(http.MethodPost, bulkPath, `{"count":50}`, "Content-Type", "application/json"), 201, `"default";r=8;t=52`, "8"},
			{request(http.MethodPost, bulkPath, `{"count":50}`, "Content-Type", "application/json"), 429, `"default";r=8;t=42`, "8"},
			{request(http.MethodPatch, personsPath, ""), 405, `"default";r=7;t=53`, "7"},
		} {
			got := send(handler, step.request)
			if got.Code != step.status || got.Header().Get("RateLimit") != step.rateLimit || got.Header().Get("RateLimit-Remaining") != step.left ||
				got.Header().Get("RateLimit-Policy") != `"default";q=60;w=60` {
				t.Errorf("%s %s: got %d %v, want %d and RateLimit %s", step.request.Method, step.request.URL.Path, got.Code, got.Header(), step.status, step.rateLimit)
			}
		}
	})
}

func TestWhereNoLimitIsSetNothingIsToldOfOne(t *testing.T) {
	t.Parallel()
	got := send(open(t), request(http.MethodGet, personsPath, ""))
	for name := range got.Header() {
		if strings.HasPrefix(name, "Ratelimit") || name == "Retry-After" {
			t.Errorf("got the header %s, want none of limits", name)
		}
	}
}

func TestAThrottledClientIsServedWhenItWasToldToComeBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler := openWith(t, useCases(t, memstore.New()), limitedBy(inMemory(t, 100, time.Minute)))
		if got := postJSON(handler, bulkPath, `{"count":100}`); got.Code != http.StatusCreated {
			t.Fatalf("got status %d, want 201", got.Code)
		}
		for range 10 {
			if got := postJSON(handler, bulkPath, `{"count":5}`); got.Header().Get("Retry-After") != "3" {
				t.Fatalf("got %d %v, want Retry-After 3: five units take three seconds", got.Code, got.Header())
			}
			time.Sleep(3*time.Second - 1)
			if got := postJSON(handler, bulkPath, `{"count":5}`); got.Code != http.StatusTooManyRequests {
				t.Fatalf("a nanosecond too soon: got status %d, want 429", got.Code)
			}
			time.Sleep(time.Nanosecond)
			if got := postJSON(handler, bulkPath, `{"count":5}`); got.Code != http.StatusCreated {
				t.Fatalf("after 3 seconds: got %d %s, want 201", got.Code, got.Body)
			}
		}
	})
}

func TestRequestsAreLetThroughWhereTheLimiterFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := answering(domain.Decision{}, &domain.Error{Code: domain.CodeUnavailable, Message: "stuck", Cause: errors.New("planted")})
		var log bytes.Buffer
		limited := limitedBy(limiter)
		limited.Logger = slog.New(slog.NewJSONHandler(&log, nil))
		handler := openWith(t, useCases(t, memstore.New()), limited)
		ask := func(requests int) {
			t.Helper()
			for range requests {
				if got := send(handler, request(http.MethodGet, personsPath, "")); got.Code != http.StatusOK || got.Header().Get("RateLimit") != "" {
					t.Fatalf("got %d %v, want 200 without a word of limits", got.Code, got.Header())
				}
			}
		}
		check := func(calls, lines int, why string) {
			t.Helper()
			if got := len(limiter.TakeCalls()); got != calls {
				t.Errorf("the limiter was asked %d times, want %d: %s", got, calls, why)
			}
			if got := strings.Count(log.String(), "requests are let through"); got != lines {
				t.Errorf("got %d lines that tell of it, want %d: %s", got, lines, why)
			}
		}
		ask(5)
		check(1, 1, "it is left alone for a second")
		if !strings.Contains(log.String(), "planted") {
			t.Errorf("got the log %s, want why", log.String())
		}
		time.Sleep(time.Second)
		ask(5)
		check(2, 1, "it is asked again after a second, and told of once a minute")
		time.Sleep(time.Minute)
		ask(1)
		check(3, 2, "a minute has passed")
	})
}

func TestALimiterThatRecoversLimitsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var failure error = &domain.Error{Code: domain.CodeInternal, Message: "planted"}
		inner := inMemory(t, 1, time.Hour)
		limiter := &portmock.RateLimiterMock{TakeFunc: func(ctx context.Context, key string, cost int) (domain.Decision, error) {
			if failure != nil {
				return domain.Decision{}, failure
			}
			return inner.Take(ctx, key, cost)
		}}
		handler := openWith(t, useCases(t, memstore.New()), limitedBy(limiter))
		for i, want := range []int{200, 200, 200, 429} {
			if got := send(handler, request(http.MethodGet, personsPath, "")); got.Code != want {
				t.Errorf("request %d: got status %d, want %d", i, got.Code, want)
			}
			if i == 1 {
				failure = nil
				time.Sleep(time.Second)
			}
		}
	})
}

func TestARequestThatEndsWhileItIsChargedIsNotServed(t *testing.T) {
	t.Parallel()
	for code, status := range map[domain.Code]int{domain.CodeCanceled: 499, domain.CodeDeadline: 503} {
		limiter := answering(domain.Decision{}, &domain.Error{Code: code, Message: "ended"})
		got := send(openWith(t, untouchable(t), limitedBy(limiter)), request(http.MethodGet, personsPath, ""))
		if got.Code != status {
			t.Errorf("%s: got status %d, want %d", code, got.Code, status)
		}
	}
}

// Two servers with one file are like two processes.
func TestServersThatShareALimiterServeExactlyTheLimit(t *testing.T) {
	t.Parallel()
	const servers, callers, asks, limit = 2, 64, 12, 500
	path := filepath.Join(t.TempDir(), "limits")
	urls := make([]string, servers)
	for i := range urls {
		limiter, err := sqlitelimiter.New(sqlitelimiter.Config{Path: path, Rate: rateOf(t, limit, 24*time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(openWith(t, useCases(t, memstore.New()), limitedBy(limiter)))
		t.Cleanup(func() {
			server.Close()
			_ = limiter.Close()
		})
		urls[i] = server.URL
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	t.Cleanup(client.CloseIdleConnections)
	var (
		asking             sync.WaitGroup
		persons, throttled atomic.Int64
	)
	for i := range callers {
		asking.Go(func() {
			for j := range asks {
				cost, body := int64(1), `{"name":"Ann","age":31}`
				path := personsPath
				if j%4 == 0 { // one of four is a bulk of five
					cost, path, body = 5, bulkPath, `{"count":5}`
				}
				response, err := client.Post(urls[(i+j)%servers]+path, "application/json", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				_ = response.Body.Close()
				switch response.StatusCode {
				case http.StatusCreated:
					persons.Add(cost)
				case http.StatusTooManyRequests:
					throttled.Add(1)
				default:
					t.Errorf("got %s, want 201 or 429", response.Status)
				}
			}
		})
	}
	asking.Wait()
	// When the last units are less than a bulk, single persons take them.
	if got := persons.Load(); got != limit {
		t.Errorf("%d callers of %d servers: got costs of %d allowed and %d requests refused, want exactly %d", callers, servers, got, throttled.Load(), limit)
	}
}
