package pgstore_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// runningJob makes a job with a chunk for each number of rows, and begins it.
func runningJob(tb testing.TB, store *pgstore.Store, n int, rows ...int) domain.Job {
	tb.Helper()
	id := domain.JobID(fmt.Sprintf("019cb000-0000-7000-8000-%012x", n))
	chunks := make([]domain.Chunk, len(rows))
	for i, count := range rows {
		chunks[i] = domain.Chunk{Number: i, Rows: count}
	}
	if err := store.CreateJob(tb.Context(), domain.NewJob(id, domain.JobGenerate, noon)); err != nil {
		tb.Fatal(err)
	}
	if err := store.AddChunks(tb.Context(), id, chunks, noon); err != nil {
		tb.Fatal(err)
	}
	if _, err := store.SubmitJob(tb.Context(), id, nil, noon); err != nil {
		tb.Fatal(err)
	}
	job, err := store.ChangeJob(tb.Context(), id, func(job domain.Job) (domain.Job, error) { return job.Begin(noon) })
	if err != nil {
		tb.Fatal(err)
	}
	return job
}

// draftsOf returns made-up drafts.
func draftsOf(count int) []domain.Draft {
	drafts := make([]domain.Draft, count)
	for i := range drafts {
		drafts[i] = domain.GeneratedDraft(uint(i))
	}
	return drafts
}

