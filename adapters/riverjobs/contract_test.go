package riverjobs_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
	"github.com/seed-bbcc19ba/roster/adapters/riverjobs"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
)

var server *pgtest.Server

// TestMain starts no server in a process that TestProcesses… have started.
func TestMain(m *testing.M) {
	if os.Getenv(sharedQueue) != "" {
		goleak.VerifyTestMain(m)
		return
	}
	pgtest.Main(m, &server)
}

var migrating = riverjobs.Config{Migrate: true}

func TestQueueInSQLiteKeepsTheContract(t *testing.T) {
	t.Parallel()
	jobtest.RunQueue(t, jobtest.QueueHarness{
		Open: func(dir string) (ports.JobQueue, error) {
			return riverjobs.OpenSQLite(context.Background(), filepath.Join(dir, "jobs"), migrating)
		},
		Shared:   true,
		RealTime: true,
		Break: func(t *testing.T, dir string) func() {
			t.Helper()
			return lockFile(t, filepath.Join(dir, "jobs"))
		},
	})
}

// lockFile keeps everybody out of a file.
func lockFile(t *testing.T, path string) (unlock func()) {
	t.Helper()
	db, err := sql.Open(riverjobs.DriverName, "file:"+path+"?_busy_timeout=10000")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// databases are those that the suite has opened, by its folders.
type databases struct {
	t    *testing.T
	mu   sync.Mutex
	urls map[string]string
}

func (d *databases) url(dir string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.urls[dir] == "" {
		d.urls[dir] = server.EmptyURL(d.t)
	}
	return d.urls[dir]
}

func TestQueueInPostgreSQLKeepsTheContract(t *testing.T) {
	t.Parallel()
	d := &databases{t: t, urls: map[string]string{}}
	jobtest.RunQueue(t, jobtest.QueueHarness{
		Open: func(dir string) (ports.JobQueue, error) {
			return riverjobs.OpenPostgres(context.Background(), d.url(dir), migrating)
		},
		Shared:   true,
		RealTime: true,
		Break: func(t *testing.T, dir string) func() {
			t.Helper()
			return shutOut(t, d.url(dir))
		},
	})
}

// shutOut ends all connections to a database, and lets nobody in.
func shutOut(t *testing.T, url string) (letIn func()) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	name := config.Database
	config.Database = "postgres"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	administer := func(statement string) {
		if _, err := conn.Exec(context.Background(), statement); err != nil {
			t.Error(err)
		}
	}
	administer("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false")
	administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'")
	return func() {
		administer("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS true")
		_ = conn.Close(context.Background())
	}
}
