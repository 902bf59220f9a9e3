//go:build linux

package torture_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// job is what the API and the commands say of one.
type job struct {
	ID                    string
	State                 string
	Total, Done, Rejected int
	Created, Finished     time.Time
	Reason                string
}

func (j job) isOver() bool { return j.State == "done" || j.State == "failed" || j.State == "canceled" }

// run runs a command on a database, which must end with one of the codes.
func run(t *testing.T, config program.Config, codes []int, args ...string) program.Result {
	t.Helper()
	result, err := program.Run(t.Context(), config, args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range codes {
		if result.Code == code {
			return result
		}
	}
	t.Fatalf("roster %s: got exit code %d, want one of %v; it said %s%s", strings.Join(args, " "), result.Code, codes, result.Stdout, result.Stderr)
	return result
}

func parseJob(t *testing.T, text string) job {
	t.Helper()
	var parsed job
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		t.Fatalf("a job: got %q: %v", text, err)
	}
	return parsed
}

// jobAt returns a job as a server sees it.
func jobAt(t *testing.T, client *wire.Client, id string) job {
	t.Helper()
	answer, err := client.Do(http.MethodGet, "/api/v1/jobs/"+id+"/", "")
	if err != nil || answer.Status != http.StatusOK {
		t.Fatalf("GET of a job: got %d and %v, want 200", answer.Status, err)
	}
	return parseJob(t, string(answer.Body))
}

// engines are where jobs are tried: a database file, and a PostgreSQL.
var engines = map[string]func(t *testing.T) string{
	"sqlite":     func(t *testing.T) string { t.Helper(); return "DATABASE_URL=sqlite:///" + newDatabase(t) },
	"postgresql": newPostgres,
}

// wantGenerated fails the test unless there are the made-up persons of the numbers below n, each once.
func wantGenerated(t *testing.T, rows []ledger.Row, n int) {
	t.Helper()
	seen := make([]int, n)
	for _, row := range rows {
		number, err := strconv.Atoi(strings.TrimPrefix(row.Name, "Person "))
		if err != nil || number < 0 || number >= n || row.Age != number%100 {
			t.Fatalf("got %v, whom nobody made", row)
		}
		seen[number]++
	}
	missing, double := 0, 0
	for _, times := range seen {
		if times == 0 {
			missing++
		}
		if times > 1 {
			double++
		}
	}
	if missing+double > 0 || len(rows) != n {
		t.Errorf("got %d persons, %d missing and %d double, want %d, each once", len(rows), missing, double, n)
	}
}

func TestAJobOutlivesItsWorkers(t *testing.T) {
	t.Parallel()
	for name, database := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := size(100_000, 1_000_000)
			random := chance(t)
			config := program.Config{Binary: binary(t), Database: newDatabase(t), Env: []string{database(t), "JOB_WORKERS=0", bigPages}}
			server := start(t, config.Database, config.Env...)
			client := wire.NewClient(server.Address, patience)
			defer client.Close()

			var workers [3]*program.Program
			for i := range workers {
				workers[i] = startWorker(t, config)
			}
			given := parseJob(t, run(t, config, []int{0}, "bulk", strconv.Itoa(rows), "--job", "--detach", "--json").Stdout)
			began := time.Now()
			next := began
			kills, seen := 0, given
			for !seen.isOver() {
				now := jobAt(t, client, given.ID)
				if now.Done < seen.Done || now.Done > rows {
					t.Fatalf("done: got %d after %d, want it to grow, to %d", now.Done, seen.Done, rows)
				}
				if seen.Done == 0 && now.Done > 0 { // all of them at once leave what they had in hand to nobody
					for i := range workers {
						workers[i].Kill()
						workers[i] = startWorker(t, config)
						kills++
					}
				}
				seen = now
				if time.Now().After(next) {
					next = time.Now().Add(time.Duration(200+random.IntN(size(800, 300))) * time.Millisecond)
					victim := random.IntN(len(workers))
					workers[victim].Kill()
					workers[victim] = startWorker(t, config)
					kills++
				}
				if time.Since(began) > 10*time.Minute {
					t.Fatalf("the job is %s at %d of %d", seen.State, seen.Done, rows)
				}
				time.Sleep(20 * time.Millisecond)
			}
			took := time.Since(began)
			if seen.State != "done" || seen.Done != rows || seen.Rejected != 0 {
				t.Errorf("got a job that is %s, %d done and %d rejected, want done, %d and 0", seen.State, seen.Done, seen.Rejected, rows)
			}
			wantGenerated(t, everybody(t, server.Address), rows)
			figure(t, "%d rows by three workers, of which one was killed %d times: %d persons, each once, in %.1f s", rows, kills, seen.Done, took.Seconds())
		})
	}
}

