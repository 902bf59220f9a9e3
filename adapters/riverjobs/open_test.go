package riverjobs_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/adapters/riverjobs"
	"github.com/seed-bbcc19ba/roster/domain"
)

// wantRefused opens a queue, and fails the test unless it is refused in one line with
// these words.
func wantRefused(t *testing.T, where string, config riverjobs.Config, words ...string) {
	t.Helper()
	open := riverjobs.OpenSQLite
	if strings.HasPrefix(where, "postgresql:") {
		open = riverjobs.OpenPostgres
	}
	queue, err := open(t.Context(), where, config)
	if queue != nil {
		_ = queue.Close()
	}
	if domain.CodeOf(err) != domain.CodeUnavailable || queue != nil {
		t.Fatalf("opening: got %v and %v, want code unavailable", queue, err)
	}
	text := err.Error()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("got %q, want it to say %q", text, word)
		}
	}
	if strings.Contains(text, "\n") {
		t.Errorf("got %q, want one line", text)
	}
}

func TestADamagedFileIsRefusedAndCanBeDeleted(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func([]byte) []byte{
		"it is no database":        func([]byte) []byte { return bytes.Repeat([]byte("no database "), 1000) },
		"it is cut off":            func(content []byte) []byte { return content[:len(content)/2] },
		"its first page is zeroes": func(content []byte) []byte { clear(content[100:4096]); return content },
		"its other pages are noise": func(content []byte) []byte {
			for i := 4096; i < len(content); i++ {
				content[i] = byte(i * 7)
			}
			return content
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "jobs")
			if err := openAt(t, path, migrating).Close(); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(content), 0o600); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, path, migrating, path, "may be deleted while no roster runs")
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			wantTaken(t, openAt(t, path, migrating))
		})
	}
}

// An index is not read before somebody asks for it, so only a check of the whole file finds out.
func TestAFileOfWhichOneIndexIsDamagedIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs")
	queue := openAt(t, path, migrating)
	page, err := queue.RootPage(t.Context(), "river_job_kind")
	if err != nil {
		t.Fatal(err)
	}
	if err := queue.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(bytes.Repeat([]byte{7}, 4096), (page-1)*4096); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, path, migrating, path, "may be deleted while no roster runs")
}

func wantTaken(t *testing.T, queue *riverjobs.Queue) {
	t.Helper()
	if err := queue.Enqueue(t.Context(), []domain.JobTask{{Job: "a"}}); err != nil {
		t.Errorf("Enqueue: got %v, want nil", err)
	}
}

func TestAFileOfSomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "db.sqlite3")
	execute(t, path, "CREATE TABLE persons_person (id INTEGER PRIMARY KEY)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, path, migrating, path, "needs one of its own")
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("a file of something else: got it changed (%v), want it left alone", err)
	}
}

// execute executes a statement in a file.
func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open(riverjobs.DriverName, "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderThatIsMissingIsTold(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing", "jobs")
	wantRefused(t, path, migrating, path)
}

func TestTablesThatAreOutOfDateAreRefusedUnlessTheyMayBeMigrated(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]string{
		"in SQLite":     filepath.Join(t.TempDir(), "jobs"),
		"in PostgreSQL": server.EmptyURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantRefused(t, where, riverjobs.Config{}, "out of date", "roster migrate")
			openAt(t, where, migrating)
			wantTaken(t, openAt(t, where, riverjobs.Config{}))
		})
	}
}

func TestTablesOfANewerRosterAreRefused(t *testing.T) {
	t.Parallel()
	const newer = "INSERT INTO river_migration (line, version) VALUES ('main', 999)"
	path := filepath.Join(t.TempDir(), "jobs")
	openAt(t, path, migrating)
	execute(t, path, newer)
	wantRefused(t, path, migrating, "newer roster")

	url := server.EmptyURL(t)
	openAt(t, url, migrating)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, url, migrating, "newer roster")
}

func TestManyMayMakeTheTablesAtOnce(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]string{
		"in SQLite":     filepath.Join(t.TempDir(), "jobs"),
		"in PostgreSQL": server.EmptyURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opening sync.WaitGroup
			for range 8 {
				opening.Go(func() { wantTaken(t, openAt(t, where, migrating)) })
			}
			opening.Wait()
		})
	}
}

func TestADatabaseThatIsNotThereIsToldWithoutThePassword(t *testing.T) {
	t.Parallel()
	_, err := riverjobs.OpenPostgres(t.Context(), "postgresql://roster:secret@127.0.0.1:1/none", migrating)
	if domain.CodeOf(err) != domain.CodeUnavailable || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want code unavailable in one line without the password", err)
	}
	_, err = riverjobs.OpenPostgres(t.Context(), "postgresql://roster:secret@127.0.0.1:port/none", migrating)
	if domain.CodeOf(err) != domain.CodeInvalid || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want code invalid without the password", err)
	}
}

func TestNothingInTheFileWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	queue := openAt(t, filepath.Join(t.TempDir(), "jobs"), migrating)
	for name, want := range map[string]string{"synchronous": "1", "journal_mode": "wal", "busy_timeout": "2000"} {
		if got, err := queue.Pragma(t.Context(), name); err != nil || got != want {
			t.Errorf("PRAGMA %s: got %s and %v, want %s", name, got, err, want)
		}
	}
}

func TestNothingIsLoggedWhileAllIsWell(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]string{
		"in SQLite":     filepath.Join(t.TempDir(), "jobs"),
		"in PostgreSQL": server.EmptyURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said bytes.Buffer
			queue := openAt(t, where, riverjobs.Config{Migrate: true, Logger: slog.New(slog.NewTextHandler(&said, nil))})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			wantTaken(t, queue)
			failed := false
			handler := handlerFunc(func(domain.JobTask) error {
				if !failed {
					failed = true
					return os.ErrClosed
				}
				cancel()
				return nil
			})
			if err := queue.Serve(ctx, 1, handler); err != nil {
				t.Errorf("Serve: got %v, want nil", err)
			}
			if said.Len() > 0 {
				t.Errorf("got %q logged, want nothing: a task that fails once is nothing to worry about", said.String())
			}
		})
	}
}
