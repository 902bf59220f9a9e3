package sqlitestore_test

import (
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// startTogether is the environment variable with the files that a child process opens.
const startTogether = "ROSTER_START_TOGETHER"

// Putting a new file into WAL mode and making its table are moments at which
// processes can fail each other.
func TestProcessesThatStartAtOnceOnNewFilesDoNotClash(t *testing.T) {
	t.Parallel()
	const processes, files = 4, 25
	if prefix := os.Getenv(startTogether); prefix != "" {
		for i := range files {
			path := prefix + strconv.Itoa(i)
			store, err := openMigrated(sqlitestore.Config{Path: path})
			if err != nil {
				t.Errorf("open and migrate %s: %v", path, err)
				continue
			}
			create(t, store, "Ann")
			if err := store.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		return
	}
	prefix := newFile(t)
	var done sync.WaitGroup
	for range processes {
		done.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
			child.Env = append(os.Environ(), startTogether+"="+prefix)
			if output, err := child.CombinedOutput(); err != nil {
				t.Errorf("a process that starts with others: got %v, want it to wait for them:\n%s", err, output)
			}
		})
	}
	done.Wait()
	for i := range files {
		if got := len(all(t, open(t, prefix+strconv.Itoa(i)))); got != processes {
			t.Errorf("file %d: got %d persons, want one of each of the %d processes", i, got, processes)
		}
	}
}

func TestATransactionBeginsAsAWriter(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	tx, err := store.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	other := openRaw(t, path)
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE"); err == nil {
		t.Error("BEGIN IMMEDIATE of another process: got no error, want the file locked: a transaction that first reads and then writes can fail")
	}
}

// Two stores on one file lock each other out as two processes do.
func TestTwoProcessesOnOneFileNeverSeeItLocked(t *testing.T) {
	t.Parallel()
	const callers, rounds = 4, 30
	path := newFile(t)
	first, second := open(t, path), open(t, path)
	migrate(t, first)
	drafts := newDrafts(t, 600)
	var (
		done  sync.WaitGroup
		saved [2 * callers][]domain.Person
	)
	for i := range saved {
		store := []*sqlitestore.Store{first, second}[i%2]
		done.Go(func() {
			for range rounds {
				batch, err := store.CreateBatch(t.Context(), drafts)
				wantCode(t, "CreateBatch", err, "")
				person, err := store.Create(t.Context(), drafts[0])
				wantCode(t, "Create", err, "")
				_, err = store.Replace(t.Context(), person.ID(), drafts[1])
				wantCode(t, "Replace", err, "")
				for _, gone := range batch[3:] {
					if gone.ID()%100 == 0 {
						wantCode(t, "Delete", store.Delete(t.Context(), gone.ID()), "")
					}
				}
				_, err = store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
				wantCode(t, "Page", err, "")
				saved[i] = append(saved[i], batch...)
				saved[i] = append(saved[i], person)
			}
		})
	}
	done.Wait()
	ids := map[int64]bool{}
	for _, persons := range saved {
		for _, person := range persons {
			if ids[person.ID()] {
				t.Fatalf("id %d: got it twice, want ids of batches to be right though another process writes too", person.ID())
			}
			ids[person.ID()] = true
		}
	}
	if want := 2 * callers * rounds * 601; len(ids) != want {
		t.Errorf("got %d ids, want %d", len(ids), want)
	}
	for _, person := range all(t, first) {
		if !ids[person.ID()] {
			t.Fatalf("All: got %v, whom nobody was answered", person)
		}
	}
}

func TestAProcessSeesWhatAnotherOneSaved(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	first, second := open(t, path), open(t, path)
	migrate(t, first)
	for range 20 {
		ann := create(t, first, "Ann")
		if got, err := second.Find(t.Context(), ann.ID()); err != nil || got != ann {
			t.Errorf("Find by another process: got %v and %v, want %v", got, err, ann)
		}
		if err := second.Delete(t.Context(), ann.ID()); err != nil {
			t.Errorf("Delete by another process: %v", err)
		}
		_, err := first.Find(t.Context(), ann.ID())
		wantCode(t, "Find of somebody whom another process deleted", err, domain.CodeNotFound)
	}
}
