package sqlitestore_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// startTogether is the environment variable that tells a child process where the
// files are and when to begin, in nanoseconds since 1970.
const startTogether = "ROSTER_START_TOGETHER"

// Putting a new file into WAL mode and making its table are moments at which
// processes can fail each other.
func TestProcessesThatStartAtOnceOnNewFilesDoNotClash(t *testing.T) {
	t.Parallel()
	const processes, files, pause = 4, 40, 5 * time.Millisecond
	if told := os.Getenv(startTogether); told != "" {
		begin, prefix, _ := strings.Cut(told, " ")
		nanoseconds, err := strconv.ParseInt(begin, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		for i := range files {
			time.Sleep(time.Until(time.Unix(0, nanoseconds).Add(time.Duration(i) * pause)))
			createIn(t, prefix+strconv.Itoa(i))
		}
		return
	}
	prefix := newFile(t)
	begin := time.Now().Add(200 * time.Millisecond).UnixNano()
	var done sync.WaitGroup
	for range processes {
		done.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
			child.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", startTogether, begin, prefix))
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

// createIn opens the file, makes its table, saves a person and closes it.
func createIn(t *testing.T, path string) {
	t.Helper()
	store, err := openMigrated(sqlitestore.Config{Path: path})
	if err != nil {
		t.Errorf("open and migrate %s: %v", path, err)
		return
	}
	create(t, store, "Ann")
	if err := store.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// migrateForever is the environment variable with the file that a child process
// migrates until it is killed.
const migrateForever = "ROSTER_MIGRATE_FOREVER"

func TestAMigrationOfAProcessThatIsKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	path := os.Getenv(migrateForever)
	child := path != ""
	if !child {
		path = newFile(t)
	}
	store := open(t, path)
	files := withMore(t, "CREATE TABLE half (x);\nCREATE TABLE t AS "+endless+";")
	if child {
		_, err := store.MigrateFrom(t.Context(), files)
		t.Fatal(err)
	}

	migrate(t, store)
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), migrateForever+"="+path)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	other := openRaw(t, path)
	defer other.Close()
	for locked := 0; locked < 5; locked++ { // so long only the migration writes
		time.Sleep(5 * time.Millisecond)
		if _, err := other.ExecContext(t.Context(), "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK"); err == nil {
			locked = 0
		}
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err == nil || strings.Contains(err.Error(), "exit status") {
		t.Fatalf("the child process: got %v, want it killed in the middle", err)
	}
	wantMigrationsOf(t, "after the kill", store, files, released("applied", "more pending")...)
	if got := dump(t, path); strings.Contains(got, "half") {
		t.Errorf("after the kill: got\n%s\nwant nothing of the migration", got)
	}
	create(t, store, "Ann")
}

// migrateMany is the environment variable with the start of the names of the files
// that a child process makes and migrates, one after the other.
const migrateMany = "ROSTER_MIGRATE_MANY"

// A file shows how many migrations were applied, and its tables must be those that so
// many make, whatever the moment at which the process was killed.
func TestAProcessThatIsKilledWhileItMigratesLeavesNoHalfState(t *testing.T) {
	t.Parallel()
	const kills = 25
	steps := []string{
		"CREATE TABLE trace (x);\nINSERT INTO trace VALUES (1);\nINSERT INTO trace VALUES (2);",
		"ALTER TABLE trace ADD COLUMN y;\nUPDATE trace SET y = x;",
		`CREATE TABLE copy (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name text NOT NULL, age integer NOT NULL);
		INSERT INTO copy SELECT id, name, age FROM persons_person;
		DROP TABLE persons_person;
		ALTER TABLE copy RENAME TO persons_person;`,
		"DROP TABLE trace;",
	}
	files := withMore(t, steps...).(fstest.MapFS)
	if prefix := os.Getenv(migrateMany); prefix != "" {
		for i := 0; ; i++ {
			store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: prefix + strconv.Itoa(i)})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.MigrateFrom(t.Context(), files); err != nil {
				t.Fatal(err)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := map[string]bool{"": true} // what a file may hold, for each number of migrations
	all := slices.Sorted(maps.Keys(files))
	for n := range len(all) + 1 {
		path := newFile(t)
		store := open(t, path)
		first := maps.Clone(files)
		for _, later := range all[n:] {
			delete(first, later)
		}
		if _, err := store.MigrateFrom(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		want[states(t, store, files)+dump(t, path)] = true
	}
	partial := 0
	for kill := range kills {
		prefix := newFile(t)
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), migrateMany+"="+prefix)
		killSoon(t, child, func() bool {
			_, err := os.Stat(prefix + strconv.Itoa(kill%5))
			return err == nil
		})
		for i := 0; ; i++ {
			path := prefix + strconv.Itoa(i)
			if _, err := os.Stat(path); err != nil {
				break
			}
			store := open(t, path)
			state := states(t, store, files)
			if got := state + dump(t, path); !want[got] && dump(t, path) != "" {
				t.Errorf("kill %d, file %d: got the state\n%s\nwant that of a number of whole migrations", kill, i, got)
			}
			if !strings.HasSuffix(state, "6 more applied\n") {
				partial++
			}
			if _, err := store.MigrateFrom(t.Context(), files); err != nil {
				t.Errorf("kill %d, file %d: MigrateFrom: got %v, want it to go on from there", kill, i, err)
			}
			create(t, store, "Ann")
		}
	}
	t.Logf("%d of %d kills were in the middle", partial, kills)
}

// states returns which migrations are applied, a line each.
func states(t *testing.T, store *sqlitestore.Store, files fs.FS) string {
	t.Helper()
	migrations, err := store.MigrationsOf(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, migration := range migrations {
		state := "applied"
		if migration.AppliedAt.IsZero() {
			state = "pending"
		}
		fmt.Fprintf(&text, "%d %s %s\n", migration.Version, migration.Name, state)
	}
	return text.String()
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
	const callers, rounds = 4, 15
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
			t.Fatalf("Seek: got %v, whom nobody was answered", person)
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
