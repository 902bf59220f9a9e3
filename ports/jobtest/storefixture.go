package jobtest

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// noon is when the cases begin; no store looks at its own clock.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// later returns a moment of the cases, some seconds after noon.
func later(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// jobID returns the nth id.
func jobID(n int) domain.JobID {
	return domain.JobID(fmt.Sprintf("019cb000-0000-7000-8000-%012x", n))
}

// create saves a job.
func create(t *testing.T, store Store, job domain.Job) domain.Job {
	t.Helper()
	if err := store.CreateJob(t.Context(), job); err != nil {
		t.Fatalf("CreateJob(%s): got %v, want nil", job.ID, err)
	}
	return job
}

// receiving makes the nth job, with a chunk for each number of rows.
func receiving(t *testing.T, store Store, n int, rows ...int) domain.Job {
	t.Helper()
	job := create(t, store, domain.NewJob(jobID(n), domain.JobGenerate, noon))
	if len(rows) > 0 {
		job = add(t, store, job, chunksOf(rows...)...)
	}
	return job
}

// add adds chunks to a job.
func add(t *testing.T, store Store, job domain.Job, chunks ...domain.Chunk) domain.Job {
	t.Helper()
	if err := store.AddChunks(t.Context(), job.ID, chunks, noon); err != nil {
		t.Fatalf("AddChunks(%s): got %v, want nil", job.ID, err)
	}
	return find(t, store, job.ID)
}

// queued makes the nth job and submits it.
func queued(t *testing.T, store Store, n int, rows ...int) domain.Job {
	t.Helper()
	return submit(t, store, receiving(t, store, n, rows...))
}

func submit(t *testing.T, store Store, job domain.Job) domain.Job {
	t.Helper()
	job, err := store.SubmitJob(t.Context(), job.ID, nil, noon)
	if err != nil {
		t.Fatalf("SubmitJob: got %v, want a job", err)
	}
	return job
}

// running makes the nth job and begins it.
func running(t *testing.T, store Store, n int, rows ...int) domain.Job {
	t.Helper()
	return begin(t, store, queued(t, store, n, rows...))
}

func begin(t *testing.T, store Store, job domain.Job) domain.Job {
	t.Helper()
	return change(t, store, job, func(job domain.Job) (domain.Job, error) { return job.Begin(noon) })
}

// cancel ends a job at a moment.
func cancel(t *testing.T, store Store, job domain.Job, now time.Time) domain.Job {
	t.Helper()
	return change(t, store, job, func(job domain.Job) (domain.Job, error) { return job.Cancel(now) })
}

func change(t *testing.T, store Store, job domain.Job, how func(domain.Job) (domain.Job, error)) domain.Job {
	t.Helper()
	job, err := store.ChangeJob(t.Context(), job.ID, how)
	if err != nil {
		t.Fatalf("ChangeJob: got %v, want a job", err)
	}
	return job
}

// end ends chunks of a job.
func end(t *testing.T, store Store, job domain.Job, ends ...domain.ChunkEnd) domain.Job {
	t.Helper()
	job, err := store.EndChunks(t.Context(), job.ID, ends, noon)
	if err != nil {
		t.Fatalf("EndChunks: got %v, want a job", err)
	}
	return job
}

// find finds a job.
func find(t *testing.T, store Store, id domain.JobID) domain.Job {
	t.Helper()
	job, err := store.FindJob(t.Context(), id)
	if err != nil {
		t.Fatalf("FindJob(%s): got %v, want a job", id, err)
	}
	return job
}

// chunksOf returns made-up chunks, one for each number of rows.
func chunksOf(rows ...int) []domain.Chunk {
	chunks := make([]domain.Chunk, len(rows))
	first := int64(0)
	for i, n := range rows {
		chunks[i] = domain.Chunk{Number: i, First: first, Rows: n}
		first += int64(n)
	}
	return chunks
}

// alike returns n times the same.
func alike(n, rows int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = rows
	}
	return all
}

// ended returns the end of a chunk with so many drafts, and a refusal on each line.
func ended(t *testing.T, number, drafts int, lines ...int64) domain.ChunkEnd {
	t.Helper()
	end := domain.ChunkEnd{Number: number, Rejected: len(lines)}
	for i := range drafts {
		draft, err := domain.NewDraft(fmt.Sprintf("Person %d of %d", i, number), int64(i%100))
		if err != nil {
			t.Fatalf("domain.NewDraft: got %v, want a draft", err)
		}
		end.Drafts = append(end.Drafts, draft)
	}
	for _, line := range lines {
		end.Refusals = append(end.Refusals, refusal(line, domain.FieldName, domain.ProblemBlank))
	}
	return end
}

func refusal(line int64, field string, code domain.ProblemCode) domain.Refusal {
	return domain.Refusal{Line: line, Problem: domain.Problem{Field: field, Code: code}}
}

// newClaim returns the claim of a request.
func newClaim(t *testing.T, key, request string, made time.Time) *domain.Claim {
	t.Helper()
	claim, err := domain.NewClaim(key, []byte(request), made)
	if err != nil {
		t.Fatalf("domain.NewClaim(%q): got %v, want a claim", key, err)
	}
	return &claim
}

// everybody returns all persons.
func everybody(t *testing.T, store Store) []domain.Person {
	t.Helper()
	slice, err := store.Seek(t.Context(), domain.SeekQuery{From: math.MinInt64, Size: math.MaxInt})
	if err != nil {
		t.Fatalf("Seek: got %v, want everybody", err)
	}
	return slice.Persons
}

// total returns how many persons there are, as Page tells it.
func total(t *testing.T, store Store) int64 {
	t.Helper()
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1})
	if err != nil {
		t.Errorf("Page(1): got %v, want a page", err)
	}
	return page.Total
}

// together calls do(0) to do(n-1) at the same time and waits for all of them. do
// must not end the test by t.Fatal.
func together(n int, do func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			do(i)
		})
	}
	done.Wait()
}
