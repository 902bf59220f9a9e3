package httpclient_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func draft(tb testing.TB, name string, age int64) domain.Draft {
	tb.Helper()
	made, err := domain.NewDraft(name, age)
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

// losing is a server that serves each request, and loses every answer but that to the last attempt of each call: the first two of three, of each
// method and path.
type losing struct {
	handler http.Handler
	half    bool // half of the answer comes

	mu    sync.Mutex
	asked map[string]int
}

// RoundTrip implements http.RoundTripper.
func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	const attempts = 3
	w := httptest.NewRecorder()
	served := r.Clone(r.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	l.handler.ServeHTTP(w, served)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[r.Method+r.URL.Path]++
	if l.asked[r.Method+r.URL.Path]%attempts == 0 {
		return w.Result(), nil
	}
	if !l.half {
		return nil, errReset
	}
	response := w.Result()
	text := w.Body.String()
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader(text[:len(text)/2]), failing{io.ErrUnexpectedEOF}))
	return response, nil
}

// Every call is served three times, and takes effect once.
func TestALostAnswerDoesNothingTwice(t *testing.T) {
	t.Parallel()
	for _, half := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			store := memstore.New()
			server := &losing{handler: newAPI(t, store, 5, 40), half: half, asked: map[string]int{}}
			client, err := httpclient.New("http://roster.example", httpclient.Config{Transport: server, BulkMax: 40})
			if err != nil {
				t.Fatal(err)
			}
			total := func(want int64, what string) {
				t.Helper()
				page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1})
				if err != nil || page.Total != want {
					t.Errorf("half %t, %s: got %d persons (%v), want %d", half, what, page.Total, err, want)
				}
			}
			person, err := client.Registry.Create(t.Context(), draft(t, "Ann", 1))
			if want := domain.StoredPerson(1, "Ann", 1); err != nil || person != want {
				t.Fatalf("Create: got %v and %v, want %v", person, err, want)
			}
			total(1, "one was created")
			outcomes, err := client.CreateBulk.Create(t.Context(), []domain.Draft{draft(t, "Bob", 2), draft(t, "Zoe", 3)})
			if _, failed := domain.Tally(outcomes); err != nil || failed != nil {
				t.Fatalf("Create of two: got %v and %v", err, failed)
			}
			total(3, "a batch was created")
			for _, creator := range []*httpclient.BulkCreate{client.CreateBulk, client.AsyncCreateBulk} {
				if made, err := creator.Generate(t.Context(), 7); err != nil || made != 7 {
					t.Fatalf("Generate: got %d and %v", made, err)
				}
			}
			total(17, "two bulks were made up")
			if job, err := client.Jobs.Import(t.Context(), domain.JobOrder{DryRun: true}, "csv", strings.NewReader("name,age\nAnn,1\n")); err != nil || job.Total != 1 {
				t.Errorf("Import of a text that can be read again: got %+v and %v, want a job", job, err)
			}
			if _, err := client.Jobs.Generate(t.Context(), domain.JobOrder{DryRun: true}, 3); err != nil {
				t.Errorf("Generate of a job: got %v, want a job", err)
			}
			if jobs, err := client.Jobs.List(t.Context(), "", 10); err != nil || len(jobs) != 2 {
				t.Errorf("List of jobs: got %v and %v, want two", jobs, err)
			}
			older, _ := domain.NewPatch(nil, new(int64(32)))
			changed, err := client.Registry.Patch(t.Context(), 1, older, domain.Unchanged(person))
			if want := domain.StoredPerson(1, "Ann", 32); err != nil || changed != want {
				t.Errorf("Patch on a condition, served before its answer was lost: got %v and %v, want %v", changed, err, want)
			}
			if _, err := client.Registry.Patch(t.Context(), 1, older, domain.Unchanged(person)); domain.CodeOf(err) != domain.CodePrecondition {
				t.Errorf("Patch on a condition that does not hold any more: got %v, want %q", err, domain.CodePrecondition)
			}
			if err := client.Registry.Delete(t.Context(), 1, domain.Unchanged(changed)); err != nil {
				t.Errorf("Delete on a condition: got %v, want that it was done", err)
			}
			if err := client.Registry.Delete(t.Context(), 2); err != nil {
				t.Errorf("Delete: got %v, want that it was done", err)
			}
			total(15, "two were deleted")
		})
	}
}

