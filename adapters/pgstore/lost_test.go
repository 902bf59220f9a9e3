package pgstore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func migrationsOf(t *testing.T, store *pgstore.Store) []ports.Migration {
	t.Helper()
	migrations, err := store.Migrations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return migrations
}

// A server that restarts drops all connections. Reads notice nothing.
func TestAReadIsMadeAgainWhereItsConnectionIsLost(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn := open(t, url), connect(t, url)
	draft, err := domain.NewDraft("Ann", 31)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := store.Create(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		exec(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if got, err := store.Find(t.Context(), saved.ID()); err != nil || got != saved {
			t.Errorf("got %v, %v, want %v", got, err, saved)
		}
	}
}

// A write whose connection is lost is saved or not, and says that it may be.
func TestAWriteWhoseConnectionIsLostIsUnavailableOrSaved(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn := open(t, url), connect(t, url)
	draft, err := domain.NewDraft("Ann", 31)
	if err != nil {
		t.Fatal(err)
	}
	saved := 0
	for range 20 {
		exec(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		switch _, err := store.Create(t.Context(), draft); domain.CodeOf(err) {
		case "":
			saved++
		case domain.CodeUnavailable:
		default:
			t.Errorf("got %v, want it saved, or unavailable", err)
		}
	}
	var rows int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM persons_person").Scan(&rows); err != nil || rows < saved {
		t.Errorf("got %d persons, %v, want the %d that were answered at least", rows, err, saved)
	}
}

// A process that is stopped, or whose machine is gone, keeps its connection and what it has
// locked. Here it stops within a change of a job, until another one has made its own.
func TestWhoStopsInATransactionLosesWhatItHasLocked(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	stopped, other := open(t, url), open(t, url)
	job := runningJob(t, other, 1, 1)
	locked, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := stopped.ChangeJob(t.Context(), job.ID, func(job domain.Job) (domain.Job, error) {
			close(locked)
			<-goOn
			job.Done = 5
			return job, nil
		})
		ended <- err
	}()
	<-locked
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // less than a dead worker's chunks may take
	defer cancel()
	got, err := other.ChangeJob(ctx, job.ID, func(job domain.Job) (domain.Job, error) {
		job.Done++
		return job, nil
	})
	close(goOn)
	if err != nil || got.Done != job.Done+1 {
		t.Errorf("got %+v, %v, want the change made, whoever has stopped", got, err)
	}
	if err := <-ended; domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("who had stopped got %v, want code unavailable", err)
	}
	if got, err := stopped.FindJob(t.Context(), job.ID); err != nil || got.Done != job.Done+1 {
		t.Errorf("got %+v, %v, want nothing of what was begun before the stop", got, err)
	}
}

func TestOpenSaysInOneLineWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ url, want string }{
		"no server":      {"postgresql://ann:canary@127.0.0.1:1/roster?sslmode=disable", "postgresql://127.0.0.1:1/roster: "},
		"no TLS either":  {"postgresql://ann:canary@127.0.0.1:1/roster", "postgresql://127.0.0.1:1/roster: "},
		"no database":    {strings.Replace(server.EmptyURL(t), "/roster_", "/canary_", 1), "does not exist"},
		"no such option": {"postgresql://ann:canary@127.0.0.1/roster?sslmode=canary", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := pgstore.Open(t.Context(), pgstore.Config{URL: test.url})
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.ContainsRune(err.Error(), '\n') {
				t.Errorf("got %v, want a line with %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), ":canary@") {
				t.Errorf("got %v, with the password", err)
			}
		})
	}
}

func TestAFullQueueIsUnavailableAtOnce(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, err := pgstore.Open(t.Context(), pgstore.Config{URL: url, Connections: 1, Queue: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	conn := connect(t, url)
	exec(t, conn, "BEGIN")
	exec(t, conn, "LOCK TABLE persons_person")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	for range 2 { // one holds the connection, one waits for it
		go func() {
			for { // until it is not refused for the sake of a probe
				_, err := store.Find(ctx, 1)
				if domain.CodeOf(err) != domain.CodeUnavailable {
					ended <- err
					return
				}
			}
		}()
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		// It may be one of the two places itself, for a moment.
		probe, done := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := store.Find(probe, 1)
		done()
		if domain.CodeOf(err) == domain.CodeUnavailable && strings.Contains(err.Error(), "waiting") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %v, want it refused", err)
		}
	}
	cancel()
	for range 2 {
		if err := <-ended; domain.CodeOf(err) != domain.CodeCanceled {
			t.Errorf("got %v, want canceled", err)
		}
	}
}

// Whoever asks is told at once, not after some timeout.
func TestAServerThatIsGoneIsUnavailable(t *testing.T) {
	t.Parallel()
	own, err := pgtest.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Stop)
	url, err := own.Create(t.Context(), "mine")
	if err != nil {
		t.Fatal(err)
	}
	store := open(t, url)
	draft, err := domain.NewDraft("Ann", 31)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Create(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	own.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, name := range []string{"ann\x00", "\xff"} { // nobody can have it, so nobody is asked
		if _, err := store.FindUserByName(ctx, name); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("FindUserByName(%q): got %v, want %s", name, err, domain.CodeNotFound)
		}
	}
	for name, call := range map[string]func() error{
		"Find":   func() error { _, err := store.Find(ctx, 1); return err },
		"Create": func() error { _, err := store.Create(ctx, draft); return err },
		"Ready":  func() error { return store.Ready(ctx) },
	} {
		if err := call(); domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("%s: got %v, want %s", name, err, domain.CodeUnavailable)
		}
	}
}

func TestACtxThatEndsKeepsTheConnection(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, err := pgstore.Open(t.Context(), pgstore.Config{URL: url, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	conn := connect(t, url)
	backend := func() (pid int) {
		t.Helper()
		err := conn.QueryRow(t.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'roster'").Scan(&pid)
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
	before := backend()
	exec(t, conn, "BEGIN")
	exec(t, conn, "LOCK TABLE persons_person")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := store.Find(ctx, 1); domain.CodeOf(err) != domain.CodeDeadline {
		t.Errorf("got %v, want %s", err, domain.CodeDeadline)
	}
	exec(t, conn, "ROLLBACK")
	if _, err := store.Find(t.Context(), 1); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("afterwards: got %v, want %s", err, domain.CodeNotFound)
	}
	if after := backend(); after != before {
		t.Errorf("got another connection than before, want the same")
	}
}