// changed makes a change of a job that can be told from the one before.
func changed(t *testing.T, store *pgstore.Store, id domain.JobID) domain.Job {
	t.Helper()
	job, err := store.ChangeJob(t.Context(), id, func(job domain.Job) (domain.Job, error) {
		job.Changed = job.Changed.Add(time.Second)
		return job, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// listeners is how many connections of a database listen to the changes of jobs.
func listeners(t *testing.T, conn *pgx.Conn) (count int) {
	t.Helper()
	err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN roster_jobs'").Scan(&count)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// eventually waits until something is so, and fails the test where it never is.
func eventually(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !isSo(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not happen that %s", what)
		}
	}
}

// awaitAll lets so many wait for another job than seen, and returns what they found.
func awaitAll(t *testing.T, store *pgstore.Store, seen domain.Job, waiters int) func() []domain.Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // only so that a failure ends
	t.Cleanup(cancel)
	var waiting sync.WaitGroup
	found := make([]domain.Job, waiters)
	for i := range found {
		waiting.Go(func() {
			var err error
			if found[i], err = store.AwaitJob(ctx, seen); err != nil {
				t.Errorf("AwaitJob: got %v, want a job", err)
			}
		})
	}
	return func() []domain.Job {
		waiting.Wait()
		return found
	}
}

// However many wait, in a process one connection hears for them, and it goes when
// nobody has waited for a while.
func TestAllWhoWaitForJobsShareOneConnection(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, other, conn := open(t, url), open(t, url), connect(t, url)
	jobs := []domain.Job{runningJob(t, store, 1, 1), runningJob(t, store, 2, 1), runningJob(t, store, 3, 1)}
	var ends []func() []domain.Job
	for _, job := range jobs {
		ends = append(ends, awaitAll(t, store, job, 50))
	}
	eventually(t, "somebody listens", func() bool { return listeners(t, conn) > 0 })
	for i, job := range jobs {
		want := changed(t, other, job.ID)
		for _, got := range ends[i]() {
			if got != want {
				t.Errorf("AwaitJob: got %+v, want %+v", got, want)
			}
		}
		if got := listeners(t, conn); got != 1 {
			t.Errorf("got %d connections that listen, want 1", got)
		}
	}
	eventually(t, "the connection is closed when nobody waits", func() bool { return listeners(t, conn) == 0 })
}

// Without a look at the job, whoever waits for it hears of each change, whatever made it.
func TestEachChangeOfAJobIsHeard(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, other, conn := open(t, url), open(t, url), connect(t, url)
	store.LookEvery(time.Hour)
	const id, dropped = domain.JobID("019cb000-0000-7000-8000-000000000001"), domain.JobID("019cb000-0000-7000-8000-000000000002")
	for _, id := range []domain.JobID{id, dropped} {
		if err := other.CreateJob(t.Context(), domain.NewJob(id, domain.JobGenerate, noon)); err != nil {
			t.Fatal(err)
		}
	}
	for _, change := range []struct {
		name string
		id   domain.JobID
		make func() error
	}{
		{"AddChunks", id, func() error { return other.AddChunks(t.Context(), id, []domain.Chunk{{Rows: 1}}, noon) }},
		{"SubmitJob", id, func() error { _, err := other.SubmitJob(t.Context(), id, nil, noon); return err }},
		{"ChangeJob", id, func() error {
			_, err := other.ChangeJob(t.Context(), id, func(job domain.Job) (domain.Job, error) { return job.Begin(noon) })
			return err
		}},
		{"EndChunks", id, func() error {
			_, err := other.EndChunks(t.Context(), id, []domain.ChunkEnd{{Drafts: draftsOf(1)}}, noon)
			return err
		}},
		{"DropJob", dropped, func() error { return other.DropJob(t.Context(), dropped) }},
		{"TidyJobs", id, func() error { return other.TidyJobs(t.Context(), noon.Add(domain.JobLifetime)) }},
	} {
		seen, err := store.FindJob(t.Context(), change.id)
		if err != nil {
			t.Fatal(err)
		}
		heard := make(chan error)
		go func() {
			_, err := store.AwaitJob(t.Context(), seen)
			heard <- err
		}()
		eventually(t, "somebody waits and listens", func() bool { return store.Waiting() == 1 && listeners(t, conn) == 1 })
		if err := change.make(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-heard:
			if code := domain.CodeOf(err); code != "" && (code != domain.CodeNotFound || change.name != "TidyJobs" && change.name != "DropJob") {
				t.Errorf("AwaitJob beside %s: got %v, want the job, or code not_found where it is removed", change.name, err)
			}
		case <-time.After(30 * time.Second): // only so that a failure ends
			t.Fatalf("AwaitJob did not hear of %s", change.name)
		}
	}
}

// Who begins to wait while jobs are being read has seen a newer one than what is read.
func TestNobodyIsHandedAnOlderJobThanTheOneThatWasSeen(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, other := open(t, url), open(t, url)
	read, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	store.LookEvery(time.Millisecond)
	store.AfterLook(func() {
		once.Do(func() {
			close(read)
			<-goOn
		})
	})
	job := runningJob(t, store, 1, 1)
	first := awaitAll(t, store, job, 1)
	<-read
	seen := changed(t, other, job.ID)
	second := awaitAll(t, store, seen, 1)
	eventually(t, "the second waits", func() bool { return store.Waiting() == 2 })
	close(goOn)
	if got := first()[0]; got != seen {
		t.Errorf("AwaitJob: got %+v, want %+v", got, seen)
	}
	want := changed(t, other, job.ID)
	if got := second()[0]; got != want {
		t.Errorf("AwaitJob: got %+v, want %+v, which changed later than what was seen", got, want)
	}
}

// What the channel does not bring is found all the same: while there is no connection to
// hear it by, and where somebody changes a job without a word.
func TestAChangeThatIsNotToldIsFound(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn := open(t, url), connect(t, url)
	job := runningJob(t, store, 1, 1)
	for range 3 {
		wait := awaitAll(t, store, job, 3)
		eventually(t, "somebody listens", func() bool { return listeners(t, conn) > 0 })
		exec(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN roster_jobs' AND datname = current_database()")
		exec(t, conn, "UPDATE roster_jobs SET changed = changed + interval '1 second'")
		job.Changed = job.Changed.Add(time.Second)
		for _, got := range wait() {
			if got != job {
				t.Fatalf("AwaitJob: got %+v, want %+v", got, job)
			}
		}
	}
}

// A server that is away for a while is no change of a job.
func TestWhoWaitsForAJobOutlastsLostConnections(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn := open(t, url), connect(t, url)
	job := runningJob(t, store, 1, 1)
	wait := awaitAll(t, store, job, 20)
	for range 10 {
		exec(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		time.Sleep(50 * time.Millisecond) // so that they come back in between
	}
	exec(t, conn, "UPDATE roster_jobs SET changed = changed + interval '1 second'")
	job.Changed = job.Changed.Add(time.Second)
	for _, got := range wait() {
		if got != job {
			t.Errorf("AwaitJob: got %+v, want %+v", got, job)
		}
	}
}

// Who ends another chunk of a job waits for the job's row only when all else is done.
func TestChunksOfOneJobAreSavedAtTheSameTime(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn, onlooker := open(t, url), connect(t, url), connect(t, url)
	job := runningJob(t, store, 1, 1, 1)
	exec(t, conn, "BEGIN")
	exec(t, conn, "SELECT FROM roster_jobs FOR UPDATE")
	var ending sync.WaitGroup
	for number := range 2 {
		ending.Go(func() {
			if _, err := store.EndChunks(t.Context(), job.ID, []domain.ChunkEnd{{Number: number, Drafts: draftsOf(1)}}, noon); err != nil {
				t.Errorf("EndChunks: got %v, want a job", err)
			}
		})
	}
	waiting := func() (count int) {
		err := onlooker.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid)
			WHERE wait_event_type = 'Lock' AND query LIKE '%FROM roster_jobs%FOR UPDATE'
				AND relation = 'persons_person'::regclass AND mode = 'RowExclusiveLock'`).Scan(&count)
		if err != nil {
			t.Fatal(err)
		}
		return count
	}
	eventually(t, "both wait for the row of the job, with their persons saved", func() bool { return waiting() == 2 })
	exec(t, conn, "ROLLBACK")
	ending.Wait()
	if got, err := store.FindJob(t.Context(), job.ID); err != nil || got.State != domain.JobDone || got.Done != 2 {
		t.Errorf("got %+v, %v, want a job that is done", got, err)
	}
}

// Of a job with more than is removed at a time all goes, with what others left of it.
func TestGreatJobsAreTidiedLittleByLittle(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn := open(t, url), connect(t, url)
	long := runningJob(t, store, 1, make([]int, 500)...)
	if _, err := store.ChangeJob(t.Context(), long.ID, func(job domain.Job) (domain.Job, error) { return job.Cancel(noon) }); err != nil {
		t.Fatal(err)
	}
	wide := runningJob(t, store, 2, 1)
	end := domain.ChunkEnd{Rejected: 50_000}
	for line := range end.Rejected {
		end.Refusals = append(end.Refusals, domain.Refusal{Line: int64(line), Problem: domain.Problem{Field: domain.FieldRow, Code: domain.ProblemSyntax}})
	}
	if _, err := store.EndChunks(t.Context(), wide.ID, []domain.ChunkEnd{end}, noon); err != nil {
		t.Fatal(err)
	}
	stays := runningJob(t, store, 3, 1, 1)
	var rows [4]int
	for call := range 4 {
		if err := store.TidyJobs(t.Context(), noon.Add(domain.JobLifetime)); err != nil {
			t.Fatal(err)
		}
		if jobs, err := store.ListJobs(t.Context(), "", 10); err != nil || len(jobs) != 1 || jobs[0] != stays {
			t.Fatalf("after call %d: got %v, %v, want the job that goes on", call, jobs, err)
		}
		for i, table := range []string{"roster_jobs", "roster_job_chunks", "roster_job_refusals", "roster_job_remains"} {
			if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if want := [4]int{1, 2, 0, 0}; rows != want {
		t.Errorf("got %v rows of jobs, chunks, refusals and remains, want %v: those of the job that goes on", rows, want)
	}
}

// PostgreSQL takes texts for one UUID that are different ids of jobs.
func TestIdsOfJobsAreToldApartToTheByte(t *testing.T) {
	t.Parallel()
	store := server.Open(t)
	job := runningJob(t, store, 1, 1)
	for _, id := range []domain.JobID{
		domain.JobID(strings.ToUpper(string(job.ID))), domain.JobID(strings.ReplaceAll(string(job.ID), "-", "")), "{" + job.ID + "}", "", "1", "\x00", job.ID + " ",
	} {
		if got, err := store.FindJob(t.Context(), id); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("FindJob(%q): got %v, %v, want code not_found", id, got, err)
		}
		if _, err := store.FindChunk(t.Context(), id, 0); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("FindChunk(%q): got %v, want code not_found", id, err)
		}
		if err := store.CreateJob(t.Context(), domain.NewJob(id, domain.JobGenerate, noon)); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("CreateJob(%q): got %v, want code invalid", id, err)
		}
	}
	if got, err := store.ListJobs(t.Context(), "z", 2); err != nil || len(got) != 1 {
		t.Errorf("ListJobs before %q: got %v, %v, want the job", "z", got, err)
	}
}

// BenchmarkEndChunks shows what a chunk of a job costs beside a batch of as many.
func BenchmarkEndChunks(b *testing.B) {
	drafts := draftsOf(domain.ChunkRows)
	b.Run("CreateBatch", func(b *testing.B) {
		store := server.Open(b)
		for b.Loop() {
			if _, err := store.CreateBatch(b.Context(), drafts); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("EndChunks", func(b *testing.B) {
		store := server.Open(b)
		job := runningJob(b, store, 1, make([]int, 10_000)...)
		for number := 0; b.Loop(); number++ {
			if _, err := store.EndChunks(context.Background(), job.ID, []domain.ChunkEnd{{Number: number, Drafts: drafts}}, noon); err != nil {
				b.Fatal(err)
			}
		}
	})
}
