package app_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

// databaseIn returns the setting of a database file in a new folder, and its path.
func databaseIn(t *testing.T) (url, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "db.sqlite3")
	return "sqlite:///" + path, path
}

// giveJob gives a job of made-up persons.
func giveJob(t *testing.T, a *app.App, count int64) domain.JobID {
	t.Helper()
	job, err := a.Jobs.Generate(t.Context(), domain.JobOrder{}, count)
	if err != nil {
		t.Fatal(err)
	}
	return job.ID
}

// waitForJob waits until a job is over.
func waitForJob(t *testing.T, a *app.App, id domain.JobID) domain.Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	var job domain.Job
	for seen, err := range a.Jobs.Watch(ctx, id) {
		if err != nil {
			t.Fatalf("a job that is %s at %d of %d: %v", job.State, job.Done, job.Total, err)
		}
		job = seen
	}
	return job
}

func TestAServerWorksOffJobs(t *testing.T) {
	t.Parallel()
	sqlite, _ := databaseIn(t)
	for _, database := range []string{"memory:", "sqlite://:memory:", sqlite} {
		server := start(t, map[string]string{"DATABASE_URL": database})
		job := waitForJob(t, server.App, giveJob(t, server.App, 25_000))
		if job.State != domain.JobDone || job.Done != 25_000 {
			t.Errorf("%s: got a job that is %s at %d, want done at 25,000", database, job.State, job.Done)
		}
		if page, err := server.Registry.List(t.Context(), 1); err != nil || page.Total != 25_000 {
			t.Errorf("%s: got %d persons and %v, want 25,000", database, page.Total, err)
		}
	}
}

func TestWithoutWorkersAJobWaitsForAnotherProcess(t *testing.T) {
	t.Parallel()
	database, _ := databaseIn(t)
	server := start(t, map[string]string{"DATABASE_URL": database, "JOB_WORKERS": "0"})
	id := giveJob(t, server.App, 10)
	time.Sleep(100 * time.Millisecond) // there might be a worker
	if job, err := server.Jobs.Find(t.Context(), id); err != nil || job.State != domain.JobQueued {
		t.Errorf("got a job that is %s and %v, want queued", job.State, err)
	}
	worker := newApp(t, map[string]string{"DATABASE_URL": database})
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	begun := make(chan struct{})
	go func() { worked <- worker.Work(ctx, 1, func() { close(begun) }) }()
	select {
	case <-begun:
	case <-time.After(time.Minute):
		t.Error("got nothing said, want it told when the queue is open")
	}
	if job := waitForJob(t, server.App, id); job.State != domain.JobDone {
		t.Errorf("got a job that is %s, want done by the worker", job.State)
	}
	stop()
	if err := receive(t, worked, "the worker's end"); err != nil {
		t.Errorf("Work: got %v, want nil", err)
	}
}

func TestAJobGoesOnWithTheNextServer(t *testing.T) {
	t.Parallel()
	database, _ := databaseIn(t)
	first := start(t, map[string]string{"DATABASE_URL": database})
	const count = 2_000_000
	id := giveJob(t, first.App, count)
	waitUntil(t, "some rows are done", func() bool {
		job, err := first.Jobs.Find(t.Context(), id)
		return err == nil && job.Done > 0
	})
	first.stop()
	if err := first.waitForEnd(t); err != nil {
		t.Errorf("Run: got %v, want nil", err)
	}
	second := start(t, map[string]string{"DATABASE_URL": database})
	before, err := second.Jobs.Find(t.Context(), id)
	if err != nil || before.State != domain.JobRunning || before.Done == count {
		t.Fatalf("between two servers: got a job that is %s at %d and %v, want one that was left in the middle", before.State, before.Done, err)
	}
	if canceled, err := second.Jobs.Cancel(t.Context(), id); err != nil || canceled.Done < before.Done {
		t.Errorf("Cancel: got %d done and %v, want at least %d", canceled.Done, err, before.Done)
	} else if page, err := second.Registry.List(t.Context(), 1); err != nil || page.Total != canceled.Done {
		t.Errorf("got %d persons and %v, want the %d that were done", page.Total, err, canceled.Done)
	}
}

