package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// taking is a client that takes an answer as it is flushed, and notes when.
type taking struct {
	*httptest.ResponseRecorder
	began time.Time

	mu      sync.Mutex
	written string
	flushed []string // with the time since the beginning
}

func (c *taking) Write(content []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written += string(content)
	return len(content), nil
}

func (c *taking) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flushed = append(c.flushed, fmt.Sprint(time.Since(c.began), " ", brief(c.written)))
	c.written = ""
}

// got returns what was flushed so far.
func (c *taking) got() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.flushed)
}

var jobData = regexp.MustCompile(`(?m)^event: (\w+)\ndata: .*"state":"(\w+)".*"done":(\d+).*\n\n`)

// brief tells of events what is of interest.
func brief(events string) string {
	return strings.TrimSpace(strings.ReplaceAll(jobData.ReplaceAllString(events, "$1 $2 $3; "), "\n", ""))
}

// watchJob asks for the events of a job until they end or stop is called.
func watchJob(ctx context.Context, handler http.Handler, id domain.JobID) (client *taking, ended chan any, stop context.CancelFunc) {
	ctx, stop = context.WithCancel(ctx)
	client, ended = &taking{ResponseRecorder: httptest.NewRecorder(), began: time.Now()}, make(chan any, 1)
	go func() {
		defer func() { ended <- recover() }()
		handler.ServeHTTP(client, request(http.MethodGet, jobPath(id)+"events/", "", "Accept", "text/event-stream").WithContext(ctx))
	}()
	return client, ended, stop
}

func TestEventsTellOfEveryChangeAndOfTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newFakeJobs()
		job := jobs.add(domain.JobOrder{}, domain.JobGenerate, "", 100)
		client, ended, stop := watchJob(t.Context(), openWith(t, withJobs(t, jobs), config), job.ID)
		defer stop()
		time.Sleep(time.Second)
		job, _ = job.Begin(time.Now())
		jobs.set(job)
		time.Sleep(time.Second)
		for range 10 { // a change every 100 ms: of 10 a second 4 are told
			time.Sleep(100 * time.Millisecond)
			job.Done += 10
			jobs.set(job)
		}
		time.Sleep(time.Second)
		job.State, job.Ended = domain.JobDone, time.Now()
		jobs.set(job)
		if problem := <-ended; problem != nil {
			t.Errorf("the stream ended with the panic %v, want none", problem)
		}
		got := client.got()
		for i := 1; i < len(got); i++ {
			before, _ := time.ParseDuration(strings.Fields(got[i-1])[0])
			after, _ := time.ParseDuration(strings.Fields(got[i])[0])
			if after-before < 250*time.Millisecond {
				t.Errorf("got %q and %q, want a quarter of a second between them", got[i-1], got[i])
			}
		}
		if n := len(got); n < 6 || n > 8 || got[0] != "0s progress queued 0;" || got[1] != "1s progress running 0;" ||
			!strings.HasSuffix(got[n-2], "progress running 100;") || got[n-1] != "4s progress done 100; end done 100;" {
			t.Errorf("got %q, want the states at once, as they change, at most four a second, and the end", got)
		}
	})
}

func TestAStreamThatHasNothingToTellIsKeptAlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newFakeJobs()
		job := jobs.add(domain.JobOrder{}, domain.JobGenerate, "", 100)
		handler, log := loggedWith(t, withJobs(t, jobs), config)
		client, ended, stop := watchJob(t.Context(), handler, job.ID)
		time.Sleep(40 * time.Second)
		jobs.set(job)
		time.Sleep(16 * time.Second)
		synctest.Wait()
		if want := []string{"0s progress queued 0;", "15s :", "30s :", "40s progress queued 0;", "55s :"}; !slices.Equal(client.got(), want) {
			t.Errorf("got %q, want %q", client.got(), want)
		}
		if log.Len() > 0 {
			t.Errorf("got the log %s before the end, want one line then", log)
		}
		stop()
		if problem := <-ended; problem != nil {
			t.Errorf("got the panic %v, want a stream that ends whole: the server stops or nobody listens", problem)
		}
		if l := readLine(t, log); l.Status != http.StatusOK || l.Route != "/api/v1/jobs/{id}/events/" || l.Bytes == 0 || l.Error != "" {
			t.Errorf("got the line %+v, want one of a request that went well", l)
		}
	})
}

