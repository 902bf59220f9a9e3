package httpapi_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

var update = flag.Bool("update", false, "write the golden files of this package anew")

// told is a dialogue with the API, as its golden file has it.
type told struct {
	handler http.Handler
	text    strings.Builder
}

// ask sends a request and tells of it and its answer. The headers of the request come in
// pairs.
func (d *told) ask(title, method, path, body string, headers ...string) {
	fmt.Fprintf(&d.text, "# %s\n%s %s\n", title, method, path)
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(&d.text, "%s: %s\n", headers[i], headers[i+1])
	}
	if body != "" {
		fmt.Fprintf(&d.text, "\n%s\n", strings.TrimSuffix(body, "\n"))
	}
	got := send(d.handler, request(method, path, body, headers...))
	fmt.Fprintf(&d.text, "\n%d\n", got.Code)
	for _, name := range []string{"Content-Type", "Content-Disposition", "Cache-Control", "X-Accel-Buffering", "Location", "Allow", "Connection"} {
		for _, value := range got.Header().Values(name) {
			fmt.Fprintf(&d.text, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(&d.text, "\n%s\n\n", strings.TrimRight(got.Body.String(), "\n"))
}

// wantGolden fails the test unless what was told is what the golden file has.
func (d *told) wantGolden(t *testing.T, file string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(d.text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(d.text.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("%s, line %d:\ngot  %s\nwant %s", file, i+1, gotLines[i], wantLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Fatalf("%s: got %d lines, want %d", file, len(gotLines), len(wantLines))
	}
}

// asJSONType are the headers of a body in JSON.
var asJSONType = []string{"Content-Type", "application/json"}

func TestJobsAreToldAsTheGoldenFileHasThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newFakeJobs()
		jobs.refused = []domain.Refusal{
			{Line: 3, Problem: domain.Problem{Field: domain.FieldAge, Code: domain.ProblemTooSmall, Limit: 0}},
			{Line: 7, Problem: domain.Problem{Field: domain.FieldRow, Code: domain.ProblemSyntax}},
		}
		d := &told{handler: openWith(t, withJobs(t, jobs), config)}
		change := func(n int, change func(job *domain.Job)) {
			job, _ := jobs.Find(t.Context(), fakeID(n))
			change(&job)
			jobs.set(job)
		}
		d.ask("no jobs", "GET", jobsPath, "")
		time.Sleep(1234567 * time.Microsecond)
		d.ask("made-up persons", "POST", jobsPath, `{"kind":"generate","count":250000}`, asJSONType...)
		d.ask("a text, tried only", "POST", jobsPath+"?dry_run=true", "name,age\nAnn,31\n", "Content-Type", "text/csv; charset=utf-8")
		d.ask("all or nothing", "POST", jobsPath, `{"kind":"generate","count":3,"atomic":true,"dry_run":"no"}`, asJSONType...)
		time.Sleep(time.Second)
		change(1, func(job *domain.Job) { *job, _ = job.Begin(time.Now()) })
		time.Sleep(2 * time.Second)
		change(1, func(job *domain.Job) { job.Done, job.Rejected = 49_990, 10 })
		d.ask("one that runs", "GET", jobPath(fakeID(1)), "")
		d.ask("its id in upper case", "GET", jobsPath+strings.ToUpper(string(fakeID(1)))+"/", "")
		d.ask("what it has refused", "GET", jobPath(fakeID(1))+"rejected/", "")
		d.ask("the headers of that", "HEAD", jobPath(fakeID(1))+"rejected/", "")
		d.ask("canceled", "POST", jobPath(fakeID(1))+"cancel/", "")
		d.ask("canceled again", "POST", jobPath(fakeID(1))+"cancel/", "")
		d.ask("the events of one that is over", "GET", jobPath(fakeID(1))+"events/", "", "Accept", "text/event-stream")
		change(2, func(job *domain.Job) { *job, _ = job.Fail("the text went away", time.Now()) })
		d.ask("one that has failed", "GET", jobPath(fakeID(2)), "")
		d.ask("canceled too late", "POST", jobPath(fakeID(2))+"cancel/", "")
		d.ask("the list", "GET", jobsPath, "")
		d.ask("what it is", "OPTIONS", jobsPath, "")
		d.ask("what events are", "OPTIONS", jobPath(fakeID(1))+"events/", "")
		d.ask("a job that there is not", "GET", jobPath(fakeID(9)), "")
		d.ask("its events", "GET", jobPath(fakeID(9))+"events/", "")
		d.ask("what it has refused", "GET", jobPath(fakeID(9))+"rejected/", "")
		d.ask("canceled", "POST", jobPath(fakeID(9))+"cancel/", "")
		d.ask("deleted", "DELETE", jobPath(fakeID(1)), "")
		d.wantGolden(t, "testdata/jobs.golden")
	})
}

func TestWhatMakesNoJobIsRefusedInTheWordsOfTheFramework(t *testing.T) {
	t.Parallel()
	d := &told{handler: openWith(t, untouchable(t), config)}
	for _, body := range []string{
		`{`, `[1]`, `null`, `{}`, `{"kind":"import","count":1}`, `{"kind":null,"count":null,"atomic":null}`, `{"kind":"generate"}`,
		`{"kind":7,"count":"x","dry_run":2}`, `{"kind":["generate"],"count":1.5,"dry_run":[],"atomic":"maybe"}`,
	} {
		d.ask("a form", "POST", jobsPath, body, asJSONType...)
	}
	d.ask("flags in the query hold for a form too", "POST", jobsPath+"?dry_run=&atomic=2", `{"kind":"generate","count":1}`, asJSONType...)
	d.ask("nothing at all", "POST", jobsPath, "")
	d.ask("a text with flags that are none", "POST", jobsPath+"?dry_run=perhaps&atomic=", "name,age\n", "Content-Type", "text/csv")
	d.ask("a text in another charset", "POST", jobsPath, "name,age\n", "Content-Type", "text/csv; charset=latin-1")
	d.ask("a text in another coding", "POST", jobsPath, "name,age\n", "Content-Type", "text/csv", "Content-Encoding", "br")
	d.ask("something else", "POST", jobsPath, "<a/>", "Content-Type", "text/xml")
	d.ask("a form of a browser", "POST", jobsPath, "kind=generate&count=1", "Content-Type", "application/x-www-form-urlencoded")
	d.ask("a bad key", "POST", jobsPath, `{"kind":"generate","count":1}`, "Content-Type", "application/json", "Idempotency-Key", "é")
	d.ask("a text with a bad key", "POST", jobsPath, "name,age\n", "Content-Type", "text/csv", "Idempotency-Key", "é")
	d.wantGolden(t, "testdata/jobs-refused.golden")
}

// What the rules of the domain refuse is said by the domain, and by each word once.
func TestTheCountOfAJobIsTheDomainsToJudge(t *testing.T) {
	t.Parallel()
	handler := openWith(t, withJobs(t, newFakeJobs()), config)
	for body, want := range map[string]string{
		`{"kind":"generate","count":0}`:                      `{"count":["Ensure this value is greater than or equal to 1."]}`,
		`{"kind":"generate","count":-5.0}`:                   `{"count":["Ensure this value is greater than or equal to 1."]}`,
		`{"kind":"generate","count":100000001}`:              `{"count":["Ensure this value is less than or equal to 100000000."]}`,
		`{"kind":"generate","count":100001,"atomic":"on"}`:   `{"count":["Ensure this value is less than or equal to 100000."]}`,
		`{"kind":"generate","count":99999999999999999999}`:   `{"count":["Ensure this value is less than or equal to 100000000."]}`,
		`{"kind":"generate","count":" 100000001 ","x":{}}  `: `{"count":["Ensure this value is less than or equal to 100000000."]}`,
	} {
		wantAnswer(t, postJSON(handler, jobsPath, body), http.StatusBadRequest, want)
	}
}

func TestFlagsAreReadAsTheFrameworkReadsThem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		query, fields  string
		dryRun, atomic bool
	}{
		{"", "", false, false},
		{"?dry_run=true", "", true, false},
		{"?dry_run=1&atomic=YES", "", true, true},
		{"?dry_run=true&dry_run=off", "", false, false},
		{"?dry_run=true", `,"dry_run":false`, false, false},
		{"?dry_run=true", `,"atomic":1`, true, true},
		{"", `,"dry_run":1.0,"atomic":-0`, true, false},
		{"", `,"dry_run":"t","atomic":"n"`, true, false},
	} {
		jobs := newFakeJobs()
		got := postJSON(openWith(t, withJobs(t, jobs), config), jobsPath+test.query, `{"kind":"generate","count":1`+test.fields+`}`)
		if want := (domain.JobOrder{DryRun: test.dryRun, Atomic: test.atomic}); got.Code != http.StatusAccepted || jobs.orders[0] != want {
			t.Errorf("%q and %q: got %d and the order %+v, want 202 and %+v", test.query, test.fields, got.Code, jobs.orders, want)
		}
	}
}

