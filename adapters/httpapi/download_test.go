package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

const exportPath = personsPath + "export/"

// exportFunc is an export.
type exportFunc func(ctx context.Context, format string, w io.Writer) (int64, error)

// Export implements ports.PersonExporter.
func (f exportFunc) Export(ctx context.Context, format string, w io.Writer) (int64, error) {
	return f(ctx, format, w)
}

func exporting(t *testing.T, export exportFunc) httpapi.UseCases {
	t.Helper()
	all := untouchable(t)
	all.Export = export
	return all
}

func TestAnExportIsInTheFormThatIsAskedFor(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), config)
	postJSON(handler, personsPath, `{"name":"Ann","age":31}`)
	postJSON(handler, personsPath, `{"name":"=cmd()","age":7}`)
	d := &told{handler: handler}
	d.ask("as it likes", "GET", exportPath, "")
	d.ask("NDJSON by the parameter", "GET", exportPath+"?format=ndjson", "", "Accept", "*/*")
	d.ask("NDJSON by the header", "GET", exportPath, "", "Accept", "text/html, application/x-ndjson;q=0.1, */*;q=0")
	d.ask("CSV by the header", "GET", exportPath, "", "Accept", "text/*")
	d.ask("both at odds", "GET", exportPath+"?format=csv", "", "Accept", "application/x-ndjson")
	d.ask("JSON", "GET", exportPath, "", "Accept", "application/json")
	d.ask("a format that there is not", "GET", exportPath+"?format=json", "")
	d.ask("the headers", "HEAD", exportPath, "")
	d.ask("sent there", "POST", exportPath, "")
	d.ask("what it is", "OPTIONS", exportPath, "")
	d.ask("with a suffix it is a person's path", "GET", "/api/v1/persons/export.json", "")
	d.ask("without its slash", "GET", "/api/v1/persons/export?format=csv", "")
	d.wantGolden(t, "testdata/export.golden")
}

func TestTheHeadersOfAListWithoutEndWalkThroughNothing(t *testing.T) {
	t.Parallel()
	all := untouchable(t) // which panics where it is asked
	all.Jobs = &portmock.JobManagerMock{FindFunc: func(context.Context, domain.JobID) (domain.Job, error) { return domain.Job{}, nil }}
	handler := openWith(t, all, config)
	for _, path := range []string{exportPath, jobPath(fakeID(1)) + "rejected/", jobPath(fakeID(1)) + "events/"} {
		got := send(handler, request(http.MethodHead, path, ""))
		if got.Code != http.StatusOK || got.Header().Get("Content-Length") != "" || got.Body.Len() > 0 {
			t.Errorf("%s: got %d, %v and %q, want 200 and a length that is not told", path, got.Code, got.Header(), got.Body)
		}
	}
}

// A part of a list must not look like all of it, over either protocol.
func TestAListThatBreaksOffIsSeenToBeBroken(t *testing.T) {
	t.Parallel()
	failure := &domain.Error{Code: domain.CodeUnavailable, Cause: errors.New("planted")}
	fails := func(rows int) httpapi.UseCases {
		all := exporting(t, func(_ context.Context, _ string, w io.Writer) (int64, error) {
			for i := range rows {
				if _, err := fmt.Fprintf(w, "%d,Ann,31\n", i); err != nil {
					return 0, err
				}
			}
			return int64(rows), failure
		})
		all.Jobs = &portmock.JobManagerMock{RefusalsFunc: func(context.Context, domain.JobID) iter.Seq2[domain.Refusal, error] {
			return func(yield func(domain.Refusal, error) bool) {
				for i := range rows {
					if !yield(domain.Refusal{Line: int64(i)}, nil) {
						return
					}
				}
				yield(domain.Refusal{}, failure)
			}
		}}
		return all
	}
	panics := exporting(t, func(_ context.Context, _ string, w io.Writer) (int64, error) {
		_, _ = io.WriteString(w, strings.Repeat("1,Ann,31\n", 10_000))
		panic("planted")
	})
	for name, test := range map[string]struct {
		all    httpapi.UseCases
		path   string
		status int // 0 is an answer that breaks off
	}{
		"an export":                            {fails(100_000), exportPath, 0},
		"an export of which nothing was sent":  {fails(10), exportPath, 503},
		"an export that panics":                {panics, exportPath, 0},
		"refusals":                             {fails(100_000), jobPath(fakeID(1)) + "rejected/", 0},
		"refusals of which nothing was sent":   {fails(10), jobPath(fakeID(1)) + "rejected/", 503},
		"an export that fails before its rows": {fails(0), exportPath, 503},
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, over HTTP/2: %v", name, http2), func(t *testing.T) {
				t.Parallel()
				handler, log := logged(t, test.all)
				server := httptest.NewUnstartedServer(handler)
				server.EnableHTTP2 = http2
				server.StartTLS()
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+test.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				response, err := server.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer response.Body.Close()
				body, err := io.ReadAll(response.Body)
				switch {
				case test.status == 0 && err == nil:
					t.Errorf("got %s and %d bytes as if they were all, want an answer that breaks off", response.Status, len(body))
				case test.status != 0 && (err != nil || response.StatusCode != test.status || response.Header.Get("Content-Type") != "application/json" || response.Header.Get("Content-Disposition") != ""):
					t.Errorf("got %s, %v and %q (%v), want %d in JSON", response.Status, response.Header, body, err, test.status)
				}
				server.Close()
				if l := readLine(t, log); l.Level != "ERROR" || !strings.Contains(l.Error, "planted") || l.BrokenOff != (test.status == 0) {
					t.Errorf("got the line %+v, want why", l)
				}
			})
		}
	}
}

