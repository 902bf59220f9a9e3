package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memqueue"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// examplesBegin is the line of the description behind which the examples are, to its end.
const examplesBegin = "    # What follows is recorded."

// examples are answers of a server, by the names that they have in the description.
type examples map[string]string

// The examples of the description are what a server answers, from the first byte to the last. Nothing in them need be made
// alike: the server stands in virtual time, which begins with the year 2000 and goes on only where the test waits, the ids of
// persons and jobs are counted, and every request goes to localhost. With -update they are recorded anew, and then openapi.json.
func TestTheExamplesOfTheDescriptionAreWhatAServerAnswers(t *testing.T) { //nolint:paralleltest // with -update it writes a file that another test reads
	recorded := examples{}
	synctest.Test(t, func(t *testing.T) { recordExamples(t, recorded) })
	var want strings.Builder
	for _, name := range sorted(recorded) {
		want.WriteString(recorded[name])
	}
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	begin := strings.Index(string(text), examplesBegin)
	begin += strings.IndexByte(string(text)[begin:], '\n') + 1
	if got := string(text)[begin:]; got != want.String() && !*update {
		t.Errorf("the examples are not what a server answers: go test ./adapters/httpapi -run Description -update records them anew; got\n%s\nwant\n%s", got, &want)
	}
	if *update {
		if err := os.WriteFile("openapi.yaml", append(text[:begin:begin], want.String()...), 0o600); err != nil {
			t.Fatal(err)
		}
		writeDescriptionAsJSON(t)
	}
}