func TestOnlySoManyWatchJobs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newFakeJobs()
		job := jobs.add(domain.JobOrder{}, domain.JobGenerate, "", 100)
		handler := openWith(t, withJobs(t, jobs), config)
		var (
			ends  []chan any
			stops []context.CancelFunc
		)
		for range 256 {
			_, ended, stop := watchJob(t.Context(), handler, job.ID)
			ends, stops = append(ends, ended), append(stops, stop)
		}
		synctest.Wait()
		got := sendBriefly(handler, request(http.MethodGet, jobPath(job.ID)+"events/", ""))
		wantAnswer(t, got, http.StatusServiceUnavailable, `{"detail":"Service temporarily unavailable, try again later."}`)
		if got.Header().Get("Retry-After") != "1" {
			t.Errorf("got %v, want Retry-After", got.Header())
		}
		if got := send(handler, request(http.MethodHead, jobPath(job.ID)+"events/", "")); got.Code != http.StatusOK {
			t.Errorf("HEAD beside them: got %d, want 200: it watches nothing", got.Code)
		}
		stops[7]()
		<-ends[7]
		client, ended, stop := watchJob(t.Context(), handler, job.ID)
		synctest.Wait()
		if got := client.got(); len(got) != 1 {
			t.Errorf("when one has gone: got %q, want an event", got)
		}
		stop()
		<-ended
		for i, stop := range stops {
			if stop(); i != 7 {
				<-ends[i]
			}
		}
	})
}

// watching returns use cases whose watches are those of watch.
func watching(t *testing.T, watch func(yield func(domain.Job, error) bool)) httpapi.UseCases {
	t.Helper()
	all := untouchable(t)
	all.Jobs = &portmock.JobManagerMock{WatchFunc: func(context.Context, domain.JobID) iter.Seq2[domain.Job, error] { return watch }}
	return all
}

func TestAWatchThatFailsIsNotTakenForOneThatEnds(t *testing.T) {
	t.Parallel()
	failure := &domain.Error{Code: domain.CodeUnavailable, Cause: errors.New("planted")}
	for name, test := range map[string]struct {
		watch  func(yield func(domain.Job, error) bool)
		status int
		broken bool
	}{
		"before anything was told": {func(yield func(domain.Job, error) bool) { yield(domain.Job{}, failure) }, 503, false},
		"in the middle": {func(yield func(domain.Job, error) bool) {
			_ = yield(domain.Job{ID: fakeID(1)}, nil) && yield(domain.Job{}, failure)
		}, 200, true},
		"by a panic at first": {func(func(domain.Job, error) bool) { panic("planted") }, 500, false},
		"by a panic in the middle": {func(yield func(domain.Job, error) bool) {
			yield(domain.Job{ID: fakeID(1)}, nil)
			panic("planted")
		}, 200, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, log := logged(t, watching(t, test.watch))
			server := httptest.NewServer(handler)
			response, err := http.Get(server.URL + jobPath(fakeID(1)) + "events/")
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if response.StatusCode != test.status || (err != nil) != test.broken || strings.Contains(string(body), "event: end") {
				t.Errorf("got %s %q and the error %v, want %d, broken off: %v", response.Status, body, err, test.status, test.broken)
			}
			server.Close() // so that the log is whole
			if l := readLine(t, log); l.Level != "ERROR" || !strings.Contains(l.Error, "planted") || l.BrokenOff != test.broken || l.Status != test.status {
				t.Errorf("got the line %+v, want why, and that it was broken off: %v", l, test.broken)
			}
		})
	}
}