func startWorker(t *testing.T, config program.Config) *program.Program {
	t.Helper()
	worker, err := program.StartWorker(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		worker.Kill()
		if log := worker.Log(); t.Failed() && log != "" {
			t.Logf("a worker's log ends with\n%s", log)
		}
	})
	return worker
}

// badEvery is how many lines of a file there are to a bad one.
const badEvery = 100

// writePeople writes a CSV file of so many rows, and returns its path and what is to be said of the bad ones.
func writePeople(t *testing.T, rows int) (path string, bad []string) {
	t.Helper()
	var text strings.Builder
	text.WriteString("name,age\n")
	for i := range rows {
		if (i+1)%badEvery != 0 {
			fmt.Fprintf(&text, "Person %d,%d\n", i, i%100)
			continue
		}
		row, field, code := ",7", "name", "blank"
		switch len(bad) % 3 {
		case 1:
			row, field, code = "Ann,seven", "age", "not_integer"
		case 2:
			row, field, code = "Ann,-7", "age", "too_small"
		}
		text.WriteString(row + "\n")
		bad = append(bad, fmt.Sprintf("%d %s %s", i+2, field, code))
	}
	path = filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, bad
}

func TestALongFileIsImportedInLittleMemory(t *testing.T) {
	t.Parallel()
	for name, database := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := size(20_000, 1_000_000)
			path, bad := writePeople(t, rows)
			config := program.Config{Binary: binary(t), Database: newDatabase(t), Env: []string{database(t), bigPages}}
			const rejected = 3
			began := time.Now()
			result := run(t, config, []int{rejected}, "import", path, "--json")
			took := time.Since(began)
			made := parseJob(t, result.Stdout)
			if made.State != "done" || made.Done != rows-len(bad) || made.Rejected != len(bad) {
				t.Errorf("got a job that is %s, %d done and %d rejected, want done, %d and %d", made.State, made.Done, made.Rejected, rows-len(bad), len(bad))
			}
			list, err := csv.NewReader(strings.NewReader(run(t, config, []int{0}, "jobs", "rejected", made.ID).Stdout)).ReadAll()
			if err != nil || len(list) != len(bad)+1 {
				t.Fatalf("the rejected rows: got %d lines and %v, want a header and %d", len(list), err, len(bad))
			}
			for i, want := range bad {
				if got := strings.Join(list[i+1][:3], " "); got != want {
					t.Fatalf("rejected row %d: got %q, want %q", i, got, want)
				}
			}
			const most = 100 << 20
			if result.Peak > most {
				t.Errorf("got a peak of %d MiB of memory, want at most %d", result.Peak>>20, most>>20)
			}
			server := start(t, config.Database, config.Env...)
			if got := len(everybody(t, server.Address)); got != rows-len(bad) {
				t.Errorf("got %d persons, want %d", got, rows-len(bad))
			}
			figure(t, "%d lines, of which %d were bad and are listed: %.1f s, %.0f rows/s with reading, %d MiB at most",
				rows, len(bad), took.Seconds(), float64(rows)/took.Seconds(), result.Peak>>20)
		})
	}
}

func TestACanceledJobSavesNobodyMore(t *testing.T) {
	t.Parallel()
	for name, database := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := program.Config{Binary: binary(t), Database: newDatabase(t), Env: []string{database(t), bigPages}}
			server := start(t, config.Database, config.Env...)
			client := wire.NewClient(server.Address, patience)
			defer client.Close()
			given := parseJob(t, run(t, config, []int{0}, "bulk", "100000000", "--job", "--detach", "--json").Stdout)
			for jobAt(t, client, given.ID).Done == 0 {
				time.Sleep(10 * time.Millisecond)
			}
			began := time.Now()
			said := run(t, config, []int{0}, "jobs", "cancel", given.ID).Stdout
			took := time.Since(began)
			canceled := jobAt(t, client, given.ID)
			if canceled.State != "canceled" || canceled.Done == 0 || !strings.Contains(said, fmt.Sprintf(" at %d of ", canceled.Done)) {
				t.Errorf("got a job that is %s at %d, and a command that said %q", canceled.State, canceled.Done, said)
			}
			for range 2 {
				if got := len(everybody(t, server.Address)); got != canceled.Done {
					t.Errorf("got %d persons, want the %d that were done", got, canceled.Done)
				}
				time.Sleep(size(100*time.Millisecond, 2*time.Second))
			}
			figure(t, "canceled in %d ms from another process, at %d rows; nobody was saved after that", took.Milliseconds(), canceled.Done)
		})
	}
}
