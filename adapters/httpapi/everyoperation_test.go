package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"iter"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/httpapi/apitest"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// pathOf returns the path of a route with values for its variables.
func pathOf(route httpapi.Route) string {
	return strings.NewReplacer("{pk}", "1", "{id}", string(fakeID(1)), "{file}", "docs.js").Replace(route.Path)
}

// everyOperation returns a request of each method of each route, with a body where it takes one.
func everyOperation() []*http.Request {
	var all []*http.Request
	for _, route := range httpapi.Routes() {
		path := pathOf(route)
		if strings.HasSuffix(path, "/check/") {
			path += "?pk=1"
		}
		for _, method := range []string{route.Method, http.MethodHead, http.MethodOptions} {
			r := request(method, path, "")
			if method == http.MethodDelete {
				r.URL.Path = strings.Replace(path, "/1/", "/2/", 1) // the first stays for the others
			}
			switch {
			case method != route.Method || method == http.MethodGet || method == http.MethodDelete:
			case path == batchPath:
				setBody(r, "application/json", `[{"name":"Ann","age":31}]`)
			default:
				setBody(r, "application/json", `{"name":"Ann","age":31,"count":7,"kind":"generate"}`)
			}
			all = append(all, r)
		}
	}
	return all
}

// withAccess is asking, where what explains the API is for anybody.
func withAccess(tokens httpapi.TokenChecker) httpapi.Config {
	asks := asking(tokens)
	asks.Access = func(method, route string) account.Access {
		if strings.HasPrefix(route, "/api/docs/") || route == "/api/schema/" {
			return account.Anybody
		}
		return accessByMethod(method, route)
	}
	return asks
}

// failingAll returns use cases each of which answers err.
func failingAll(t *testing.T, err error) httpapi.UseCases {
	t.Helper()
	all := untouchable(t)
	slice := func(context.Context, int64) (domain.Slice, error) { return domain.Slice{}, err }
	all.Registry = &portmock.PersonRegistryMock{
		ListFunc:   func(context.Context, int64) (domain.Page, error) { return domain.Page{}, err },
		AfterFunc:  slice,
		BeforeFunc: slice,
		GetFunc:    func(context.Context, int64) (domain.Person, error) { return domain.Person{}, err },
		CreateFunc: func(context.Context, domain.Draft) (domain.Person, error) { return domain.Person{}, err },
		ReplaceFunc: func(context.Context, int64, domain.Draft, ...domain.Condition) (domain.Person, error) {
			return domain.Person{}, err
		},
		PatchFunc: func(context.Context, int64, domain.Patch, ...domain.Condition) (domain.Person, error) {
			return domain.Person{}, err
		},
		DeleteFunc: func(context.Context, int64, ...domain.Condition) error { return err },
	}
	all.Check = &portmock.PersonCheckerMock{CheckFunc: func(context.Context, int64) (domain.Person, error) { return domain.Person{}, err }}
	bulk := &portmock.BulkCreatorMock{
		CheckCountFunc:   func(int) error { return nil },
		GenerateFunc:     func(context.Context, int) (int, error) { return 0, err },
		GenerateOnceFunc: func(context.Context, domain.Claim, int) (int, error) { return 0, err },
		CreateFunc:       func(context.Context, []domain.Draft) ([]domain.Outcome[domain.Person], error) { return nil, err },
	}
	all.CreateBulk, all.AsyncCreateBulk = bulk, bulk
	all.Fetch = &portmock.BulkFetcherMock{FetchConfiguredFunc: func(context.Context) []domain.Fetched { return []domain.Fetched{{Err: err}} }}
	all.Jobs = &portmock.JobManagerMock{
		FindFunc:     func(context.Context, domain.JobID) (domain.Job, error) { return domain.Job{}, err },
		CancelFunc:   func(context.Context, domain.JobID) (domain.Job, error) { return domain.Job{}, err },
		GenerateFunc: func(context.Context, domain.JobOrder, int64) (domain.Job, error) { return domain.Job{}, err },
		ListFunc:     func(context.Context, domain.JobID, int) ([]domain.Job, error) { return nil, err },
		WatchFunc: func(context.Context, domain.JobID) iter.Seq2[domain.Job, error] {
			return func(yield func(domain.Job, error) bool) { yield(domain.Job{}, err) }
		},
		RefusalsFunc: func(context.Context, domain.JobID) iter.Seq2[domain.Refusal, error] {
			return func(yield func(domain.Refusal, error) bool) { yield(domain.Refusal{}, err) }
		},
	}
	return all
}

