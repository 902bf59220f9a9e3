package httpapi_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// fakeJobs is a manager of jobs on which nobody works. Their ids count from 1.
type fakeJobs struct {
	mu      sync.Mutex
	jobs    map[domain.JobID]domain.Job
	orders  []domain.JobOrder
	changed chan struct{} // closed at the next change
	refused []domain.Refusal
}

func newFakeJobs() *fakeJobs {
	return &fakeJobs{jobs: map[domain.JobID]domain.Job{}, changed: make(chan struct{})}
}

// fakeID returns the id of the n-th job.
func fakeID(n int) domain.JobID { return domain.JobID(fmt.Sprintf("019a0000-0000-7000-8000-%012x", n)) }

func jobPath(id domain.JobID) string { return jobsPath + string(id) + "/" }

const jobsPath = "/api/v1/jobs/"

func (f *fakeJobs) set(job domain.Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.jobs[job.ID] = job
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *fakeJobs) add(order domain.JobOrder, kind domain.JobKind, format string, rows int64) domain.Job {
	f.mu.Lock()
	f.orders = append(f.orders, order)
	id := fakeID(len(f.jobs) + 1)
	f.mu.Unlock()
	job := domain.NewJob(id, kind, time.Now())
	job.State, job.Format, job.DryRun, job.Atomic, job.Total = domain.JobQueued, format, order.DryRun, order.Atomic, rows
	f.set(job)
	return job
}

// Generate implements ports.JobManager.
func (f *fakeJobs) Generate(_ context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
	if err := order.CheckCount(count); err != nil {
		return domain.Job{}, err
	}
	return f.add(order, domain.JobGenerate, "", count), nil
}

// Import implements ports.JobManager. A row is a line.
func (f *fakeJobs) Import(_ context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
	rows := int64(0)
	text := bufio.NewReader(r)
	for {
		line, err := text.ReadString('\n')
		if line == "nonsense\n" {
			return domain.Job{}, &domain.Error{Code: domain.CodeInvalid, Message: "line " + strconv.FormatInt(rows+1, 10) + " is nonsense"}
		}
		if line != "" {
			rows++
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return domain.Job{}, fmt.Errorf("split: %w", err)
		}
	}
	switch {
	case rows == 0:
		return domain.Job{}, &domain.Error{Code: domain.CodeInvalid, Message: "there are no rows"}
	case order.Atomic && rows > 3:
		return domain.Job{}, &domain.Error{Code: domain.CodeTooLarge, Message: "a job that is all or nothing has at most 3 rows"}
	}
	return f.add(order, domain.JobImport, format, rows), nil
}

// Find implements ports.JobManager.
func (f *fakeJobs) Find(_ context.Context, id domain.JobID) (domain.Job, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	job, found := f.jobs[id]
	if !found {
		return domain.Job{}, domain.NoJob(id)
	}
	return job, nil
}

// List implements ports.JobManager.
func (f *fakeJobs) List(_ context.Context, before domain.JobID, size int) ([]domain.Job, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []domain.Job
	for id, job := range f.jobs {
		if before == "" || id < before {
			found = append(found, job)
		}
	}
	slices.SortFunc(found, func(a, b domain.Job) int { return compareIDs(b.ID, a.ID) })
	return found[:min(size, len(found))], nil
}

func compareIDs(a, b domain.JobID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// Cancel implements ports.JobManager.
func (f *fakeJobs) Cancel(ctx context.Context, id domain.JobID) (domain.Job, error) {
	job, err := f.Find(ctx, id)
	if err != nil {
		return domain.Job{}, err
	}
	if job, err = job.Cancel(time.Now()); err == nil {
		f.set(job)
	}
	return job, err
}

// Watch implements ports.JobManager.
func (f *fakeJobs) Watch(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error] {
	return func(yield func(domain.Job, error) bool) {
		for {
			f.mu.Lock()
			changed := f.changed
			f.mu.Unlock()
			job, err := f.Find(ctx, id)
			if !yield(job, err) || err != nil || job.IsOver() {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				yield(domain.Job{}, domain.ContextError(ctx))
				return
			}
		}
	}
}

// Refusals implements ports.JobManager.
func (f *fakeJobs) Refusals(ctx context.Context, id domain.JobID) iter.Seq2[domain.Refusal, error] {
	return func(yield func(domain.Refusal, error) bool) {
		if _, err := f.Find(ctx, id); err != nil {
			yield(domain.Refusal{}, err)
			return
		}
		for _, refusal := range f.refused {
			if !yield(refusal, nil) {
				return
			}
		}
	}
}

// withJobs returns use cases over jobs.
func withJobs(tb testing.TB, jobs *fakeJobs) httpapi.UseCases {
	tb.Helper()
	all := useCases(tb, memstore.New())
	all.Jobs = jobs
	return all
}
