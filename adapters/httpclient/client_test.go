package httpclient_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestWhatIsNoServerAndNoConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "roster.example", "//roster.example", "ftp://roster.example", "http://", "http://:80", "https://ann:secret@roster.example", "https://roster.example?x=1", "https://roster.example/#x", "http://[::1", "http://a b/",
	} {
		if _, err := httpclient.New(url, httpclient.Config{}); domain.CodeOf(err) != domain.CodeInvalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v, want code %q, and nothing of a password", url, err, domain.CodeInvalid)
		}
	}
	for name, config := range map[string]httpclient.Config{
		"a negative time": {Timeout: -1}, "a negative size": {MaxAnswerBytes: -1}, "a negative bulk": {BulkMax: -1}, "a token of two lines": {Token: "a\r\nX: y"}, "a user agent of two lines": {UserAgent: "a\nb"},
	} {
		if _, err := httpclient.New("http://roster.example", config); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%s: got %v, want code %q", name, err, domain.CodeInvalid)
		}
	}
}

func TestAServerMayStandBehindAPrefix(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"http://roster.example": "http://roster.example/api/v1/persons/1/", "http://roster.example/": "http://roster.example/api/v1/persons/1/", "https://[::1]:8443/a%2Fb/c/": "https://[::1]:8443/a%2Fb/c/api/v1/persons/1/",
	} {
		server := answers(says(200, jsonType, ann))
		client, err := httpclient.New(base, httpclient.Config{Transport: server})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Registry.Get(t.Context(), 1); err != nil || server.requests()[0].url != want {
			t.Errorf("%s: got %v of %s, want %s", base, err, server.requests()[0].url, want)
		}
	}
}

func TestALongListOfJobsTakesSeveralRequests(t *testing.T) {
	t.Parallel()
	slice := func(from, count int, next string) answering {
		var jobs []string
		for i := range count {
			jobs = append(jobs, fmt.Sprintf(`{"id":"019a0000-0000-7000-8000-%012x","state":"done"}`, from-i))
		}
		return says(200, jsonType, `{"next":`+next+`,"previous":null,"results":[`+strings.Join(jobs, ",")+`]}`)
	}
	server := answers(slice(500, 100, `"x"`), slice(400, 100, `"x"`), slice(300, 100, `"x"`))
	jobs, err := server.client(t, httpclient.Config{}).Jobs.List(t.Context(), "", 250)
	if err != nil || len(jobs) != 250 || jobs[249].ID != domain.JobID(fmt.Sprintf("019a0000-0000-7000-8000-%012x", 251)) {
		t.Fatalf("got %d jobs and %v, want 250 to the 251st", len(jobs), err)
	}
	requests := server.requests()
	if len(requests) != 3 || !strings.HasSuffix(requests[2].url, fmt.Sprintf("?before=019a0000-0000-7000-8000-%012x", 301)) {
		t.Errorf("got the requests %v, want 3, each before the last job of the one before", requests)
	}
	server = answers(slice(2, 2, "null"))
	if jobs, err := server.client(t, httpclient.Config{}).Jobs.List(t.Context(), "", 250); err != nil || len(jobs) != 2 || len(server.requests()) != 1 {
		t.Errorf("got %d jobs after %d requests and %v, want the two that there are after one", len(jobs), len(server.requests()), err)
	}
	if _, err := server.client(t, httpclient.Config{}).Jobs.List(t.Context(), "../persons", 1); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("jobs before what no job can be: got %v, want code %q", err, domain.CodeInvalid)
	}
}

// cutting serves each request and cuts the connection in the middle of its answer, when it was served; every second of a kind it lets through.
type cutting struct {
	handler http.Handler

	mu    sync.Mutex
	asked map[string]int
}

// ServeHTTP implements http.Handler.
func (c *cutting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	served := httptest.NewRecorder()
	c.handler.ServeHTTP(served, r)
	c.mu.Lock()
	c.asked[r.Method+r.URL.Path]++
	isCut := c.asked[r.Method+r.URL.Path]%2 == 1
	c.mu.Unlock()
	for name, values := range served.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(served.Code)
	text := served.Body.Bytes()
	if isCut {
		_, _ = w.Write(text[:len(text)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(text)
}

func TestOverARealNetworkNothingIsDoneTwiceEither(t *testing.T) {
	t.Parallel()
	client := newClient(t, serve(t, &cutting{handler: newAPI(t, memstore.New(), 5, 40), asked: map[string]int{}}), httpclient.Config{})
	ann, err := client.Registry.Create(t.Context(), draft(t, "Ann", 31))
	if want := domain.StoredPerson(1, "Ann", 31); err != nil || ann != want {
		t.Fatalf("Create: got %v and %v, want %v", ann, err, want)
	}
	outcomes, err := client.CreateBulk.Create(t.Context(), []domain.Draft{draft(t, "Bob", 2), draft(t, "Zoe", 3)})
	if _, failed := domain.Tally(outcomes); err != nil || failed != nil || outcomes[0].Value.ID() != 2 {
		t.Fatalf("Create of two: got %v and %v, want them", outcomes, err)
	}
	older, _ := domain.NewPatch(nil, new(int64(32)))
	ann, err = client.Registry.Patch(t.Context(), 1, older, domain.Unchanged(ann))
	if want := domain.StoredPerson(1, "Ann", 32); err != nil || ann != want {
		t.Errorf("Patch on a condition: got %v and %v, want %v", ann, err, want)
	}
	if err := client.Registry.Delete(t.Context(), 2); err != nil {
		t.Errorf("Delete: got %v, want that it was done", err)
	}
	var names []string
	for person, err := range client.Registry.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, person.String())
	}
	if got, want := strings.Join(names, ", "), "1 Ann (32), 3 Zoe (3)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