// Every operation meets each mistake and each fault that the description tells of it, and answers as it says: the checker
// of this package's tests looks at each answer, and TestMain fails where a promise was met by none.
func TestEveryOperationAnswersEachMistakeAsItIsDescribed(t *testing.T) {
	t.Parallel()
	unavailable := &domain.Error{Code: domain.CodeUnavailable, Message: "planted"}
	works, _ := workedOff(t)
	working := openWith(t, works, withSite())
	for _, headers := range [][]string{{"Idempotency-Key", "used"}, nil} {
		for _, path := range []string{personsPath, jobsPath} {
			body := `{"name":"Eve","age":1,"kind":"generate","count":1}`
			send(working, request(http.MethodPost, path, body, append(headers, "Content-Type", "application/json")...))
		}
	}
	send(working, request(http.MethodPost, jobPath(fakeID(1))+"cancel/", "")) // so that its events end
	gate := newGate(t, tokensOf(t, openSQLite(t)))
	limited := limitedBy(answering(domain.Decision{Rate: rateOf(t, 600, time.Minute), RetryAfter: time.Second}, nil))
	limited.Site = newSite()
	for _, handler := range []http.Handler{
		working,
		openWith(t, failingAll(t, unavailable), config),
		openWith(t, untouchable(t), config), // each use case panics
		openWith(t, works, limited),
		openWith(t, untouchable(t), withAccess(gate)),
		openWith(t, untouchable(t), withAccess(failingTokens{unavailable})),
		openWith(t, untouchable(t), withAccess(failingTokens{&domain.Error{Code: domain.CodeInternal}})),
	} {
		for name, mistake := range map[string]func(r *http.Request){
			"none":            func(*http.Request) {},
			"a reader":        func(r *http.Request) { by(gate.reads, r) },
			"a strange host":  func(r *http.Request) { r.Host = "evil.example" },
			"a long target":   func(r *http.Request) { r.RequestURI = "/" + strings.Repeat("x", 9<<10) },
			"a form of none":  func(r *http.Request) { r.URL.RawQuery = "format=nonsense" },
			"a picture":       func(r *http.Request) { r.Header.Set("Accept", "image/png") },
			"a tag of others": func(r *http.Request) { r.Header.Set("If-Match", `"nobody's"`) },
			"any tag is had":  func(r *http.Request) { r.Header.Set("If-None-Match", "*") },
			"a key in use":    func(r *http.Request) { r.Header.Set("Idempotency-Key", "used") },
			"no JSON":         func(r *http.Request) { setBody(r, "application/json", `{`) },
			"another type":    func(r *http.Request) { setBody(r, "text/plain", `x`) },
			"a large body":    func(r *http.Request) { r.ContentLength = 2 << 20 },
			"a slow body": func(r *http.Request) {
				setBody(r, "application/json", "")
				r.Body, r.ContentLength = &slowBody{}, -1
			},
			"yaml":    func(r *http.Request) { r.Header.Set("Accept", "application/yaml") },
			"no file": func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, "docs.js", "other.js", 1) },
		} {
			for _, r := range everyOperation() {
				mistake(r)
				if got := send(handler, r); got.Code == 0 {
					t.Errorf("%s %s with %s: got no status", r.Method, r.URL, name)
				}
			}
		}
	}
}

// slowBody is one whose reading meets the server's deadline.
type slowBody struct{}

func (*slowBody) Read([]byte) (int, error) { return iotest.ErrReader(os.ErrDeadlineExceeded).Read(nil) }
func (*slowBody) Close() error             { return nil }

// While a request with a key is being served, another one with it is told to wait, wherever keys are understood.
func TestEveryOperationWithAKeyUnderWayAnswersAsItIsDescribed(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan struct{}), make(chan struct{})
	all := untouchable(t)
	all.CreateBulk = &portmock.BulkCreatorMock{CheckCountFunc: func(int) error { return nil }}
	all.Registry = &portmock.PersonRegistryMock{CreateFunc: func(_ context.Context, draft domain.Draft) (domain.Person, error) {
		close(begun)
		<-finish
		return draft.Person(1), nil
	}}
	handler := openWith(t, all, config)
	done := make(chan int)
	go func() {
		status, _ := withKey(handler, personsPath, "key", `{"name":"Ann","age":1}`)
		done <- status
	}()
	<-begun
	var told []string
	for _, r := range everyOperation() {
		if r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/cancel/") {
			continue
		}
		r.Header.Set("Idempotency-Key", "key")
		if got := send(handler, r); got.Code == http.StatusConflict {
			told = append(told, r.URL.Path)
		}
	}
	close(finish)
	if status := <-done; status != http.StatusCreated {
		t.Errorf("the first: got %d, want 201", status)
	}
	slices.Sort(told)
	told = slices.Compact(told) // a route with a format suffix is the same path
	want := []string{"/api/v1/async_create_bulk/", bulkPath, jobsPath, personsPath, batchPath}
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("got 409 of %q, want it of %q", told, want)
	}
}

func TestWhoFindsNoRoomIsAnsweredAsItIsDescribed(t *testing.T) {
	t.Parallel()
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(httpapi.BusyAnswer(time.Now()))), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantDescribed(t, answer, http.MethodGet)
}

// wantDescribed fails the test unless an answer to what became no request is as it is described.
func wantDescribed(t *testing.T, answer *http.Response, method string) {
	t.Helper()
	body := new(bytes.Buffer)
	if _, err := body.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	for _, difference := range checker().CheckUnreadable(method, apitest.Exchange{Status: answer.StatusCode, Header: answer.Header, Body: body.Bytes()}) {
		t.Error(difference)
	}
}
