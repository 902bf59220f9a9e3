package usecasetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// JobStore is what jobs keep themselves and their persons in.
type JobStore interface {
	ports.JobStore
	ports.PersonStore
}

// Jobs returns the domain's own jobs over adapters, for a Harness that opens them or what stands in front of them. Where they are
// worked, somebody works them off until the test ends. The queue is closed then.
func Jobs(tb testing.TB, store JobStore, queue ports.JobQueue, formats map[string]domain.RowFormat, worked bool) *domain.Jobs {
	tb.Helper()
	var made atomic.Int64
	config := domain.JobsConfig{Formats: formats, NewID: func() (domain.JobID, error) {
		return domain.JobID(fmt.Sprintf("019a0000-0000-7000-8000-%012x", made.Add(1))), nil
	}}
	jobs, err := domain.NewJobs(store, queue, config)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var worker sync.WaitGroup
	if worked {
		worker.Go(func() { _ = queue.Serve(ctx, 2, domain.NewJobWork(store, queue, config)) })
	}
	tb.Cleanup(func() {
		stop()
		worker.Wait()
		_ = queue.Close()
	})
	return jobs
}
