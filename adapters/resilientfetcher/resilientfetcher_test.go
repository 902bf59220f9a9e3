package resilientfetcher_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/adapters/resilientfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/fetchertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFetcherKeepsTheContract(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]resilientfetcher.Config{
		"the zero config":       {},
		"retries and a breaker": {Retries: 2, BreakerFailures: 5},
		"a nervous breaker":     {BreakerFailures: resilientfetcher.MinBreakerFailures, BreakerPause: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fetchertest.Run(t, func(asked fetchertest.Config) (ports.DocumentFetcher, error) {
				config := config // cases open fetchers at once
				config.Timeout = asked.Timeout
				inner := newHTTP(t, httpfetcher.Config{Timeout: asked.Timeout, MaxBytes: asked.MaxBytes, AllowPrivate: true})
				return newFetcher(t, inner, config), nil
			})
		})
	}
}

func newHTTP(t *testing.T, config httpfetcher.Config) *httpfetcher.Fetcher {
	t.Helper()
	fetcher, err := httpfetcher.New(config)
	if err != nil {
		t.Fatalf("got %v, want a fetcher", err)
	}
	t.Cleanup(fetcher.Close)
	return fetcher
}

func newFetcher(t *testing.T, inner ports.DocumentFetcher, config resilientfetcher.Config) *resilientfetcher.Fetcher {
	t.Helper()
	fetcher, err := resilientfetcher.New(inner, config)
	if err != nil {
		t.Fatalf("New(%+v): got %v, want a fetcher", config, err)
	}
	return fetcher
}

// fake is a fetcher that notes when it was asked for each URL.
type fake struct {
	answer func(ctx context.Context, url string, times int) (domain.Document, error)

	mu    sync.Mutex
	asked map[string][]time.Time
}

func newFake(answer func(ctx context.Context, url string, times int) (domain.Document, error)) *fake {
	return &fake{answer: answer, asked: map[string][]time.Time{}}
}

// FetchDocument answers as answer does, which is told how often the URL was asked for.
func (f *fake) FetchDocument(ctx context.Context, url string) (domain.Document, error) {
	f.mu.Lock()
	f.asked[url] = append(f.asked[url], time.Now())
	times := len(f.asked[url])
	f.mu.Unlock()
	return f.answer(ctx, url, times)
}

func (f *fake) times(url string) []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]time.Time(nil), f.asked[url]...)
}

const a, b = "http://a.test/", "http://b.test/"

var document = domain.Document(`{}`)

func outage(message string) error {
	return &domain.Error{Code: domain.CodeUpstream, Message: message, Cause: &ports.Outage{Cause: errors.New("out")}}
}

func outageElsewhere() error {
	return &domain.Error{Code: domain.CodeUpstream, Message: "out", Cause: &ports.Outage{Elsewhere: true, Cause: errors.New("out")}}
}

// hangs waits for the end of ctx, as an upstream does that does not answer.
func hangs(ctx context.Context) error {
	<-ctx.Done()
	ended := domain.ContextError(ctx)
	return &domain.Error{Code: domain.CodeOf(ended), Message: "ended", Cause: &ports.Outage{Cause: ended}}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(_ context.Context, _ string, times int) (domain.Document, error) {
			if times < 3 {
				return nil, outage("refused")
			}
			return document, nil
		})
		got, err := newFetcher(t, inner, resilientfetcher.Config{Retries: 2}).FetchDocument(t.Context(), a)
		if string(got) != string(document) || err != nil {
			t.Errorf("got %q and %v, want the document of the third attempt", got, err)
		}
	})
}

func TestTheLastFailureIsTold(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 2, resilientfetcher.MaxRetries} {
		synctest.Test(t, func(t *testing.T) {
			inner := newFake(func(_ context.Context, _ string, times int) (domain.Document, error) {
				return nil, outage(fmt.Sprintf("failure %d", times))
			})
			got, err := newFetcher(t, inner, resilientfetcher.Config{Retries: retries, Timeout: time.Hour}).FetchDocument(t.Context(), a)
			if want := fmt.Sprintf("failure %d", retries+1); got != nil || domain.MessageOf(err) != want || domain.CodeOf(err) != domain.CodeUpstream {
				t.Errorf("%d retries: got %q and %v, want %q of code %q", retries, got, err, want, domain.CodeUpstream)
			}
			if got := len(inner.times(a)); got != retries+1 {
				t.Errorf("%d retries: got %d attempts, want %d", retries, got, retries+1)
			}
		})
	}
}

func TestWhatStaysIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	out := &ports.Outage{Cause: errors.New("out")}
	for name, failure := range map[string]error{
		"a failure that is no outage": &domain.Error{Code: domain.CodeUpstream, Message: "not JSON"},
		"a document too large":        &domain.Error{Code: domain.CodeTooLarge, Message: "too large"},
		"a lapse of time":             &domain.Error{Code: domain.CodeDeadline, Message: "late", Cause: out},
		"a call given up":             &domain.Error{Code: domain.CodeCanceled, Message: "canceled"},
		"a fault of the program":      errors.New("unknown"),
		"no failure":                  nil,
	} {
		synctest.Test(t, func(t *testing.T) {
			inner := newFake(func(context.Context, string, int) (domain.Document, error) {
				if failure == nil {
					return document, nil
				}
				return nil, failure
			})
			_, err := newFetcher(t, inner, resilientfetcher.Config{Retries: 2}).FetchDocument(t.Context(), a)
			if domain.CodeOf(err) != domain.CodeOf(failure) {
				t.Errorf("%s: got %v, want code %q", name, err, domain.CodeOf(failure))
			}
			if got := len(inner.times(a)); got != 1 {
				t.Errorf("%s: got %d attempts, want 1", name, got)
			}
		})
	}
}

func TestWaitsGrowAndDiffer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(context.Context, string, int) (domain.Document, error) { return nil, outage("refused") })
		fetcher := newFetcher(t, inner, resilientfetcher.Config{Retries: 6, Timeout: time.Hour})
		waits := map[time.Duration]bool{}
		for i := range 20 {
			url := fmt.Sprintf("%s%d", a, i)
			_, _ = fetcher.FetchDocument(t.Context(), url)
			times := inner.times(url)
			for retry, milliseconds := range []int{100, 200, 400, 800, 1000, 1000} {
				wait, base := times[retry+1].Sub(times[retry]), time.Duration(milliseconds)*time.Millisecond
				if wait < base/2 || wait > base*3/2 {
					t.Errorf("got a wait of %v before retry %d, want %v to %v", wait, retry+1, base/2, base*3/2)
				}
				waits[wait] = true
			}
		}
		if len(waits) < 100 {
			t.Errorf("120 waits had %d different lengths, want nearly as many as waits: who failed together does not come back together", len(waits))
		}
	})
}

func TestTheTimeLimitIsForAllAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(ctx context.Context, _ string, times int) (domain.Document, error) {
			if times < 3 {
				time.Sleep(4 * time.Second)
				return nil, outage("broken off")
			}
			return nil, hangs(ctx)
		})
		begin := time.Now()
		_, err := newFetcher(t, inner, resilientfetcher.Config{Retries: 2}).FetchDocument(t.Context(), a)
		if got, want := time.Since(begin), 10*time.Second; got != want {
			t.Errorf("the fetch took %v, want %v", got, want)
		}
		if got, want := domain.MessageOf(err), "took longer than 10s"; got != want || domain.CodeOf(err) != domain.CodeDeadline {
			t.Errorf("got %q of code %q, want %q of code %q", got, domain.CodeOf(err), want, domain.CodeDeadline)
		}
		if !errors.As(err, new(*ports.Outage)) {
			t.Errorf("got %v, want an Outage: the upstream did not answer", err)
		}
	})
}

// A wait that the time limit cuts short would end in a lapse of time, which says less.
func TestNobodyWaitsForAnAttemptThatComesTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(context.Context, string, int) (domain.Document, error) {
			time.Sleep(9900 * time.Millisecond)
			return nil, outage("broken off")
		})
		begin := time.Now()
		_, err := newFetcher(t, inner, resilientfetcher.Config{Retries: 2}).FetchDocument(t.Context(), a)
		if got := domain.MessageOf(err); got != "broken off" {
			t.Errorf("got %v, want the failure", err)
		}
		if got, want := time.Since(begin), 9900*time.Millisecond; got != want {
			t.Errorf("the fetch took %v, want %v", got, want)
		}
	})
}

func TestACallGivenUpIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(context.Context, string, int) (domain.Document, error) { return nil, outage("refused") })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel) // no wait is as short
		begin := time.Now()
		_, err := newFetcher(t, inner, resilientfetcher.Config{Retries: 2}).FetchDocument(ctx, a)
		if got := domain.CodeOf(err); got != domain.CodeCanceled {
			t.Errorf("got code %q (%v), want %q", got, err, domain.CodeCanceled)
		}
		if took := time.Since(begin); took != 10*time.Millisecond || len(inner.times(a)) != 1 {
			t.Errorf("got %d attempts in %v, want 1 in 10ms", len(inner.times(a)), took)
		}
	})
}

func TestNumbersOutOfRangeAreRefused(t *testing.T) {
	t.Parallel()
	for _, config := range []resilientfetcher.Config{
		{Timeout: -1}, {Retries: -1}, {Retries: 11}, {BreakerFailures: -1}, {BreakerFailures: 2}, {BreakerFailures: 1001}, {BreakerPause: -1},
	} {
		fetcher, err := resilientfetcher.New(newFake(nil), config)
		if fetcher != nil || domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("New(%+v): got %v and the error %v, want none and code %q", config, fetcher, err, domain.CodeInvalid)
		}
	}
}

// What a server says with a document is delivered as it is, whatever its status.
func TestOverHTTP(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler  func(w http.ResponseWriter, request int64)
		want     string // the document, or the message
		requests int64
	}{
		"a page of 503, then a document": {func(w http.ResponseWriter, request int64) {
			if request == 1 {
				http.Error(w, "later", http.StatusServiceUnavailable)
				return
			}
			answer(w, http.StatusOK, "application/json", `{}`)
		}, `{}`, 2},
		"a document of 503": {func(w http.ResponseWriter, _ int64) {
			answer(w, http.StatusServiceUnavailable, "application/problem+json", `{"status":503}`)
		}, `{"status":503}`, 1},
		"a page of 429 always": {func(w http.ResponseWriter, _ int64) {
			answer(w, http.StatusTooManyRequests, "text/html", "<p>")
		}, "answered 429 with text/html, not JSON", 3},
		"a page of 500": {func(w http.ResponseWriter, _ int64) {
			answer(w, http.StatusInternalServerError, "text/html", "<p>")
		}, "answered 500 with text/html, not JSON", 1},
		"half a document, then all of it": {func(w http.ResponseWriter, request int64) {
			if request == 1 {
				w.Header().Set("Content-Length", "9")
			}
			answer(w, http.StatusOK, "application/json", `{}`)
		}, `{}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { test.handler(w, requests.Add(1)) }))
			defer server.Close()
			fetcher := newFetcher(t, newHTTP(t, httpfetcher.Config{AllowPrivate: true}), resilientfetcher.Config{Retries: 2})
			got, err := fetcher.FetchDocument(t.Context(), server.URL)
			if said := string(got) + domain.MessageOf(err); said != test.want || requests.Load() != test.requests {
				t.Errorf("got %q after %d requests, want %q after %d", said, requests.Load(), test.want, test.requests)
			}
		})
	}
}

func answer(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func TestAnAddressThatIsNotAllowedIsTriedOnce(t *testing.T) {
	t.Parallel()
	guarded := newHTTP(t, httpfetcher.Config{})
	inner := newFake(func(ctx context.Context, url string, _ int) (domain.Document, error) {
		return guarded.FetchDocument(ctx, url)
	})
	const url = "http://127.0.0.1:1/"
	_, err := newFetcher(t, inner, resilientfetcher.Config{Retries: 2}).FetchDocument(t.Context(), url)
	if got, want := domain.MessageOf(err), "the address is not allowed"; got != want || len(inner.times(url)) != 1 {
		t.Errorf("got %q after %d attempts, want %q after 1", got, len(inner.times(url)), want)
	}
}
