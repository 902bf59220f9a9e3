package httpapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// lines returns a text of so many.
func lines(count int) string { return strings.Repeat("Ann\n", count) }

func TestAnUploadCostsAsManyAsItHasLines(t *testing.T) {
	t.Parallel()
	const limit = 600
	for name, test := range map[string]struct {
		body, query, coding string
		status              int
		want                int
	}{
		"nothing":                         {"", "", "", 400, 1},
		"a line":                          {"Ann\n", "", "", 202, 1},
		"a line without an end":           {"Ann", "", "", 202, 1},
		"two lines":                       {"Ann\nBob\n", "", "", 202, 2},
		"two, the last without an end":    {"Ann\nBob", "", "", 202, 2},
		"blank lines":                     {"\n\n\r\n", "", "", 202, 3},
		"packed":                          {packed(t, lines(500)), "", "gzip", 202, 500},
		"all that a client may have":      {lines(limit), "", "", 202, limit},
		"more than that":                  {lines(limit + 1), "", "", 202, limit},
		"much more than that":             {lines(100 * limit), "", "", 202, limit},
		"one that is only tried":          {lines(20), "?dry_run=true", "", 202, 20},
		"one that is not valid":           {"nonsense\n", "", "", 400, 1},
		"one with a flag that is none":    {lines(20), "?dry_run=perhaps", "", 400, 1},
		"one in a coding nobody knows":    {lines(20), "", "br", 415, 1},
		"one that has too many, read all": {lines(20), "?atomic=true", "", 413, 20},
	} {
		for way, cut := range map[string]func(io.Reader) io.Reader{"at once": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "its end with its last": iotest.DataErrReader} {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				left := limit
				limiter := &portmock.RateLimiterMock{TakeFunc: func(_ context.Context, _ string, cost int) (domain.Decision, error) {
					left -= cost
					return domain.Decision{Allowed: true, Rate: rateOf(t, limit, time.Minute), Remaining: left}, nil
				}}
				r := request(http.MethodPost, jobsPath+test.query, "", "Content-Type", "text/csv", "Content-Encoding", test.coding)
				r.Body, r.ContentLength = io.NopCloser(cut(strings.NewReader(test.body))), -1
				got := send(openWith(t, withJobs(t, newFakeJobs()), limitedBy(limiter)), r)
				if got.Code != test.status || limit-left != test.want {
					t.Errorf("got %d at the costs %v, want %d at %d in all: %s", got.Code, costs(limiter), test.status, test.want, got.Body)
				}
				if all := costs(limiter); all[0] != 1 || len(all) > 2 {
					t.Errorf("got the costs %v, want 1 before anything is read, and the others together", all)
				}
			})
		}
	}
}

// A client that waits as long as it was told has what it needs, and not a second earlier.
func TestAnUploadThatCannotBePaidIsNoJobAndIsToldWhenItCanBe(t *testing.T) {
	t.Parallel()
	for _, wait := range []struct {
		seconds int
		status  int
	}{{6, http.StatusAccepted}, {5, http.StatusTooManyRequests}} {
		synctest.Test(t, func(t *testing.T) {
			jobs := newFakeJobs()
			handler := openWith(t, withJobs(t, jobs), limitedBy(inMemory(t, 60, time.Minute)))
			if got := sendText(handler, lines(40)); got.Code != http.StatusAccepted || got.Header().Get("Ratelimit-Remaining") != "20" {
				t.Fatalf("got %d and %v, want 202 and 20 left", got.Code, got.Header())
			}
			refused := sendText(handler, lines(25))
			wantAnswer(t, refused, http.StatusTooManyRequests, `{"detail":"Request was throttled. Expected available in 6 seconds."}`)
			if got := refused.Header(); got.Get("Retry-After") != "6" || got.Get("Ratelimit-Reset") != "6" || got.Get("Ratelimit-Remaining") != "19" || len(jobs.jobs) != 1 {
				t.Errorf("got %v and %d jobs, want to be told of 6 seconds, 19 left and the one job from before", got, len(jobs.jobs))
			}
			time.Sleep(time.Duration(wait.seconds) * time.Second)
			if got := sendText(handler, lines(25)); got.Code != wait.status {
				t.Errorf("after %d seconds: got %d %s, want %d", wait.seconds, got.Code, got.Body, wait.status)
			}
		})
	}
}

