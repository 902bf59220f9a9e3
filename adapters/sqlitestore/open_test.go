package sqlitestore_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestOpenSaysInOneLineWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path func(t *testing.T, dir string) string
		want string
	}{
		"when the folder is missing": {
			func(_ *testing.T, dir string) string { return filepath.Join(dir, "missing", "roster.sqlite3") },
			"there is no folder ",
		},
		"when the folder is a file": {
			func(t *testing.T, dir string) string {
				t.Helper()
				return filepath.Join(write(t, dir, "file", "text"), "roster.sqlite3")
			},
			"is not a folder",
		},
		"when the path is a folder": {
			func(_ *testing.T, dir string) string { return dir },
			"it is a folder",
		},
		"when the file is something else": {
			func(t *testing.T, dir string) string {
				t.Helper()
				return write(t, dir, "notes.txt", strings.Repeat("These are notes, not a database.\n", 100))
			},
			"it is not a SQLite database",
		},
		"when the file is damaged": {
			func(t *testing.T, dir string) string {
				t.Helper()
				path := filepath.Join(dir, "short.sqlite3")
				execute(t, path, "CREATE TABLE t (x); CREATE TABLE u (x)")
				if err := os.Truncate(path, 4096); err != nil {
					t.Fatal(err)
				}
				return path
			},
			"it is damaged",
		},
		"when the file has been emptied and its WAL has not": {
			func(t *testing.T, dir string) string {
				t.Helper()
				write(t, dir, "emptied.sqlite3-wal", "the last commits")
				return write(t, dir, "emptied.sqlite3", "")
			},
			"it is damaged",
		},
		"when the file has been removed and its WAL has not": {
			func(t *testing.T, dir string) string {
				t.Helper()
				return strings.TrimSuffix(write(t, dir, "removed.sqlite3-wal", "the last commits"), "-wal")
			},
			"it is missing, and beside it lies its WAL",
		},
		"when another program keeps the file locked": {
			func(t *testing.T, dir string) string {
				t.Helper()
				path := filepath.Join(dir, "locked.sqlite3")
				db := openRaw(t, path)
				if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (x); BEGIN EXCLUSIVE"); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = db.Close() })
				return path
			},
			"another program keeps it locked",
		},
		"when the file cannot be written": {
			func(t *testing.T, dir string) string {
				t.Helper()
				if os.Geteuid() == 0 {
					t.Skip("root can write every file")
				}
				path := filepath.Join(dir, "roster.sqlite3")
				execute(t, path, "CREATE TABLE t (x)")
				if err := os.Chmod(path, 0o400); err != nil {
					t.Fatal(err)
				}
				return path
			},
			"it cannot be written",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := c.path(t, t.TempDir())
			store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path, BusyTimeout: 30 * time.Millisecond})
			if store != nil {
				t.Error("Open: got a store, want none")
			}
			wantCode(t, "Open", err, domain.CodeUnavailable, path, c.want)
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("Open: got %q, want one line", err)
			}
			if message := domain.MessageOf(err); strings.Contains(message, filepath.Dir(path)) {
				t.Errorf("Open: got message %q, want no path in it: a message may be shown to anyone", message)
			}
		})
	}
}

func TestOpenTakesAnyFileName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "100%.db", "%41.db", "what?.db", "a#b.db", "a&mode=memory.db", "ünï.db", "'quoted'.db", "a;b.db", "file:x.db", "+.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			migrate(t, open(t, path))
			if _, err := os.Stat(path); err != nil {
				t.Errorf("Open(%q): got no file of that name: %v", name, err)
			}
			files, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil || len(files) != 3 {
				t.Errorf("Open(%q): got files %q, want the database, its -wal and its -shm", name, files)
			}
		})
	}
}

func TestCloseLeavesOneFile(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store, err := openMigrated(sqlitestore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	create(t, store, "Ann")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("after Close: got %v and %v, want the database alone: whoever copies it then has everything", files, err)
	}
}

// SQLite's own busy timeout does not cover the change into WAL mode.
func TestOpenWaitsForAnotherProgramsWrite(t *testing.T) {
	t.Parallel()
	path := fileWith(t, "CREATE TABLE t (x)")
	other := openRaw(t, path)
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	time.AfterFunc(50*time.Millisecond, func() {
		_, err := other.ExecContext(t.Context(), "ROLLBACK")
		ended <- err
	})
	store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path})
	if err != nil {
		t.Errorf("Open while another program writes for a moment: got %v, want it to wait", err)
	} else if err := store.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// Another file may be renamed over the path while Open waits for whoever has it locked.
// A store must not go on with the old one: nobody would find what it writes.
func TestAFileThatIsReplacedWhileItIsOpenedIsNotWritten(t *testing.T) {
	t.Parallel()
	path, replacement := newFile(t), fileOf(t, 1_000)
	createIn(t, path)
	other, err := sqlitestore.OpenAlone(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	replaced := make(chan error, 1)
	time.AfterFunc(50*time.Millisecond, func() {
		replaced <- errors.Join(os.Rename(replacement, path), other.Close())
	})
	store, err := openMigrated(sqlitestore.Config{Path: path})
	if failed := <-replaced; failed != nil {
		t.Fatal(failed)
	}
	if err != nil { // it waited
		wantCode(t, "Open", err, domain.CodeUnavailable, "removed or replaced")
		return
	}
	create(t, store, "Bob") // it began too late to wait
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(all(t, open(t, path))); len(got) != 1_001 || got[1_000] != "Bob" {
		t.Errorf("Seek: got %.100q, want the 1000 of the replacement, and Bob, who was answered", got)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := sqlitestore.Open(ctx, sqlitestore.Config{Path: newFile(t)})
	wantCode(t, "Open", err, domain.CodeCanceled)
}

func TestMemoryIsPrivate(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", ":memory:"} {
		first, err := openMigrated(sqlitestore.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		defer first.Close()
		second, err := openMigrated(sqlitestore.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		create(t, first, "Ann")
		if got := all(t, second); len(got) != 0 {
			t.Errorf("Seek of another store with path %q: got %v, want nobody", path, got)
		}
	}
}

func TestConnectionsHaveTheirSettings(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "query_only": "0"} {
		wantPragma(t, "writer", store.Writer(), pragma, want)
		if pragma == "query_only" {
			want = "1"
		}
		wantPragma(t, "reader", store.Reader(), pragma, want)
	}
}

func wantPragma(t *testing.T, of string, db *sql.DB, pragma, want string) {
	t.Helper()
	var got string
	if err := db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
		t.Errorf("PRAGMA %s of the %s: got %q and %v, want %q", pragma, of, got, err, want)
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