func TestWhoWasToGoAndIsNotThereIsGoneOnlyWhereItMayHaveBeenUs(t *testing.T) {
	t.Parallel()
	nobody := says(404, jsonType, `{"detail":"Not found."}`)
	for name, test := range map[string]struct {
		first answering
		code  domain.Code
	}{
		"nothing before":              {nobody, domain.CodeNotFound},
		"no connection":               {refuses, domain.CodeNotFound},
		"the API had no room":         {says(503, jsonType, busy), domain.CodeNotFound},
		"the client was too fast":     {says(429, jsonType, busy, "Retry-After", "1"), domain.CodeNotFound},
		"a lost connection":           {resets, ""},
		"no answer":                   {hangs, ""},
		"a proxy that got no answer":  {page(504), ""},
		"a proxy that reached nobody": {page(502), ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			err := answers(test.first, nobody).client(t, httpclient.Config{}).Registry.Delete(t.Context(), 1)
			if domain.CodeOf(err) != test.code {
				t.Errorf("%s, and then nobody is there: got %v, want code %q", name, err, test.code)
			}
		})
	}
}

func TestAChangeOnAConditionIsTriedAnewWhereSomebodyWasFaster(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		changed := says(412, jsonType, `{"detail":"The person has changed, or is not as If-Match or If-None-Match wants it."}`)
		read := func(age, tag string) answering {
			return says(200, jsonType, `{"id":1,"name":"Ann","age":`+age+`}`, "Etag", tag)
		}
		younger := func(person domain.Person) bool { return person.Age() < 50 }
		zoe := draft(t, "Zoe", 9)

		server := answers(read("31", `"a"`), changed, read("32", `"b"`), read("9", `"c"`))
		if _, err := server.client(t, httpclient.Config{}).Registry.Replace(t.Context(), 1, zoe, younger); err != nil {
			t.Errorf("Replace: got %v, want that it was done of the person who was seen last", err)
		}
		if got := server.requests(); len(got) != 4 || got[1].header.Get("If-Match") != `"a"` || got[3].header.Get("If-Match") != `"b"` {
			t.Errorf("got the requests %v, want the tags of whom was seen", got)
		}
		server = answers(read("31", `"a"`), changed, read("51", `"b"`))
		if _, err := server.client(t, httpclient.Config{}).Registry.Replace(t.Context(), 1, zoe, younger); domain.CodeOf(err) != domain.CodePrecondition || len(server.requests()) != 3 {
			t.Errorf("Replace of who is not as the condition wants any more: got %v after %d requests, want %q", err, len(server.requests()), domain.CodePrecondition)
		}
		var always []answering
		for range 20 {
			always = append(always, read("31", `"a"`), changed)
		}
		server = answers(always...)
		if err := server.client(t, httpclient.Config{}).Registry.Delete(t.Context(), 1, younger); domain.CodeOf(err) != domain.CodeUnavailable || len(server.requests()) != 20 {
			t.Errorf("where others are always faster: got %v after %d requests, want %q after 20", err, len(server.requests()), domain.CodeUnavailable)
		}
		for _, tag := range []string{"", `W/"a"`} {
			server = answers(read("31", tag))
			if err := server.client(t, httpclient.Config{}).Registry.Delete(t.Context(), 1, younger); domain.CodeOf(err) != domain.CodeUpstream || len(server.requests()) != 1 {
				t.Errorf("a tag %q that nothing can be changed by: got %v after %d requests, want %q", tag, err, len(server.requests()), domain.CodeUpstream)
			}
		}
	})
}
