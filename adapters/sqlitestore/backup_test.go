package sqlitestore_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// backup copies the database into a file, and fails the test where that fails.
func backup(t *testing.T, database, file string) {
	t.Helper()
	made, err := sqlitestore.NewArchivist(database).Backup(t.Context(), file)
	if err != nil {
		t.Fatalf("Backup: %v", err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != made.Bytes {
		t.Errorf("Backup: got %d bytes told, and a file of %v and %v", made.Bytes, info.Size(), err)
	}
}

// wantFiles fails the test unless there are these files beside path, and no others.
func wantFiles(t *testing.T, path string, want ...string) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(contents(t, path))); !slices.Equal(got, want) {
		t.Errorf("the folder: got %q, want %q: nothing half is left behind", got, want)
	}
}

func TestABackupIsTheDatabaseInOneFile(t *testing.T) {
	t.Parallel()
	path, file := newFile(t), newFile(t)
	store := open(t, path)
	migrate(t, store)
	if _, err := store.CreateBatch(t.Context(), newDrafts(t, 1_234)); err != nil {
		t.Fatal(err)
	}
	last := create(t, store, "Zoë")
	if err := store.Delete(t.Context(), last.ID()); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	made, err := sqlitestore.NewArchivist(path).Backup(t.Context(), file)
	if err != nil || made.Persons != 1_234 {
		t.Fatalf("Backup: got %+v and %v, want 1234 persons", made, err)
	}
	wantFiles(t, file, filepath.Base(file))
	if header := contents(t, file)[filepath.Base(file)]; header[18] != 1 || header[19] != 1 {
		t.Errorf("the copy: got versions %d and %d in its header, want 1, which needs no WAL", header[18], header[19])
	}
	if got, want := dump(t, file), dump(t, path); got != want {
		t.Errorf("the copy: got\n%s\nwant\n%s", got, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 || info.Size() != made.Bytes {
		t.Errorf("the copy: got %v, %v and %d bytes told, want the mode of the database", info.Mode(), err, made.Bytes)
	}
	if got := check(t, file); len(got) != 0 {
		t.Errorf("Check of the copy: got %+v, want nothing", got)
	}
	wantFiles(t, file, filepath.Base(file)) // to read it needs nothing beside it
	create(t, store, "after the backup")
	if got := create(t, open(t, file), "Ann").ID(); got != last.ID()+1 {
		t.Errorf("Create in the copy: got id %d, want %d: used ids are copied too", got, last.ID()+1)
	}
}

// Persons are only added, some alone and some seven at once, by two stores as by two
// processes. So a copy of one moment has the ids from 1 without a hole, and no batch
// in part.
func TestABackupIsOfOneMomentWhileOthersWrite(t *testing.T) {
	t.Parallel()
	const backups, ofBatch = 12, 7
	path, folder := newFile(t), t.TempDir()
	first, second := open(t, path), open(t, path)
	migrate(t, first)
	single, batch := newDraft(t, "single", 1), slices.Repeat([]domain.Draft{newDraft(t, "batch", 1)}, ofBatch)
	ctx, stop := context.WithCancel(t.Context())
	var (
		done  sync.WaitGroup
		mu    sync.Mutex
		saved int64 // the greatest id that was answered
	)
	answered := func() int64 {
		mu.Lock()
		defer mu.Unlock()
		return saved
	}
	note := func(id int64) {
		mu.Lock()
		defer mu.Unlock()
		saved = max(saved, id)
	}
	for i := range 6 {
		store := []*sqlitestore.Store{first, second}[i%2]
		done.Go(func() {
			for ctx.Err() == nil {
				if person, err := store.Create(t.Context(), single); err == nil {
					note(person.ID())
				} else {
					t.Errorf("Create during a backup: got %v, want it saved: a backup is in nobody's way", err)
				}
				if persons, err := store.CreateBatch(t.Context(), batch); err == nil {
					note(persons[ofBatch-1].ID())
				} else {
					t.Errorf("CreateBatch during a backup: got %v, want it saved", err)
				}
			}
		})
	}
	for i := range backups {
		before := answered()
		file := filepath.Join(folder, strconv.Itoa(i))
		backup(t, path, file)
		persons := all(t, open(t, file))
		ofBatches := 0
		for place, person := range persons {
			if person.ID() != int64(place)+1 {
				t.Fatalf("backup %d: got id %d in place %d, want ids without a hole: all of one moment", i, person.ID(), place)
			}
			if person.Name() == "batch" {
				ofBatches++
			}
		}
		if ofBatches%ofBatch != 0 {
			t.Errorf("backup %d: got %d persons of batches of %d, want each batch as a whole", i, ofBatches, ofBatch)
		}
		if int64(len(persons)) < before {
			t.Errorf("backup %d: got %d persons, want at least the %d answered before it began", i, len(persons), before)
		}
	}
	stop()
	done.Wait()
	if before, after := all(t, first), answered(); int64(len(before)) != after {
		t.Errorf("Seek: got %d persons, want the %d who were answered", len(before), after)
	}
}

func TestABackupThatCannotBeMadeLeavesNothing(t *testing.T) {
	t.Parallel()
	sound := fileOf(t, 100)
	for name, c := range map[string]struct {
		database func(t *testing.T) string
		file     func(t *testing.T, folder string) string
		want     domain.Code
		says     string
	}{
		"a file that is there": {
			func(*testing.T) string { return sound },
			func(t *testing.T, folder string) string {
				t.Helper()
				return write(t, folder, "there", "of somebody else")
			},
			domain.CodeConflict, "already",
		},
		"a link that leads nowhere": {
			func(*testing.T) string { return sound },
			func(t *testing.T, folder string) string {
				t.Helper()
				if err := os.Symlink("nowhere", filepath.Join(folder, "link")); err != nil {
					t.Skip(err)
				}
				return filepath.Join(folder, "link")
			},
			domain.CodeConflict, "already",
		},
		"a folder that is missing": {
			func(*testing.T) string { return sound },
			func(_ *testing.T, folder string) string { return filepath.Join(folder, "missing", "copy") },
			domain.CodeUnavailable, "no such file or directory",
		},
		"a database that is not there": {
			func(t *testing.T) string { t.Helper(); return newFile(t) },
			func(_ *testing.T, folder string) string { return filepath.Join(folder, "copy") },
			domain.CodeUnavailable, "there is no such file",
		},
		"a database in memory": {
			func(*testing.T) string { return "" },
			func(_ *testing.T, folder string) string { return filepath.Join(folder, "copy") },
			domain.CodeConflict, "memory",
		},
		"something else": {
			func(t *testing.T) string {
				t.Helper()
				return write(t, t.TempDir(), "notes", strings.Repeat("These are notes.\n", 1000))
			},
			func(_ *testing.T, folder string) string { return filepath.Join(folder, "copy") },
			domain.CodeConflict, "damaged",
		},
		"a database without persons": {
			func(t *testing.T) string { t.Helper(); return fileWith(t, "CREATE TABLE t (x)") },
			func(_ *testing.T, folder string) string { return filepath.Join(folder, "copy") },
			domain.CodeConflict, "no table of persons",
		},
		"a database with a damaged page that has as many rows": {
			func(t *testing.T) string {
				t.Helper()
				path := fileOf(t, 5_000)
				file, err := os.OpenFile(path, os.O_RDWR, 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := file.WriteAt(make([]byte, 200), 30*4096+2000); err != nil {
					t.Fatal(err)
				}
				if err := file.Close(); err != nil {
					t.Fatal(err)
				}
				return path
			},
			func(_ *testing.T, folder string) string { return filepath.Join(folder, "copy") },
			domain.CodeConflict, "damaged",
		},
		"a database that is damaged": {
			func(t *testing.T) string {
				t.Helper()
				path := fileOf(t, 5_000)
				zero(t, path, 30, 31)
				return path
			},
			func(_ *testing.T, folder string) string { return filepath.Join(folder, "copy") },
			domain.CodeConflict, "damaged",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			database, file := c.database(t), c.file(t, folder)
			before, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			missing := false
			if _, err := os.Stat(database); err != nil {
				missing = true
			}
			_, err = sqlitestore.NewArchivist(database).Backup(t.Context(), file)
			wantCode(t, "Backup", err, c.want, c.says)
			if after, err := os.ReadDir(folder); err != nil || len(after) != len(before) {
				t.Errorf("the folder: got %v and %v, want %v as before", after, err, before)
			}
			if _, err := os.Stat(database); missing && err == nil {
				t.Error("the database: got a file, want none made")
			}
		})
	}
	wantFiles(t, sound, filepath.Base(sound))
}

func TestABackupThatIsInterruptedLeavesNothing(t *testing.T) {
	t.Parallel()
	path, file := fileOf(t, 100_000), newFile(t)
	archivist := sqlitestore.NewArchivist(path)
	interrupted := 0
	for patience := time.Duration(0); patience < 10*time.Second; patience += patience/4 + 100*time.Microsecond {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err := archivist.Backup(ctx, file)
		cancel()
		if err == nil {
			break
		}
		interrupted++
		wantCode(t, "Backup beyond its deadline", err, domain.CodeDeadline)
		wantFiles(t, file)
	}
	wantFiles(t, file, filepath.Base(file))
	if interrupted < 3 {
		t.Errorf("got %d backups interrupted, want some", interrupted)
	}
}

// backupForever is the environment variable with the database and the start of the
// names of the files that a child process makes until it is killed.
const backupForever = "ROSTER_BACKUP_FOREVER"

func TestABackupOfAProcessThatIsKilledTouchesNothing(t *testing.T) {
	t.Parallel()
	if told := os.Getenv(backupForever); told != "" {
		database, prefix, _ := strings.Cut(told, " ")
		for i := 0; ; i++ {
			backup(t, database, prefix+strconv.Itoa(i))
		}
	}
	const kills = 8
	path := fileOf(t, 20_000)
	want := dump(t, path)
	for range kills {
		prefix := newFile(t)
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), backupForever+"="+path+" "+prefix)
		killSoon(t, child, func() bool {
			_, err := os.Stat(prefix + "0")
			return err == nil
		})
		for name := range contents(t, prefix) {
			if strings.HasSuffix(name, ".tmp") {
				continue
			}
			if got := check(t, filepath.Join(filepath.Dir(prefix), name)); len(got) != 0 {
				t.Errorf("%s: got %+v, want a file with a name that is no temporary one to be whole", name, got)
			}
		}
		if got := dump(t, path); got != want {
			t.Error("the database: got another one after the kill, want it untouched")
		}
	}
	wantFiles(t, path, filepath.Base(path))
}

// killSoon starts a process and kills it a moment after it has begun.
func killSoon(t *testing.T, child *exec.Cmd, begun func() bool) {
	t.Helper()
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for !begun() {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(time.Duration(rand.IntN(8_000)) * time.Microsecond)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil || strings.Contains(err.Error(), "exit status") {
		t.Fatalf("the child process: got %v, want it killed in the middle", err)
	}
}
