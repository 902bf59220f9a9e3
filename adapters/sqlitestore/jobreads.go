package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// jobReads are the queries about jobs.
type jobReads struct {
	find, list, listBefore, open        prepared
	chunk, openChunks, number, refusals prepared
	isUntidy                            prepared
}

func newJobReads() *jobReads {
	query := func(query string) prepared { return prepared{query: query} }
	return &jobReads{
		find:       query("SELECT " + jobColumns + " FROM roster_jobs WHERE id = ?"),
		list:       query("SELECT " + jobColumns + " FROM roster_jobs ORDER BY id DESC LIMIT ?"),
		listBefore: query("SELECT " + jobColumns + " FROM roster_jobs WHERE id < ? ORDER BY id DESC LIMIT ?"),
		open: query("SELECT " + jobColumns + ` FROM roster_jobs WHERE state IN ('queued', 'running')
			ORDER BY changed LIMIT ?`),
		chunk: query(`SELECT first_row, row_count, text FROM roster_job_chunks WHERE number = ?
			AND job = (SELECT number FROM roster_jobs WHERE id = ? AND NOT ` + isOver + `)`),
		openChunks: query(`SELECT number FROM roster_job_chunks
			WHERE job = (SELECT number FROM roster_jobs WHERE id = ? AND NOT ` + isOver + `) ORDER BY number LIMIT ?`),
		number: query("SELECT number FROM roster_jobs WHERE id = ?"),
		refusals: query(`SELECT line, field, code, bound FROM roster_job_refusals
			WHERE job = ? AND (line, field, code) > (?, ?, ?) ORDER BY line, field, code LIMIT ?`),
		isUntidy: query(isUntidySQL),
	}
}

// readJobs lets work read about jobs. The error is a *domain.Error.
func (s *Store) readJobs(ctx context.Context, work func(ctx context.Context, db *bun.DB) error) error {
	return s.readLane.run(ctx, func(db *bun.DB) error {
		// As in Find, nothing is interrupted.
		return jobError(work(context.WithoutCancel(ctx), db))
	})
}

// jobError returns the error of a statement about jobs, which can be wrong only where
// their tables are missing.
func jobError(err error) error {
	if code := resultCode(err); code == codeError {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database has no tables of jobs: run roster migrate", Cause: err}
	}
	return err
}

// FindJob implements ports.JobStore.
func (s *Store) FindJob(ctx context.Context, id domain.JobID) (domain.Job, error) {
	var found jobRow
	err := s.readJobs(ctx, func(ctx context.Context, db *bun.DB) error {
		row, err := s.jobs.find.queryRow(ctx, db, id)
		if err != nil {
			return err
		}
		return foundJob(id, found.scan(row))
	})
	if err != nil {
		return domain.Job{}, err
	}
	return found.job, nil
}

// foundJob passes on the error of a query for one job: domain.NoJob where there is no
// such row.
func foundJob(id domain.JobID, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return domain.NoJob(id)
	}
	return err
}

// ListJobs implements ports.JobStore.
func (s *Store) ListJobs(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
	if before == "" {
		return s.findJobs(ctx, &s.jobs.list, max(0, size))
	}
	return s.findJobs(ctx, &s.jobs.listBefore, before, max(0, size))
}

// OpenJobs implements ports.JobStore.
func (s *Store) OpenJobs(ctx context.Context, size int) ([]domain.Job, error) {
	return s.findJobs(ctx, &s.jobs.open, max(0, size))
}

func (s *Store) findJobs(ctx context.Context, query *prepared, args ...any) (jobs []domain.Job, err error) {
	err = s.readJobs(ctx, func(ctx context.Context, db *bun.DB) error {
		return query.each(ctx, db, func(rows *sql.Rows) error {
			var found jobRow
			err := found.scan(rows)
			jobs = append(jobs, found.job)
			return err
		}, args...)
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// pollJob is how often AwaitJob looks. Whoever changes the job may be another process,
// which cannot tell; to look costs as much as FindJob.
const pollJob = 250 * time.Millisecond

// AwaitJob implements ports.JobStore.
func (s *Store) AwaitJob(ctx context.Context, seen domain.Job) (domain.Job, error) {
	ticker := time.NewTicker(pollJob)
	defer ticker.Stop()
	for {
		job, err := s.FindJob(ctx, seen.ID)
		if err != nil || job != seen.Stored() {
			return job, err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		case <-s.closed: // as with ctx, the next look tells
		}
	}
}

// FindChunk implements ports.JobStore.
func (s *Store) FindChunk(ctx context.Context, id domain.JobID, number int) (domain.Chunk, error) {
	found := domain.Chunk{Number: number}
	err := s.readJobs(ctx, func(ctx context.Context, db *bun.DB) error {
		row, err := s.jobs.chunk.queryRow(ctx, db, number, id)
		if err != nil {
			return err
		}
		if err = row.Scan(&found.First, &found.Rows, &found.Text); errors.Is(err, sql.ErrNoRows) {
			return domain.NoChunk(id, number)
		}
		return err
	})
	if err != nil {
		return domain.Chunk{}, err
	}
	return found, nil
}

// OpenChunks implements ports.JobStore.
func (s *Store) OpenChunks(ctx context.Context, id domain.JobID, size int) (numbers []int, err error) {
	err = s.readJobs(ctx, func(ctx context.Context, db *bun.DB) error {
		return s.jobs.openChunks.each(ctx, db, func(rows *sql.Rows) error {
			var number int
			err := rows.Scan(&number)
			numbers = append(numbers, number)
			return err
		}, id, max(0, size))
	})
	if err != nil {
		return nil, err
	}
	return numbers, nil
}

// Refusals implements ports.JobStore.
func (s *Store) Refusals(ctx context.Context, id domain.JobID, after domain.Refusal, size int) (refusals []domain.Refusal, err error) {
	err = s.readJobs(ctx, func(ctx context.Context, db *bun.DB) error {
		row, err := s.jobs.number.queryRow(ctx, db, id)
		if err != nil {
			return err
		}
		var job int64
		if err := foundJob(id, row.Scan(&job)); err != nil {
			return err
		}
		return s.jobs.refusals.each(ctx, db, func(rows *sql.Rows) error {
			var found domain.Refusal
			err := rows.Scan(&found.Line, &found.Field, &found.Code, &found.Limit)
			refusals = append(refusals, found)
			return err
		}, job, after.Line, after.Field, after.Code, max(0, size))
	})
	if err != nil {
		return nil, err
	}
	return refusals, nil
}