// goneClient takes so many bytes and is gone.
type goneClient struct {
	*httptest.ResponseRecorder
	left int
}

func (c *goneClient) Write(content []byte) (int, error) {
	if c.left -= len(content); c.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(content), nil
}

func TestAClientThatLeavesAListIsNoFaultOfTheServers(t *testing.T) {
	t.Parallel()
	handler, log := logged(t, exporting(t, func(_ context.Context, _ string, w io.Writer) (int64, error) {
		for range 100_000 {
			if _, err := io.WriteString(w, "1,Ann,31\n"); err != nil {
				return 0, err
			}
		}
		return 0, errors.New("the client took all")
	}))
	func() {
		defer func() {
			if value := recover(); value != http.ErrAbortHandler { //nolint:errorlint // a value, as net/http compares it
				t.Errorf("got the panic %v, want that which breaks an answer off", value)
			}
		}()
		handler.ServeHTTP(&goneClient{httptest.NewRecorder(), 100_000}, request(http.MethodGet, exportPath, ""))
	}()
	if l := readLine(t, log); l.Level != "INFO" || l.Error != "" || !l.BrokenOff || l.Status != http.StatusOK || l.Route != exportPath {
		t.Errorf("got the line %+v, want one that was broken off, and no error", l)
	}
}

func TestOnlySoManyListsAreSentAtOnce(t *testing.T) {
	t.Parallel()
	inside, letGo := make(chan struct{}), make(chan struct{})
	handler := openWith(t, exporting(t, func(ctx context.Context, _ string, out io.Writer) (int64, error) {
		select {
		case inside <- struct{}{}:
			<-letGo
		case <-ctx.Done():
		}
		_, err := io.WriteString(out, "id,name,age\n")
		return 0, err
	}), config)
	answers := make(chan *httptest.ResponseRecorder)
	for range 32 {
		go func() { answers <- send(handler, request(http.MethodGet, exportPath, "")) }()
		<-inside
	}
	for _, path := range []string{exportPath, jobPath(fakeID(1)) + "rejected/"} {
		got := sendBriefly(handler, request(http.MethodGet, path, ""))
		wantAnswer(t, got, http.StatusServiceUnavailable, `{"detail":"Service temporarily unavailable, try again later."}`)
	}
	close(letGo)
	for range 32 {
		if got := <-answers; got.Code != http.StatusOK || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/csv") {
			t.Errorf("got %d %v, want 200 and an empty list", got.Code, got.Header())
		}
	}
	go func() { <-inside }()
	if got := send(handler, request(http.MethodGet, exportPath, "")); got.Code != http.StatusOK {
		t.Errorf("when they are gone: got %d, want 200", got.Code)
	}
}

func TestAJobCostsWhatItMakesAndAtMostAllThatThereIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // where no time passes, so that nothing comes back meanwhile
		jobs := newFakeJobs()
		handler := openWith(t, withJobs(t, jobs), limitedBy(inMemory(t, 600, time.Minute)))
		ask := func(from, method, path, body, contentType string, status, remaining int) {
			t.Helper()
			r := request(method, path, body, "Content-Type", contentType)
			r.RemoteAddr = from + ":1"
			got := send(handler, r)
			if left := got.Header().Get("RateLimit-Remaining"); got.Code != status || left != fmt.Sprint(remaining) {
				t.Errorf("%s of %s %s: got %d with %q left, want %d with %d: %s", from, method, path, got.Code, left, status, remaining, got.Body)
			}
		}
		const asJSON = "application/json"
		ask("192.0.2.1", "POST", jobsPath, `{"kind":"generate","count":400}`, asJSON, 202, 200)
		ask("192.0.2.1", "POST", jobsPath, `{"kind":"generate","count":201}`, asJSON, 429, 200)
		ask("192.0.2.1", "POST", jobsPath, `{"kind":"generate","count":0}`, asJSON, 400, 199)
		ask("192.0.2.2", "POST", jobsPath, `{"kind":"generate","count":100000000}`, asJSON, 202, 0)
		ask("192.0.2.2", "POST", jobsPath, "Ann\n", "text/csv", 429, 0)
		ask("192.0.2.4", "POST", jobsPath, strings.Repeat("Ann\n", 1000), "text/csv", 202, 0)
		ask("192.0.2.3", "POST", jobsPath, "Ann\n", "text/csv", 202, 599)
		ask("192.0.2.3", "POST", jobsPath, `{"kind":"generate","count":100000000}`, asJSON, 429, 599)
		ask("192.0.2.3", "POST", jobsPath, `{"kind":"generate","count":100000001}`, asJSON, 400, 598)
		ask("192.0.2.3", "GET", jobsPath, "", "", 200, 597)
		ask("192.0.2.3", "GET", jobPath(fakeID(1)), "", "", 200, 596)
		ask("192.0.2.3", "POST", jobPath(fakeID(1))+"cancel/", "", "", 200, 595)
		ask("192.0.2.3", "GET", jobPath(fakeID(1))+"events/", "", "", 200, 594)
		ask("192.0.2.3", "GET", jobPath(fakeID(1))+"rejected/", "", "", 200, 593)
		ask("192.0.2.3", "GET", exportPath, "", "", 200, 592)
		if len(jobs.jobs) != 4 {
			t.Errorf("got %d jobs, want the 4 that were paid for", len(jobs.jobs))
		}
	})
}
