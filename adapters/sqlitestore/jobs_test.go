package sqlitestore_test

import (
	"bytes"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
)

func TestFileKeepsTheContractOfJobs(t *testing.T) {
	t.Parallel()
	jobtest.RunStore(t, jobtest.StoreHarness{
		Open: func(dir string) (jobtest.Store, error) {
			return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3")})
		},
		Durable: true,
		Shared:  true,
	})
}

func TestMemoryKeepsTheContractOfJobs(t *testing.T) {
	t.Parallel()
	jobtest.RunStore(t, jobtest.StoreHarness{
		Open: func(string) (jobtest.Store, error) { return openMigrated(sqlitestore.Config{}) },
	})
}

// Ids and times of the jobs of these tests.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// runningJob makes a job that runs, with chunks of a text each.
func runningJob(t *testing.T, store *sqlitestore.Store, id domain.JobID, chunks int) {
	t.Helper()
	ctx := t.Context()
	if err := store.CreateJob(ctx, domain.NewJob(id, domain.JobImport, noon)); err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("Ann,31\n"), 1000)
	for number := range chunks {
		chunk := domain.Chunk{Number: number, First: 1, Rows: 1000, Text: text}
		if err := store.AddChunks(ctx, id, []domain.Chunk{chunk}, noon); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.SubmitJob(ctx, id, nil, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ChangeJob(ctx, id, func(job domain.Job) (domain.Job, error) { return job.Begin(noon) }); err != nil {
		t.Fatal(err)
	}
}

// wantRows fails the test unless the tables have so many rows.
func wantRows(t *testing.T, path, when string, jobs, chunks, refusals int) {
	t.Helper()
	db := openRaw(t, path)
	defer db.Close()
	var got [3]int
	err := db.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM roster_jobs), (SELECT count(*) FROM roster_job_chunks),
		(SELECT count(*) FROM roster_job_refusals)`).Scan(&got[0], &got[1], &got[2])
	if want := [3]int{jobs, chunks, refusals}; err != nil || got != want {
		t.Errorf("%s: got %v jobs, chunks and refusals and error %v, want %v", when, got, err, want)
	}
}

func TestNothingIsLeftOfAJobThatNobodyNeeds(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	refused := make([]domain.Refusal, 600)
	for i := range refused {
		refused[i] = domain.Refusal{Line: int64(i + 1), Problem: domain.Problem{Field: domain.FieldName, Code: domain.ProblemBlank}}
	}
	runningJob(t, store, "a", 3)
	if _, err := store.EndChunks(t.Context(), "a", []domain.ChunkEnd{{Number: 1, Drafts: newDrafts(t, 2), Rejected: 600, Refusals: refused}}, noon); err != nil {
		t.Fatal(err)
	}
	wantRows(t, path, "when a chunk has ended", 1, 2, 600)
	runningJob(t, store, "b", 250)
	runningJob(t, store, "c", 2)
	if err := store.CreateJob(t.Context(), domain.NewJob("d", domain.JobImport, noon)); err != nil {
		t.Fatal(err)
	}
	if err := store.AddChunks(t.Context(), "d", []domain.Chunk{{Rows: 1}, {Number: 1, Rows: 1}}, noon); err != nil {
		t.Fatal(err)
	}
	if err := store.DropJob(t.Context(), "d"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []domain.JobID{"a", "b"} {
		if _, err := store.ChangeJob(t.Context(), id, func(job domain.Job) (domain.Job, error) { return job.Cancel(noon) }); err != nil {
			t.Fatal(err)
		}
	}
	tidy := func(now time.Time) {
		t.Helper()
		if err := store.TidyJobs(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	tidy(noon)
	wantRows(t, path, "when the chunks of jobs that are over are tidied", 3, 2, 600)
	tidy(noon.Add(domain.JobLifetime))
	wantRows(t, path, "when jobs are forgotten", 1, 2, 0)
}

// Every process tidies each five seconds.
func TestTidyingWhereThereIsNothingToDoWaitsForNoWriter(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store, err := openMigrated(sqlitestore.Config{Path: path, BusyTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	runningJob(t, store, "a", 2)
	db := openRaw(t, path)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if err := store.TidyJobs(t.Context(), noon); err != nil {
		t.Errorf("TidyJobs while another program writes: got %v, want nil: there is nothing to remove", err)
	}
}

func TestJobsInAFileThatLacksTheirTablesSayWhatToDo(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	migrate(t, open(t, path))
	execute(t, path, "DROP TABLE roster_jobs; DROP TABLE roster_job_chunks; DROP TABLE roster_job_refusals")
	store := open(t, path)
	ctx, before := t.Context(), len(all(t, store))
	got := map[string]error{
		"CreateJob": store.CreateJob(ctx, domain.NewJob("a", domain.JobImport, noon)),
		"AddChunks": store.AddChunks(ctx, "a", []domain.Chunk{{Rows: 1}}, noon),
		"DropJob":   store.DropJob(ctx, "a"),
		"TidyJobs":  store.TidyJobs(ctx, noon),
	}
	_, got["SubmitJob"] = store.SubmitJob(ctx, "a", nil, noon)
	_, got["FindJob"] = store.FindJob(ctx, "a")
	_, got["ListJobs"] = store.ListJobs(ctx, "", 1)
	_, got["AwaitJob"] = store.AwaitJob(ctx, domain.Job{ID: "a"})
	_, got["ChangeJob"] = store.ChangeJob(ctx, "a", func(job domain.Job) (domain.Job, error) { return job, nil })
	_, got["FindChunk"] = store.FindChunk(ctx, "a", 0)
	_, got["EndChunks"] = store.EndChunks(ctx, "a", []domain.ChunkEnd{{Drafts: newDrafts(t, 2)}}, noon)
	_, got["OpenJobs"] = store.OpenJobs(ctx, 1)
	_, got["OpenChunks"] = store.OpenChunks(ctx, "a", 1)
	_, got["Refusals"] = store.Refusals(ctx, "a", domain.Refusal{}, 1)
	for method, err := range got {
		wantCode(t, method, err, domain.CodeUnavailable, "roster migrate")
	}
	create(t, store, "Ann") // which needs no such tables
	if got := len(all(t, store)) - before; got != 1 {
		t.Errorf("Seek: got %d persons more, want Ann alone: a chunk that cannot end saves nobody", got)
	}
}

// A rule of an adopted table fails the whole chunk, and the job goes on without it.
func TestAChunkThatARuleOfTheTableRefusesIsNotEnded(t *testing.T) {
	t.Parallel()
	path := fileWith(t, django+"; CREATE UNIQUE INDEX once ON persons_person (name);")
	store := open(t, path)
	migrate(t, store)
	runningJob(t, store, "a", 2)
	create(t, store, "Person 1")
	before := len(all(t, store))
	_, err := store.EndChunks(t.Context(), "a", []domain.ChunkEnd{{Number: 0, Drafts: newDrafts(t, 3)}}, noon)
	wantCode(t, "EndChunks", err, domain.CodeConflict)
	job, err := store.FindJob(t.Context(), "a")
	if err != nil || job.Done != 0 || job.Left != 2 {
		t.Errorf("FindJob: got %+v and %v, want it as it was", job, err)
	}
	if _, err := store.FindChunk(t.Context(), "a", 0); err != nil {
		t.Errorf("FindChunk: got %v, want the chunk, which has not ended", err)
	}
	if got := len(all(t, store)); got != before {
		t.Errorf("Seek: got %d persons, want the %d of before: nobody of the chunk", got, before)
	}
}

// Changes of jobs share transactions with creates: one that is refused fails alone.
func TestAJobThatCannotBeChangedIsNoMatterOfTheOtherWrites(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	runningJob(t, store, "a", 1)
	const callers, rounds = 12, 20
	var done sync.WaitGroup
	for i := range callers {
		done.Go(func() {
			for range rounds {
				switch i % 4 {
				case 0:
					_, err := store.ChangeJob(t.Context(), "a", func(job domain.Job) (domain.Job, error) { return job.Submit(noon) })
					wantCode(t, "ChangeJob", err, domain.CodeConflict)
				case 1:
					wantCode(t, "CreateJob", store.CreateJob(t.Context(), domain.NewJob("a", domain.JobImport, noon)), domain.CodeConflict)
				case 2:
					_, err := store.ChangeJob(t.Context(), "a", func(job domain.Job) (domain.Job, error) {
						job.Done++
						return job, nil
					})
					wantCode(t, "ChangeJob", err, "")
				default:
					_, err := store.Create(t.Context(), newDraft(t, "Ann", 31))
					wantCode(t, "Create", err, "")
				}
			}
		})
	}
	done.Wait()
	job, err := store.FindJob(t.Context(), "a")
	if err != nil || job.Done != callers/4*rounds || job.State != domain.JobRunning {
		t.Errorf("FindJob: got %+v and %v, want %d changes counted", job, err, callers/4*rounds)
	}
	if got := len(all(t, store)); got != callers/4*rounds {
		t.Errorf("Seek: got %d persons, want %d", got, callers/4*rounds)
	}
}

// BenchmarkEndChunks ends chunks of 10,000 persons, as an import does: to be compared with
// BenchmarkCreateBatch.
func BenchmarkEndChunks(b *testing.B) {
	store := benchStore(b)
	drafts := benchDrafts(b, 10_000)
	text := bytes.Repeat([]byte("Person 1234,31\n"), 10_000)
	if err := store.CreateJob(b.Context(), domain.NewJob("a", domain.JobImport, noon)); err != nil {
		b.Fatal(err)
	}
	const chunks = 300
	for number := range chunks {
		if err := store.AddChunks(b.Context(), "a", []domain.Chunk{{Number: number, Rows: 10_000, Text: text}}, noon); err != nil {
			b.Fatal(err)
		}
	}
	_, err := store.ChangeJob(b.Context(), "a", func(job domain.Job) (domain.Job, error) {
		job.State = domain.JobRunning
		return job, nil
	})
	if err != nil {
		b.Fatal(err)
	}
	number := 0
	for b.Loop() {
		if _, err := store.EndChunks(b.Context(), "a", []domain.ChunkEnd{{Number: number, Drafts: drafts}}, noon); err != nil {
			b.Fatal(err)
		}
		number++
	}
}

// BenchmarkTidyJobs is how long others wait at most while the chunks of a job that was
// canceled are removed: an operation is one transaction of 100, with 300 KB of text each.
func BenchmarkTidyJobs(b *testing.B) {
	store := benchStore(b)
	text := bytes.Repeat([]byte("Somebody of a usual name,31\n"), 10_000)
	const chunks = 100
	for b.Loop() {
		b.StopTimer()
		if err := store.CreateJob(b.Context(), domain.NewJob("a", domain.JobImport, noon)); err != nil {
			b.Fatal(err)
		}
		for number := range chunks {
			if err := store.AddChunks(b.Context(), "a", []domain.Chunk{{Number: number, Rows: 10_000, Text: text}}, noon); err != nil {
				b.Fatal(err)
			}
		}
		if err := store.DropJob(b.Context(), "a"); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := store.TidyJobs(b.Context(), noon); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAJobKeepsWhoGaveIt(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	job := domain.NewJob("a", domain.JobImport, noon)
	job.Origin = domain.Origin{Via: domain.ViaAdmin, Who: "Ann"}
	if err := store.CreateJob(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	submitted, err := store.SubmitJob(t.Context(), "a", nil, noon)
	if err != nil || submitted.Origin != job.Origin {
		t.Errorf("SubmitJob: got %+v and %v, want the job that Ann gave", submitted, err)
	}
	if found, err := store.FindJob(t.Context(), "a"); err != nil || found != submitted {
		t.Errorf("FindJob: got %+v and %v, want %+v", found, err, submitted)
	}
}