func TestAnUploadIsReadNoFurtherThanItsClientCanPay(t *testing.T) {
	t.Parallel()
	jobs, text := newFakeJobs(), &endless{}
	limited := limitedBy(inMemory(t, 600, time.Hour))
	limited.MaxUploadBytes = 1 << 20
	handler := openWith(t, withJobs(t, jobs), limited)
	sendText(handler, lines(100))
	r := request(http.MethodPost, jobsPath, "", "Content-Type", "text/csv")
	r.Body, r.ContentLength = io.NopCloser(text), -1
	got := send(handler, r)
	if got.Code != http.StatusTooManyRequests || got.Header().Get("Connection") != "close" || len(jobs.jobs) != 1 {
		t.Errorf("got %d, %v and %d jobs, want 429, a connection that closes and the one job from before", got.Code, got.Header(), len(jobs.jobs))
	}
	if text.read > 8<<10 {
		t.Errorf("%d bytes were read of a text whose 500th line cannot be paid, want two buffers at most", text.read)
	}
}

func TestUploadsAtOnceAreEachPaidInFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler := openWith(t, withJobs(t, newFakeJobs()), limitedBy(inMemory(t, 600, time.Minute)))
		answers := make(chan *httptest.ResponseRecorder)
		const uploads, each = 8, 100
		rests := make([]*io.PipeWriter, uploads)
		for i := range rests {
			body, rest := io.Pipe()
			rests[i] = rest
			r := request(http.MethodPost, jobsPath, "", "Content-Type", "text/csv")
			r.Body, r.ContentLength = body, -1
			go func() { answers <- send(handler, r) }()
			if _, err := io.WriteString(rest, lines(each)); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		var statuses []int
		for _, rest := range rests {
			_ = rest.Close()
			statuses = append(statuses, (<-answers).Code)
		}
		// 8 have begun, which leaves 592, and of them 99 more for each.
		if want := []int{202, 202, 202, 202, 202, 429, 429, 429}; !slices.Equal(statuses, want) {
			t.Errorf("got %v, want %v: 600 units are not 8 times 100 lines", statuses, want)
		}
	})
}

// What comes no faster than units come back goes on; and who then sends too much has to wait for all
// that it needs to begin anew.
func TestAnUploadIsPaidOfWhatComesBackMeanwhile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sudden, status int
		early          time.Duration
		then           int
	}{{0, 202, 0, 0}, {25, 429, 0, 202}, {25, 429, time.Second, 429}} {
		synctest.Test(t, func(t *testing.T) {
			jobs := newFakeJobs()
			handler := openWith(t, withJobs(t, jobs), limitedBy(inMemory(t, 60, time.Minute)))
			sendText(handler, lines(58))
			body, rest := io.Pipe()
			r := request(http.MethodPost, jobsPath, "", "Content-Type", "text/csv")
			r.Body, r.ContentLength = body, -1
			answer := make(chan *httptest.ResponseRecorder)
			go func() { answer <- send(handler, r) }()
			for range 10 {
				if _, err := io.WriteString(rest, lines(1)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
			_, _ = io.WriteString(rest, lines(test.sudden))
			_ = rest.Close()
			got := <-answer
			if got.Code != test.status {
				t.Fatalf("%d lines at last: got %d %s, want %d", test.sudden, got.Code, got.Body, test.status)
			}
			if test.status == http.StatusAccepted {
				return
			}
			wait, err := time.ParseDuration(got.Header().Get("Retry-After") + "s")
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(wait - test.early)
			if got := sendText(handler, lines(10+test.sudden)); got.Code != test.then {
				t.Errorf("%v before the %v that it was told: got %d %s, want %d", test.early, wait, got.Code, got.Body, test.then)
			}
		})
	}
}

func TestAnUploadGoesOnWhereTheLimiterFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("no such table")
	for _, failing := range []int{1, 2} {
		calls := 0
		limiter := &portmock.RateLimiterMock{TakeFunc: func(context.Context, string, int) (domain.Decision, error) {
			if calls++; calls == failing {
				return domain.Decision{}, broken
			}
			return domain.Decision{Allowed: true, Rate: rateOf(t, 60, time.Minute), Remaining: 59}, nil
		}}
		jobs := newFakeJobs()
		got := sendText(openWith(t, withJobs(t, jobs), limitedBy(limiter)), lines(1000))
		if got.Code != http.StatusAccepted || calls != failing {
			t.Errorf("where call %d fails: got %d %s after %d calls, want 202, and no further call", failing, got.Code, got.Body, calls)
		}
	}
}