func sorted(recorded examples) []string {
	var names []string
	for name := range recorded {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ask sends a request and keeps the answer as an example.
func (e examples) ask(t *testing.T, handler http.Handler, name, method, path, body string, headers ...string) {
	t.Helper()
	summary := method + " " + path
	if body != "" {
		summary += " " + strings.ReplaceAll(strings.TrimSuffix(body, "\n"), "\n", `\n`)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] != "Content-Type" {
			summary += ", " + headers[i] + ": " + headers[i+1]
		}
	}
	got := send(handler, request(method, path, body, headers...))
	value := got.Body.String()
	if got.Header().Get("Content-Type") != "application/json" {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		value = string(text)
	}
	quoted, err := json.Marshal(summary)
	if err != nil {
		t.Fatal(err)
	}
	e[name] = fmt.Sprintf("    %s:\n      summary: %s\n      value: %s\n", name, quoted, value)
}

// recordExamples plays what the examples tell, within virtual time.
func recordExamples(t *testing.T, e examples) {
	t.Helper()
	all, work := workedOff(t)
	handler := openWith(t, all, withSite())
	asJSON := []string{"Content-Type", "application/json"}
	ask := func(name, method, path string) { t.Helper(); e.ask(t, handler, name, method, path, "") }
	post := func(name, path, body string, headers ...string) {
		t.Helper()
		e.ask(t, handler, name, http.MethodPost, path, body, append(headers, asJSON...)...)
	}
	ask("Landing", http.MethodGet, "/")
	ask("Root", http.MethodGet, "/api/v1/")
	ask("Metadata", http.MethodOptions, personsPath)
	ask("Health", http.MethodGet, "/healthz")
	post("PersonCreated", personsPath, `{"name":"Ann","age":31}`, "Idempotency-Key", "d94f0f05")
	post("KeyReused", personsPath, `{"name":"Bob","age":32}`, "Idempotency-Key", "d94f0f05")
	post("BatchCreated", batchPath, `[{"name":"Bob","age":32},{"name":"Cid","age":33}]`)
	post("BadBatch", batchPath, `[{"name":"Bob","age":32},{"name":"","age":-1}]`)
	post("BadPerson", personsPath, `{"name":"","age":"x"}`)
	post("BadJSON", personsPath, `{"name":`)
	post("BulkCreated", "/api/v1/create_bulk/", `{"count":100}`)
	post("AsyncBulkCreated", "/api/v1/async_create_bulk/", `{"count":2}`)
	post("BadBulk", "/api/v1/create_bulk/", `{"count":10001}`)
	e.ask(t, handler, "UnsupportedMediaType", http.MethodPost, personsPath, "Ann", "Content-Type", "text/plain")
	ask("Person", http.MethodGet, personsPath+"1/")
	e.ask(t, handler, "PersonChanged", http.MethodPatch, personsPath+"1/", `{"age":32}`, asJSON...)
	e.ask(t, handler, "PreconditionFailed", http.MethodDelete, personsPath+"1/", "", "If-Match", `"hitiO_snLMd5Hn09cOTW7Q"`)
	e.ask(t, handler, "Unmatched", http.MethodGet, "/api/schema/", "", "If-Match", `"hitiO_snLMd5Hn09cOTW7Q"`)
	for pk := 6; pk <= 105; pk++ {
		send(handler, request(http.MethodDelete, fmt.Sprint(personsPath, pk, "/"), ""))
	}
	ask("PersonPage", http.MethodGet, personsPath)
	ask("PersonSlice", http.MethodGet, personsPath+"?cursor=cD0z")
	ask("ExportCSV", http.MethodGet, exportPath)
	ask("ExportNDJSON", http.MethodGet, exportPath+"?format=ndjson")
	ask("NoSuchPage", http.MethodGet, personsPath+"?page=7")
	ask("NoSuchCursor", http.MethodGet, personsPath+"?cursor=x")
	ask("NotFound", http.MethodGet, personsPath+"99/")
	ask("BadCheck", http.MethodGet, "/api/v1/check/")
	ask("NobodyToCheck", http.MethodGet, "/api/v1/check/?pk=99")
	ask("Fetched", http.MethodGet, fetchPath)
	ask("MethodNotAllowed", http.MethodDelete, personsPath)
	e.ask(t, handler, "NotAcceptable", http.MethodGet, personsPath, "", "Accept", "text/html")

	time.Sleep(1234567 * time.Microsecond)
	post("JobAccepted", jobsPath, `{"kind":"generate","count":25000}`)
	post("BadJob", jobsPath, `{"kind":"generate","atomic":"maybe"}`)
	work()
	ask("Job", http.MethodGet, jobPath(fakeID(1)))
	send(handler, request(http.MethodPost, jobsPath, "name,age\nAnn,31\nBob,-1\n", "Content-Type", "text/csv"))
	work()
	ask("JobSlice", http.MethodGet, jobsPath)
	e.ask(t, handler, "JobEvents", http.MethodGet, jobPath(fakeID(2))+"events/", "", "Accept", "text/event-stream")
	ask("Rejected", http.MethodGet, jobPath(fakeID(2))+"rejected/")
	ask("JobIsOver", http.MethodPost, jobPath(fakeID(2))+"cancel/")
	e.ask(t, handler, "BadText", http.MethodPost, jobsPath, "Ann,31\n", "Content-Type", "text/csv")

	unready := config
	unready.Ready = func(context.Context) error {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database does not answer", Cause: errors.New("for the log")}
	}
	e.ask(t, openWith(t, all, unready), "NotReady", http.MethodGet, "/readyz", "")
	limited := openWith(t, all, limitedBy(inMemory(t, 1, time.Minute)))
	send(limited, request(http.MethodGet, "/api/v1/", ""))
	e.ask(t, limited, "Throttled", http.MethodGet, "/api/v1/", "")
	r := request(http.MethodGet, "/api/v1/", "")
	r.Host = "evil.example"
	e["BadHost"] = fmt.Sprintf("    BadHost:\n      summary: \"GET /api/v1/, Host: evil.example\"\n      value: %s\n", send(handler, r).Body)
}

// workedOff returns use cases over an empty store and its own jobs, whose ids are those of the fake ones, and what does all
// of their work that there is.
func workedOff(t *testing.T) (all httpapi.UseCases, work func()) {
	t.Helper()
	store, queue := memstore.New(), memqueue.New()
	given := 0
	jobsConfig := domain.JobsConfig{Formats: personfile.Formats(), NewID: func() (domain.JobID, error) {
		given++
		return fakeID(given), nil
	}}
	jobs, err := domain.NewJobs(store, queue, jobsConfig)
	if err != nil {
		t.Fatal(err)
	}
	all = useCases(t, store)
	all.Jobs = jobs
	fetch := func(_ context.Context, url string) (domain.Document, error) {
		if strings.HasSuffix(url, "/slow") {
			return nil, &domain.Error{Code: domain.CodeDeadline}
		}
		return domain.Document(`{"name":"Ann","age":31}`), nil
	}
	all.Fetch = domain.NewFetch(executor(t, domain.FetchHandler(&portmock.DocumentFetcherMock{FetchDocumentFunc: fetch}), localexec.PerItem(64, 64)),
		[]string{"https://upstream.example/ann", "https://upstream.example/slow"})
	return all, func() {
		ctx, stop := context.WithCancel(t.Context())
		var worker sync.WaitGroup
		worker.Go(func() { _ = queue.Serve(ctx, 1, domain.NewJobWork(store, queue, jobsConfig)) })
		synctest.Wait()
		stop()
		worker.Wait()
	}
}