func TestOnlyWhoNeedsAQueueMakesOne(t *testing.T) {
	t.Parallel()
	database, path := databaseIn(t)
	a := newApp(t, map[string]string{"DATABASE_URL": database})
	if _, err := a.CreateBulk.Generate(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-jobs"); err == nil {
		t.Error("got a file of tasks, want none before there is a job")
	}
	giveJob(t, a, 3)
	if _, err := os.Stat(path + "-jobs"); err != nil {
		t.Errorf("got %v, want a file of tasks", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Work(t.Context(), 1, func() { t.Error("got told that it works, want only an error") }); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("Work of one that is closed: got %v, want CodeUnavailable", err)
	}
}

func TestAWorkerThatIsStoppedAsItBeginsHasNotFailed(t *testing.T) {
	t.Parallel()
	database, _ := databaseIn(t)
	a := newApp(t, map[string]string{"DATABASE_URL": database})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Work(ctx, 1, nil); err != nil {
		t.Errorf("Work: got %v, want nil: there was nothing to do any more", err)
	}
}

func TestTheQueueIsMigratedLikeTheSchema(t *testing.T) {
	t.Parallel()
	database, _ := databaseIn(t)
	if err := newApp(t, map[string]string{"DATABASE_URL": database}).Close(); err != nil { // makes the schema, and no queue
		t.Fatal(err)
	}
	off := map[string]string{"DATABASE_URL": database, "AUTO_MIGRATE": "False"}
	a := newApp(t, off)
	if err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "roster migrate") {
		t.Errorf("Run without the tables of the queue: got %v, want an error that names the command to run", err)
	}
	if err := app.MigrateQueue(t.Context(), load(t, off), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	server := start(t, off)
	if job := waitForJob(t, server.App, giveJob(t, server.App, 3)); job.State != domain.JobDone {
		t.Errorf("got a job that is %s, want done", job.State)
	}
}

func TestAServerWithoutJobsMakesNoQueue(t *testing.T) {
	t.Parallel()
	database, path := databaseIn(t)
	server := start(t, map[string]string{"DATABASE_URL": database})
	time.Sleep(100 * time.Millisecond) // it might make one
	if _, err := os.Stat(path + "-jobs"); err == nil {
		t.Error("got a file of tasks, want none before there is a job")
	}
	// A job of another process is found without being told of.
	id := giveJob(t, newApp(t, map[string]string{"DATABASE_URL": database}), 3)
	if job := waitForJob(t, server.App, id); job.State != domain.JobDone {
		t.Errorf("got a job that is %s, want done", job.State)
	}
}

func TestAQueueThatCannotBeUsedKeepsNobodyFromBeingServed(t *testing.T) {
	t.Parallel()
	database, path := databaseIn(t)
	if err := os.WriteFile(path+"-jobs", []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	server := start(t, map[string]string{"DATABASE_URL": database})
	id := giveJob(t, server.App, 3)
	if response, _ := get(t, server.url+"persons/"); response.StatusCode != http.StatusOK {
		t.Errorf("got %d, want 200", response.StatusCode)
	}
	if job, err := server.Jobs.Find(t.Context(), id); err != nil || job.State != domain.JobQueued {
		t.Errorf("got a job that is %s and %v, want one that waits", job.State, err)
	}
	if err := os.Remove(path + "-jobs"); err != nil {
		t.Fatal(err)
	}
	if job := waitForJob(t, server.App, id); job.State != domain.JobDone {
		t.Errorf("with another file: got a job that is %s, want done", job.State)
	}
}

// panicksOnce panics when the first chunk is to be read.
type panicksOnce struct {
	app.Store
	calls atomic.Int64
}

func (p *panicksOnce) FindChunk(ctx context.Context, id domain.JobID, number int) (domain.Chunk, error) {
	if p.calls.Add(1) == 1 {
		panic("a fault")
	}
	return p.Store.FindChunk(ctx, id, number)
}

func TestAPanicOfAChunkIsToldAndTheChunkTriedAgain(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	a, err := app.NewOver(t.Context(), load(t, nil), app.NewLogger(&log, app.LogLevelInfo, app.LogFormatJSON), &panicksOnce{Store: memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- a.Work(ctx, 1, nil) }()
	if job := waitForJob(t, a, giveJob(t, a, 3)); job.State != domain.JobDone || job.Done != 3 {
		t.Errorf("got a job that is %s at %d, want done at 3", job.State, job.Done)
	}
	stop()
	if err := errors.Join(receive(t, worked, "the worker's end"), a.Close()); err != nil {
		t.Error(err)
	}
	if told := log.String(); !strings.Contains(told, `"error":"panic: a fault"`) || !strings.Contains(told, "panicksOnce") {
		t.Errorf("got the log %s, want the panic with its stack", told)
	}
}
