package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/memqueue"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// working returns a server over a store with its own jobs, and a worker who does them.
func working(t *testing.T, store ports.PersonStore) *httptest.Server {
	t.Helper()
	jobStore, keepsJobs := store.(ports.JobStore)
	if !keepsJobs {
		t.Fatalf("%T keeps no jobs", store)
	}
	queue := memqueue.New()
	jobsConfig := domain.JobsConfig{Formats: personfile.Formats(), NewID: func() (domain.JobID, error) {
		id, err := uuid.NewV7()
		return domain.JobID(id.String()), err
	}}
	jobs, err := domain.NewJobs(jobStore, queue, jobsConfig)
	if err != nil {
		t.Fatal(err)
	}
	all := useCases(t, store)
	all.Jobs = jobs
	server := httptest.NewServer(openWith(t, all, config))
	var worker sync.WaitGroup
	ctx, stop := context.WithCancel(context.Background())
	worker.Go(func() { _ = queue.Serve(ctx, 2, domain.NewJobWork(jobStore, queue, jobsConfig)) })
	t.Cleanup(func() {
		server.Close()
		stop()
		worker.Wait()
		_ = queue.Close()
	})
	return server
}

// jobTold is of a job what this test looks at.
type jobTold struct {
	URL, State            string
	Total, Done, Rejected int64
	EventsURL             string `json:"events_url"`
	RejectedURL           string `json:"rejected_url"`
}

// lastEvent follows the events of a job to their end.
func lastEvent(t *testing.T, url string) jobTold {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var event string
	var job jobTold
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if name, isName := strings.CutPrefix(lines.Text(), "event: "); isName {
			event = name
		}
		if data, isData := strings.CutPrefix(lines.Text(), "data: "); isData {
			job = jobTold{}
			if err := json.Unmarshal([]byte(data), &job); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := lines.Err(); err != nil || event != "end" {
		t.Fatalf("%s: got the event %q and the error %v at last, want end", url, event, err)
	}
	return job
}

func textAt(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %s %s (%v), want 200", url, response.Status, text, err)
	}
	return string(text)
}

// From a text to persons, and back to a text, over every store that keeps jobs.
func TestATextBecomesPersonsAndTheyATextAgain(t *testing.T) {
	t.Parallel()
	var text, want strings.Builder
	text.WriteString("name,age\n")
	want.WriteString("name,age\n")
	const rows = 25_000
	for i := range rows {
		if i == 12_345 {
			text.WriteString("Nobody,-1\n")
			continue
		}
		fmt.Fprintf(&text, "Person %d,%d\n", i, i%100)
		fmt.Fprintf(&want, "Person %d,%d\n", i, i%100)
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := working(t, open(t))
			var first jobTold
			for _, again := range []bool{false, true} {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+jobsPath, strings.NewReader(packed(t, text.String())))
				if err != nil {
					t.Fatal(err)
				}
				for name, value := range map[string]string{"Content-Type": "text/csv", "Content-Encoding": "gzip", "Idempotency-Key": `"the list"`} {
					r.Header.Set(name, value)
				}
				response, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				var job jobTold
				err = json.NewDecoder(response.Body).Decode(&job)
				_ = response.Body.Close()
				if err != nil || response.StatusCode != http.StatusAccepted || job.Total != rows || response.Header.Get("Location") != job.URL {
					t.Fatalf("got %s, %v and %+v (%v), want a job of %d rows", response.Status, response.Header, job, err, rows)
				}
				if again && job.URL != first.URL {
					t.Errorf("the same text with the same key: got %s, want %s", job.URL, first.URL)
				}
				first = job
			}
			if over := lastEvent(t, first.EventsURL); over.State != "done" || over.Done != rows-1 || over.Rejected != 1 {
				t.Errorf("got %+v at last, want all rows but one done", over)
			}
			if got, want := textAt(t, first.RejectedURL), "line,field,code,reason\n12347,age,too_small,is less than 0\n"; got != want {
				t.Errorf("got the refusals %q, want %q", got, want)
			}
			var exported []string // without ids, which chunks that are done at once share out by chance
			for line := range strings.Lines(textAt(t, server.URL+exportPath)) {
				_, person, _ := strings.Cut(line, ",")
				exported = append(exported, person)
			}
			slices.Sort(exported)
			if sent := slices.Sorted(strings.Lines(want.String())); !slices.Equal(exported, sent) {
				t.Errorf("got %d lines of persons, want the %d that were sent", len(exported), len(sent))
			}
		})
	}
}