// jobSlice is a slice of the list of jobs.
type jobSlice struct {
	Next, Previous *string
	Results        []struct{ ID domain.JobID }
}

func TestTheListOfJobsIsWalkedByItsCursors(t *testing.T) {
	t.Parallel()
	jobs := newFakeJobs()
	for range 250 {
		jobs.add(domain.JobOrder{}, domain.JobGenerate, "", 1)
	}
	handler := openWith(t, withJobs(t, jobs), config)
	link := "http://localhost" + jobsPath + "?x=y&page=3"
	for _, want := range []struct{ first, last int }{{250, 151}, {150, 51}, {50, 1}} {
		got := send(handler, request(http.MethodGet, strings.TrimPrefix(link, "http://localhost"), ""))
		var slice jobSlice
		if err := json.Unmarshal(got.Body.Bytes(), &slice); err != nil || got.Code != http.StatusOK {
			t.Fatalf("%s: got %d %s", link, got.Code, got.Body)
		}
		n := len(slice.Results)
		if n != want.first-want.last+1 || slice.Results[0].ID != fakeID(want.first) || slice.Results[n-1].ID != fakeID(want.last) || slice.Previous != nil {
			t.Errorf("%s: got %d jobs from %s, and previous %v, want %d to %d and null", link, n, slice.Results[0].ID, slice.Previous, want.first, want.last)
		}
		if isLast := want.last == 1; isLast != (slice.Next == nil) {
			t.Fatalf("%s: got next %v, want it unless this is the last slice", link, slice.Next)
		}
		if slice.Next != nil {
			if link = *slice.Next; !strings.HasPrefix(link, "http://localhost"+jobsPath+"?cursor=") || !strings.HasSuffix(link, "&x=y") {
				t.Errorf("got the link %s, want this path with the cursor and the other parameters", link)
			}
		}
	}
	for _, cursor := range []string{"x", "cA==", cursorOf("p="), cursorOf("p=7"), cursorOf("p={" + string(fakeID(1)) + "}"), cursorOf("r=1&p=" + string(fakeID(1))), cursorOf("p=" + string(fakeID(1)) + "\x00")} {
		got := send(handler, request(http.MethodGet, jobsPath+"?cursor="+strings.ReplaceAll(cursor, "+", "%2B"), ""))
		wantAnswer(t, got, http.StatusNotFound, `{"detail":"Invalid cursor"}`)
	}
}

func TestAnIDThatIsNoneReachesNoUseCase(t *testing.T) {
	t.Parallel()
	handler := openWith(t, untouchable(t), config)
	id := string(fakeID(1))
	for _, id := range []string{"x", "1", "%00", id[:35], id + "0", "{" + id + "}", "urn:uuid:" + id, strings.ReplaceAll(id, "-", ""), strings.Replace(id, "0", "g", 1)} {
		for method, path := range map[string]string{http.MethodGet: "", http.MethodHead: "events/", http.MethodPost: "cancel/"} {
			if got := send(handler, request(method, jobsPath+id+"/"+path, "")); got.Code != http.StatusNotFound {
				t.Errorf("%s of %q: got %d, want 404", method, id+"/"+path, got.Code)
			}
		}
	}
}

// The root tells of persons only, as the original's did.
func TestTheRootIsAsItWas(t *testing.T) {
	t.Parallel()
	wantAnswer(t, send(open(t), request(http.MethodGet, "/api/v1/", "")), http.StatusOK, `{"persons":"http://localhost/api/v1/persons/"}`)
}
