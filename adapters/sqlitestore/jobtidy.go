package sqlitestore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// How much is removed in one transaction, so that no other write waits for long, and in
// how many of them in one call.
const (
	tidyJobs     = 100
	tidyChunks   = 100 // of 300 KB each that takes 50 ms: BenchmarkTidyJobs
	tidyRefusals = 5000
	tidyRounds   = 10
)

// withoutJob is a query for a job whose chunks nobody needs: it is over, or was removed.
// It asks for one job after the other, not for one chunk after the other.
const withoutJob = `WITH RECURSIVE owner (job) AS (
		SELECT min(job) FROM roster_job_chunks
		UNION ALL
		SELECT (SELECT min(job) FROM roster_job_chunks WHERE job > owner.job) FROM owner WHERE owner.job IS NOT NULL
	)
	SELECT owner.job FROM owner LEFT JOIN roster_jobs ON roster_jobs.number = owner.job
	WHERE owner.job IS NOT NULL AND (roster_jobs.number IS NULL OR ` + isOver + `) LIMIT 1`

// isUntidySQL asks whether there is anything to remove. Jobs that are over are those with
// an end, by which they are found without a look at the others.
const isUntidySQL = `SELECT EXISTS (SELECT 1 FROM roster_jobs WHERE state = 'receiving' AND changed <= ?)
	OR EXISTS (SELECT 1 FROM roster_jobs WHERE ended <= ?)
	OR EXISTS (` + withoutJob + `)`

// TidyJobs implements ports.JobStore. It writes only where there is something to remove,
// and lets others write in between.
func (s *Store) TidyJobs(ctx context.Context, now time.Time) error {
	received, over := now.Add(-domain.ReceivingLifetime).UnixMicro(), now.Add(-domain.JobLifetime).UnixMicro()
	for range tidyRounds {
		untidy := false
		err := s.readJobs(ctx, func(ctx context.Context, db *bun.DB) error {
			row, err := s.jobs.isUntidy.queryRow(ctx, db, received, over)
			if err != nil {
				return err
			}
			return row.Scan(&untidy)
		})
		if err != nil || !untidy {
			return err
		}
		if err := s.writeJobs(ctx, &write{}, func(ctx context.Context, tx jobTx) error { return tx.tidy(ctx, received, over) }); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes some of what is not needed any more. A job goes when nothing of it
// is refused any more; its chunks need not have gone before.
func (t jobTx) tidy(ctx context.Context, received, over int64) error {
	for _, step := range []struct {
		statement string
		args      []any
	}{
		{`DELETE FROM roster_jobs WHERE number IN (SELECT number FROM roster_jobs WHERE state = 'receiving' AND changed <= ? LIMIT ?)`, []any{received, tidyJobs}},
		{`DELETE FROM roster_job_refusals WHERE (job, line, field, code) IN (SELECT job, line, field, code FROM roster_job_refusals
			WHERE job IN (SELECT number FROM roster_jobs WHERE ended <= ?) LIMIT ?)`, []any{over, tidyRefusals}},
		{`DELETE FROM roster_jobs WHERE number IN (SELECT number FROM roster_jobs WHERE ended <= ?
			AND NOT EXISTS (SELECT 1 FROM roster_job_refusals WHERE job = roster_jobs.number) LIMIT ?)`, []any{over, tidyJobs}},
		{`DELETE FROM roster_job_chunks WHERE (job, number) IN (SELECT job, number FROM roster_job_chunks
			WHERE job = (` + withoutJob + `) LIMIT ?)`, []any{tidyChunks}},
	} {
		if _, err := t.exec(ctx, step.statement, step.args...); err != nil {
			return err
		}
	}
	return nil
}
