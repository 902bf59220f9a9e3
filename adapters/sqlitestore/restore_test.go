package sqlitestore_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// restore puts a file into the place of the database, and fails the test where that fails.
func restore(t *testing.T, database, file string) ports.Restoration {
	t.Helper()
	made, err := sqlitestore.NewArchivist(database).Restore(t.Context(), file)
	if err != nil {
		t.Fatalf("Restore: %v", err)
	}
	return made
}

// inFile opens a file, lets work use it and closes it.
func inFile(t *testing.T, path string, work func(store *sqlitestore.Store)) {
	t.Helper()
	store, err := openMigrated(sqlitestore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	work(store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRestoreBringsBackWhatWasThere(t *testing.T) {
	t.Parallel()
	path, file := fileOf(t, 1_000), newFile(t)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	backup(t, path, file)
	want := dump(t, path)
	inFile(t, path, func(store *sqlitestore.Store) {
		for id := int64(1); id <= 500; id++ {
			if err := store.Delete(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		if got := create(t, store, "after the backup").ID(); got != 1_001 {
			t.Fatalf("got id %d, want 1001", got)
		}
	})
	later := dump(t, path)

	made := restore(t, path, file)
	if made.Persons != 1_000 || made.LastID != 1_001 || filepath.Dir(made.Kept) != filepath.Dir(path) {
		t.Errorf("Restore: got %+v, want 1000 persons, 1001 as the last id that was given, and a file beside", made)
	}
	wantFiles(t, path, filepath.Base(path), filepath.Base(made.Kept))
	lines := func(text string) []string {
		return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.HasPrefix(line, `"persons_person1`) })
	}
	if got := dump(t, path); !slices.Equal(lines(got), lines(want)) {
		t.Errorf("the database: got\n%.300s\nwant what it was, but for the last id\n%.300s", got, want)
	}
	if got := dump(t, made.Kept); got != later {
		t.Errorf("%s: got\n%.300s\nwant what was there before\n%.300s", made.Kept, got, later)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the database: got %v and %v, want its mode kept", info.Mode(), err)
	}
	if got := check(t, path); len(got) != 0 {
		t.Errorf("Check: got %+v, want nothing", got)
	}
	inFile(t, path, func(store *sqlitestore.Store) {
		if got := create(t, store, "Bob").ID(); got != 1_002 {
			t.Errorf("Create: got id %d, want 1002: 1001 was given before the restore", got)
		}
	})
}

func TestRestoreWhereThereIsNoDatabase(t *testing.T) {
	t.Parallel()
	file := fileOf(t, 10)
	path := newFile(t)
	for _, suffix := range []string{"-wal", "-shm"} { // of a database that is gone
		write(t, filepath.Dir(path), filepath.Base(path)+suffix, "old")
	}
	made := restore(t, path, file)
	if made.Persons != 10 || made.LastID != 10 || made.Kept != "" {
		t.Errorf("Restore: got %+v, want 10 persons and nothing kept", made)
	}
	files := slices.Sorted(maps.Keys(contents(t, path)))
	if len(files) != 2 || files[0] != filepath.Base(path) || !strings.HasSuffix(files[1], ".old-wal") {
		t.Errorf("the folder: got %q, want the database, and the WAL of another one out of its way", files)
	}
	inFile(t, path, func(store *sqlitestore.Store) {
		if got := create(t, store, "Bob").ID(); got != 11 {
			t.Errorf("Create: got id %d, want 11", got)
		}
	})
}

// Who had a secret taken away does not get in again because somebody brings back an older file.
func TestARestoreRevivesNoRevokedToken(t *testing.T) {
	t.Parallel()
	path, file := fileOf(t, 10), newFile(t)
	var stays, ended, earlier account.APIToken
	inFile(t, path, func(store *sqlitestore.Store) {
		stays, ended, earlier = addToken(t, store, 1), addToken(t, store, 2), addToken(t, store, 3)
		earlier = revokeToken(t, store, earlier.ID, noon)
	})
	backup(t, path, file)
	inFile(t, path, func(store *sqlitestore.Store) { ended = revokeToken(t, store, ended.ID, noon.Add(time.Minute)) })
	restore(t, path, file)
	inFile(t, path, func(store *sqlitestore.Store) {
		wantToken(t, store, stays, "nobody revoked it")
		wantToken(t, store, ended, "it was revoked after the backup")
		wantToken(t, store, earlier, "it was revoked before the backup")
	})
}

// A file of another database has tokens with the same ids, which are not those that were revoked here.
func TestARestoreRevokesNoTokenOfAnotherDatabase(t *testing.T) {
	t.Parallel()
	path, file := fileOf(t, 10), fileOf(t, 10)
	var other account.APIToken
	inFile(t, path, func(store *sqlitestore.Store) {
		revokeToken(t, store, addToken(t, store, 1).ID, noon)
	})
	inFile(t, file, func(store *sqlitestore.Store) { other = addToken(t, store, 2) })
	restore(t, path, file)
	inFile(t, path, func(store *sqlitestore.Store) {
		wantToken(t, store, other, "it has the id of a revoked one and another key")
	})
}

func revokeToken(t *testing.T, store *sqlitestore.Store, id int64, at time.Time) account.APIToken {
	t.Helper()
	token, err := store.RevokeToken(t.Context(), id, at)
	if err != nil {
		t.Fatalf("RevokeToken: %v", err)
	}
	return token
}

// A process that was killed leaves a WAL, and what is in it is kept too.
func TestRestoreKeepsWhatWasOnlyInTheWAL(t *testing.T) {
	t.Parallel()
	file, path := fileOf(t, 10), newFile(t)
	killed := newFile(t)
	store := open(t, killed)
	migrate(t, store)
	create(t, store, "only in the WAL")
	for _, suffix := range []string{"", "-wal"} {
		text := contents(t, killed)[filepath.Base(killed)+suffix]
		write(t, filepath.Dir(path), filepath.Base(path)+suffix, text)
	}
	made := restore(t, path, file)
	wantFiles(t, path, filepath.Base(path), filepath.Base(made.Kept))
	if got := names(all(t, open(t, made.Kept))); !slices.Equal(got, []string{"only in the WAL"}) {
		t.Errorf("the database of before: got %q, want who was in its WAL", got)
	}
}

func TestRestoreIsForADamagedDatabaseToo(t *testing.T) {
	t.Parallel()
	file := fileOf(t, 10)
	for name, harm := range map[string]func(t *testing.T, path string){
		"a header of zeros": func(t *testing.T, path string) { t.Helper(); zero(t, path, 0, 1) },
		"a page of zeros":   func(t *testing.T, path string) { t.Helper(); zero(t, path, 5, 6) },
		"an end cut off":    func(t *testing.T, path string) { t.Helper(); _ = os.Truncate(path, 4096) },
		"nothing but a WAL": func(t *testing.T, path string) {
			t.Helper()
			_ = os.Truncate(path, 0)
			_ = os.WriteFile(path+"-wal", []byte("x"), 0o600)
		},
		"something else": func(t *testing.T, path string) {
			t.Helper()
			_ = os.WriteFile(path, []byte(strings.Repeat("notes\n", 2000)), 0o600)
		},
		"a WAL beside zeros": func(t *testing.T, path string) {
			t.Helper()
			zero(t, path, 0, 1)
			_ = os.WriteFile(path+"-wal", []byte("x"), 0o600)
		},
	} {
		path := fileOf(t, 2_000)
		harm(t, path)
		harmed := contents(t, path)
		made, err := sqlitestore.NewArchivist(path).Restore(t.Context(), file)
		if err != nil || made.Persons != 10 || made.LastID < 10 {
			t.Errorf("%s: Restore: got %+v and %v, want 10 persons", name, made, err)
			continue
		}
		if got, want := contents(t, path)[filepath.Base(made.Kept)], harmed[filepath.Base(path)]; got != want && name != "a page of zeros" {
			t.Errorf("%s: what was kept: got %d bytes, want the %d that were there", name, len(got), len(want))
		}
		if got := check(t, path); len(got) != 0 {
			t.Errorf("%s: Check: got %+v, want nothing", name, got)
		}
		inFile(t, path, func(store *sqlitestore.Store) { create(t, store, "Bob") })
	}
}

func TestRestoreRefusesWhileTheDatabaseIsOpen(t *testing.T) {
	t.Parallel()
	file := fileOf(t, 10)
	for name, use := range map[string]func(t *testing.T, path string) (done func()){
		"a store": func(t *testing.T, path string) func() {
			t.Helper()
			store, err := openMigrated(sqlitestore.Config{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			create(t, store, "Ann")
			return func() {
				create(t, store, "Bob")
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			}
		},
		"a reader": func(t *testing.T, path string) func() {
			t.Helper()
			db := openRaw(t, path)
			if _, err := db.ExecContext(t.Context(), "SELECT * FROM persons_person"); err != nil {
				t.Fatal(err)
			}
			return func() { _ = db.Close() }
		},
		"a writer without a WAL": func(t *testing.T, path string) func() {
			t.Helper()
			db := openRaw(t, path)
			if _, err := db.ExecContext(t.Context(), "PRAGMA journal_mode = DELETE; BEGIN; SELECT * FROM persons_person; DELETE FROM persons_person"); err != nil {
				t.Fatal(err)
			}
			return func() { _ = db.Close() }
		},
		"a store whose file lost its header": func(t *testing.T, path string) func() {
			t.Helper()
			store, err := openMigrated(sqlitestore.Config{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			create(t, store, "Ann")
			other, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := other.WriteAt(make([]byte, 4096), 0); err != nil {
				t.Fatal(err)
			}
			return func() { // only now: it would let go of SQLite's locks
				_ = other.Close()
				_ = store.Close()
			}
		},
	} {
		path := fileOf(t, 20)
		done := use(t, path)
		before, err := os.ReadFile(path + "-wal")
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		_, err = sqlitestore.NewArchivist(path).Restore(t.Context(), file)
		wantCode(t, name+": Restore", err, domain.CodeUnavailable, "has the database open")
		if after, _ := os.ReadFile(path + "-wal"); string(after) != string(before) {
			t.Errorf("%s: the WAL: got %d bytes, want the %d of before: nothing is touched", name, len(after), len(before))
		}
		for file := range contents(t, path) {
			if strings.HasSuffix(file, ".tmp") || strings.HasSuffix(file, ".old") {
				t.Errorf("%s: got a file %s, want none left", name, file)
			}
		}
		done()
	}
}

func TestARestoreThatCannotBeMadeChangesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file func(t *testing.T, path string) string
		want domain.Code
		says string
	}{
		"a file that is damaged": {func(t *testing.T, _ string) string {
			t.Helper()
			path := fileOf(t, 5_000)
			zero(t, path, 25, 26)
			return path
		}, domain.CodeConflict, "file.E002"},
		"a file of a newer program": {func(t *testing.T, _ string) string {
			t.Helper()
			path := fileOf(t, 1)
			execute(t, path, "INSERT INTO roster_migrations (version_id, is_applied) VALUES (9999, 1)")
			return path
		}, domain.CodeConflict, "file.E005"},
		"an empty file": {func(t *testing.T, _ string) string {
			t.Helper()
			return write(t, t.TempDir(), "empty", "")
		}, domain.CodeConflict, "file.E003"},
		"a file that is not there": {func(t *testing.T, _ string) string { t.Helper(); return newFile(t) }, domain.CodeUnavailable, "no such file"},
		"the database itself":      {func(_ *testing.T, path string) string { return path }, domain.CodeConflict, "the database itself"},
		"a link to the database": {func(t *testing.T, path string) string {
			t.Helper()
			link := newFile(t)
			if err := os.Symlink(path, link); err != nil {
				t.Skip(err)
			}
			return link
		}, domain.CodeConflict, "the database itself"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := fileOf(t, 10)
			file := c.file(t, path)
			before := contents(t, path)
			_, err := sqlitestore.NewArchivist(path).Restore(t.Context(), file)
			wantCode(t, "Restore", err, c.want, c.says)
			if after := contents(t, path); !maps.Equal(after, before) {
				t.Errorf("the folder: got %q, want %q, byte for byte", slices.Collect(maps.Keys(after)), slices.Collect(maps.Keys(before)))
			}
		})
	}
	_, err := sqlitestore.NewArchivist("").Restore(t.Context(), newFile(t))
	wantCode(t, "Restore of a database in memory", err, domain.CodeConflict, "memory")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := fileOf(t, 10)
	_, err = sqlitestore.NewArchivist(path).Restore(ctx, fileOf(t, 10))
	wantCode(t, "Restore with a ctx that was cancelled", err, domain.CodeCanceled)
	wantFiles(t, path, filepath.Base(path))
}

func TestThePathNamesADatabaseAtEveryMomentOfARestore(t *testing.T) {
	t.Parallel()
	path, file := fileOf(t, 10), fileOf(t, 20)
	stop, missed := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-stop:
				missed <- n
				return
			default:
			}
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				n++
			}
		}
	}()
	for range 40 {
		restore(t, path, file)
	}
	close(stop)
	if n := <-missed; n > 0 {
		t.Errorf("the path: got no database at %d moments, want one always: a server that starts then would make an empty one", n)
	}
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// restoreForever is the environment variable with the database and two files, one of
// which a child process restores after the other until it is killed.
const restoreForever = "ROSTER_RESTORE_FOREVER"

func TestARestoreOfAProcessThatIsKilledLeavesOneOfTheTwo(t *testing.T) {
	t.Parallel()
	if told := os.Getenv(restoreForever); told != "" {
		paths := strings.Fields(told)
		for i := 0; ; i++ {
			made := restore(t, paths[0], paths[1+i%2])
			if err := os.Remove(made.Kept); err != nil {
				t.Fatal(err)
			}
		}
	}
	const kills = 8
	small, large, path := fileOf(t, 10), fileOf(t, 5_000), fileOf(t, 10)
	for range kills {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), strings.Join([]string{restoreForever + "=" + path, small, large}, " "))
		killSoon(t, child, func() bool {
			info, err := os.Stat(path)
			return err == nil && info.Size() > sizeOf(t, small) // the large one
		})
		// What was begun in a transaction is undone by whoever opens the file.
		if got := len(all(t, open(t, path))); got != 10 && got != 5_000 {
			t.Errorf("Seek after the kill: got %d persons, want those of one of the two files", got)
		}
		if got := check(t, path); len(got) != 0 {
			t.Errorf("Check after the kill: got %+v, want a whole database", got)
		}
		path = fileOf(t, 10)
	}
}
