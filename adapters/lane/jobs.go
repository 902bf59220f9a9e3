package lane

import (
	"context"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Jobs returns the manager with its calls that read or cancel in the lane of single
// persons, and Generate, which saves a row for every 10,000 persons, in that of bulks.
// Import, Watch and Refusals take no place: they take as long as who sends the text, or
// reads, and are for the caller to count.
func Jobs(next ports.JobManager, single, bulk *Lane) ports.JobManager {
	return &jobs{JobManager: next, single: single, bulk: bulk}
}

type jobs struct {
	ports.JobManager
	single, bulk *Lane
}

// Generate implements ports.JobManager.
func (j *jobs) Generate(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
	return through(ctx, j.bulk, func() (domain.Job, error) { return j.JobManager.Generate(ctx, order, count) })
}

// Find implements ports.JobManager.
func (j *jobs) Find(ctx context.Context, id domain.JobID) (domain.Job, error) {
	return through(ctx, j.single, func() (domain.Job, error) { return j.JobManager.Find(ctx, id) })
}

// List implements ports.JobManager.
func (j *jobs) List(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
	return through(ctx, j.single, func() ([]domain.Job, error) { return j.JobManager.List(ctx, before, size) })
}

// Cancel implements ports.JobManager.
func (j *jobs) Cancel(ctx context.Context, id domain.JobID) (domain.Job, error) {
	return through(ctx, j.single, func() (domain.Job, error) { return j.JobManager.Cancel(ctx, id) })
}
