package worker_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
	"github.com/seed-bbcc19ba/roster/domain"
)

// The test's program is a worker of itself, as bench is.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == worker.Command {
		if err := worker.Serve(context.Background(), os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// newWorker starts a worker and returns it with its folder, which must be empty
// when it has stopped.
func newWorker(t *testing.T) *worker.Worker {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	w, err := worker.Start(t.Context(), binary, folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Stop(); err != nil && t.Context().Err() == nil {
			t.Errorf("Stop: got %v, want no error", err)
		}
	})
	return w
}

func TestWorkerKnowsItsDriver(t *testing.T) {
	t.Parallel()
	about, err := newWorker(t).About()
	if err != nil || !strings.Contains(about.Driver, "sqlite") || !strings.HasPrefix(about.SQLite, "3.") {
		t.Errorf("got %+v and the error %v, want a driver and SQLite 3", about, err)
	}
}

// That all rows are there is looked up by the worker itself, after each.
func TestEveryWayOfSavingSavesAll(t *testing.T) {
	t.Parallel()
	w := newWorker(t)
	for range 2 { // with files that are new, and with new ones again
		if err := w.Fresh(); err != nil {
			t.Fatal(err)
		}
		for _, way := range []worker.Way{worker.Store, worker.Loop, worker.Statements} {
			for _, rows := range []int{1, 500, 1_234} {
				if took, err := w.Bulk(way, rows); err != nil || took <= 0 {
					t.Errorf("a bulk of %d, %s: got %v and the error %v, want a time", rows, way, took, err)
				}
			}
		}
		for _, way := range []worker.Way{worker.Store, worker.Transactions} {
			result, err := w.Create(way, 4, 20*time.Millisecond)
			if err != nil || result.Count < 4 || result.Callers != 4 || result.Took < 20*time.Millisecond {
				t.Errorf("creates, %s: got %+v and the error %v, want every caller served", way, result, err)
			}
		}
	}
}

// That all rows are there, each in its place, is looked up by the worker itself.
func TestStreamTakesTheMemoryOfOneBatch(t *testing.T) {
	t.Parallel()
	w := newWorker(t)
	const limit = 5_000
	peaks := map[int]int64{}
	for _, rows := range []int{limit, 12*limit + 1, 1} {
		peak, err := w.Stream(rows, limit)
		if err != nil || peak <= 0 {
			t.Fatalf("%d rows: got %d bytes and the error %v, want a number of bytes", rows, peak, err)
		}
		peaks[rows] = peak
	}
	// A person is 32 bytes, a draft 24, and a name 8 and more.
	if got := peaks[limit]; got < 64*limit {
		t.Errorf("a batch: got %d bytes, want those of its persons and drafts at least", got)
	}
	if one, many := peaks[limit], peaks[12*limit+1]; many > 2*one {
		t.Errorf("many batches: got %d bytes, want about the %d bytes of one", many, one)
	}
	if single, one := peaks[1], peaks[limit]; single > one/2 {
		t.Errorf("one person: got %d bytes, want less than the %d bytes of a batch", single, one)
	}
	if peak, err := w.Stream(1, 0); err == nil {
		t.Errorf("a limit of 0: got %d bytes, want an error", peak)
	}
}

func TestTableIsFilledOnce(t *testing.T) {
	t.Parallel()
	w := newWorker(t)
	path := filepath.Join(t.TempDir(), "with space & 100%.sqlite3")
	if err := w.Fill(path, 250); err != nil {
		t.Fatal(err)
	}
	before := stat(t, path)
	wantRows(t, path, 250)
	if err := w.Fill(path, 250); err != nil {
		t.Fatal(err)
	}
	if after := stat(t, path); !os.SameFile(before, after) {
		t.Error("the table was made again, want the one that was there")
	}
}

func TestTableThatIsNotWholeIsMadeAgain(t *testing.T) {
	t.Parallel()
	w := newWorker(t)
	folder := t.TempDir()
	for name, spoil := range map[string]func(path string) error{
		"it has other rows": func(path string) error { return w.Fill(path, 99) },
		"it is no database": func(path string) error { return os.WriteFile(path, []byte("no database at all, but some text"), 0o600) },
		"it is cut off": func(path string) error {
			if err := w.Fill(path, 250); err != nil {
				return err
			}
			return os.Truncate(path, 4096)
		},
		"what was half done is still there": func(path string) error {
			return os.WriteFile(path+".unfinished", []byte("half"), 0o600)
		},
	} {
		path := filepath.Join(folder, name+".sqlite3")
		if err := spoil(path); err != nil {
			t.Fatal(err)
		}
		if err := w.Fill(path, 250); err != nil {
			t.Errorf("%s: got the error %v, want a new table", name, err)
			continue
		}
		wantRows(t, path, 250)
	}
}

func TestEveryWayOfReadingReads(t *testing.T) {
	t.Parallel()
	w := newWorker(t)
	folder := t.TempDir()
	for _, rows := range []int{250, 300} {
		path := filepath.Join(folder, fmt.Sprint(rows))
		if err := w.Fill(path, rows); err != nil {
			t.Fatal(err)
		}
		for _, way := range []worker.Way{worker.FindDirect, worker.FindThroughPorts, worker.PageDirect, worker.PageThroughPorts} {
			result, err := w.Read(way, path, rows, 10*time.Millisecond)
			if err != nil || result.Count < 1 || result.Each() <= 0 {
				t.Errorf("%s of %d rows: got %+v and the error %v, want a number of reads", way, rows, result, err)
			}
		}
		if got, err := w.Read(worker.PageDirect, path, rows+1, time.Millisecond); err == nil {
			t.Errorf("a table with other rows than said: got %+v, want an error", got)
		}
	}
}

func TestWaysThatDoNotFitAreErrors(t *testing.T) {
	t.Parallel()
	w := newWorker(t)
	if err := w.Fresh(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Bulk(worker.Transactions, 1); err == nil {
		t.Error("a bulk by a transaction each: got no error, want one")
	}
	if _, err := w.Create(worker.Loop, 1, 0); err == nil {
		t.Error("a create by a loop: got no error, want one")
	}
	if _, err := w.Read(worker.Store, filepath.Join(t.TempDir(), "none"), 1, 0); err == nil {
		t.Error("a read by saving: got no error, want one")
	}
	if _, err := w.About(); err != nil {
		t.Errorf("after errors: got %v, want a worker that still answers", err)
	}
}

func TestWorkerLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	w, err := worker.Start(t.Context(), binary, folder)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Fresh(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Stream(10, 5); err != nil {
		t.Fatal(err)
	}
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("got %v and the error %v, want an empty folder", left, err)
	}
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// wantRows looks into a table without the worker.
func wantRows(t *testing.T, path string, rows int) {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	registry, err := domain.NewRegistry(store, 100)
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	for person, err := range registry.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if want := domain.GeneratedDraft(uint(number)).Person(int64(number + 1)); person != want {
			t.Fatalf("%s: got %v, want %v", filepath.Base(path), person, want)
		}
		number++
	}
	if number != rows {
		t.Errorf("%s: got %d rows, want %d", filepath.Base(path), number, rows)
	}
}
