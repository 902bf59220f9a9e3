//go:build linux

package torture_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
)

// ask sends a request and returns the answer's status and body.
func ask(t *testing.T, method, address, path, body string, header ...string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// statesOf returns a job's states as a server tells them, until the stream of events ends.
func statesOf(t *testing.T, address, id string) []job {
	t.Helper()
	status, events := ask(t, http.MethodGet, address, "/api/v1/jobs/"+id+"/events/", "")
	if status != http.StatusOK {
		t.Fatalf("the events of a job: got %d and %s", status, events)
	}
	var seen []job
	for lines := bufio.NewScanner(strings.NewReader(events)); lines.Scan(); {
		if data, isData := strings.CutPrefix(lines.Text(), "data: "); isData {
			seen = append(seen, parseJob(t, data))
		}
	}
	return seen
}

func TestServersAndWorkersOnOnePostgreSQLAreAsOne(t *testing.T) {
	t.Parallel()
	const limit = 200
	config := program.Config{Binary: binary(t), Database: newDatabase(t), Env: []string{
		newPostgres(t), "JOB_WORKERS=0", "RATE_LIMIT_STORE=database", fmt.Sprintf("RATE_LIMIT=%d/24h", limit),
	}}
	var servers [2]string
	for i := range servers {
		servers[i] = start(t, config.Database, config.Env...).Address
		startWorker(t, config)
	}
	asked := 0
	each := func(method, path, body string, header ...string) (answers [2]string) {
		t.Helper()
		for i, address := range servers {
			asked++
			var status int
			if status, answers[i] = ask(t, method, address, path, body, header...); status >= http.StatusBadRequest {
				t.Fatalf("%s %s of server %d: got %d and %s", method, path, i, status, answers[i])
			}
		}
		return answers
	}
	wantSame := func(what string, answers [2]string) {
		t.Helper()
		answers[1] = strings.ReplaceAll(answers[1], servers[1], servers[0]) // in links
		if answers[0] != answers[1] {
			t.Errorf("%s: got\n%s\nand\n%s\nwant the same of both servers", what, answers[0], answers[1])
		}
	}

	wantSame("two requests with one key", each(http.MethodPost, "/api/v1/persons/", `{"name": "Ann", "age": 31}`, "Idempotency-Key", "8e03978e"))
	saved := each(http.MethodPost, "/api/v1/persons/", `{"name": "Bob", "age": 32}`)
	var ids [2]struct{ ID int }
	for i, answer := range saved {
		if err := json.Unmarshal([]byte(answer), &ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	if ids[1].ID <= ids[0].ID {
		t.Errorf("got ids %d and then %d, want them to grow", ids[0].ID, ids[1].ID)
	}

	const rows = 30_000
	made := parseJob(t, run(t, config, []int{0}, "bulk", fmt.Sprint(rows), "--job", "--detach", "--json").Stdout)
	for i, address := range servers {
		asked++
		seen := statesOf(t, address, made.ID)
		if last := seen[len(seen)-1]; last.State != "done" || last.Done != rows {
			t.Errorf("server %d: got a job that is %s at %d in the end, want done at %d", i, last.State, last.Done, rows)
		}
	}
	wantSame("a job", each(http.MethodGet, "/api/v1/jobs/"+made.ID+"/", ""))
	pages := each(http.MethodGet, "/api/v1/persons/?page=151", "")
	wantSame("a page", pages)
	if want := fmt.Sprintf(`{"count":%d,`, rows+3); !strings.HasPrefix(pages[0], want) {
		t.Errorf("got a page that begins with %.40s, want %s", pages[0], want)
	}

	allowed := 0
	for i := range limit {
		status, _ := ask(t, http.MethodGet, servers[i%2], "/api/v1/persons/1/", "")
		if status == http.StatusOK {
			allowed++
		}
	}
	if asked+allowed != limit {
		t.Errorf("got %d of %d requests answered by both servers, want exactly the limit of %d", asked+allowed, asked+limit, limit)
	}
}

func TestAPageOfManyMillionPersonsIsFoundWithoutACount(t *testing.T) {
	t.Parallel()
	for name, database := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := size(100_000, 10_000_000)
			config := program.Config{Binary: binary(t), Database: newDatabase(t), Env: []string{database(t)}}
			began := time.Now()
			run(t, config, []int{0}, "bulk", strconv.Itoa(rows), "--job")
			made := time.Since(began)
			server := start(t, config.Database, config.Env...).Address
			ask(t, http.MethodGet, server, "/api/v1/persons/", "") // SQLite's is counted once, in the background
			time.Sleep(size(100*time.Millisecond, 5*time.Second))
			var told []string
			for _, percent := range []int{0, 50, 99} {
				const times = 21
				page := 1 + rows/100*percent/100
				took := make([]time.Duration, times)
				for i := range took {
					began := time.Now()
					status, answer := ask(t, http.MethodGet, server, fmt.Sprintf("/api/v1/persons/?page=%d", page), "")
					took[i] = time.Since(began)
					first := fmt.Sprintf(`"results":[{"id":%d,`, (page-1)*100+1)
					if status != http.StatusOK || !strings.HasPrefix(answer, fmt.Sprintf(`{"count":%d,`, rows)) || !strings.Contains(answer, first) {
						t.Fatalf("page %d: got %d and %.300s, want a count of %d and %s", page, status, answer, rows, first)
					}
				}
				slices.Sort(took)
				told = append(told, fmt.Sprintf("%.2f ms at %d %%", float64(took[times/2].Microseconds())/1000, percent))
			}
			figure(t, "%d persons, made in %.1f s: a page takes %s (medians)", rows, made.Seconds(), strings.Join(told, ", "))
		})
	}
}
