package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
)

// OpenJobs implements ports.JobStore.
func (s *Store) OpenJobs(ctx context.Context, size int) ([]domain.Job, error) {
	return s.jobs(ctx, "SELECT "+jobColumns+` FROM roster_jobs
		WHERE state IN ('queued', 'running') ORDER BY changed, id LIMIT $1`, max(size, 0))
}

// How much TidyJobs removes at once, of each kind. A chunk has up to a mebibyte.
const (
	tidyJobs     = 100
	tidyChunks   = 200
	tidyRefusals = 20_000
)

// TidyJobs implements ports.JobStore. A job goes as a whole, as far as anybody can see; its
// chunks and refusals go little by little. What another process removes is passed over.
func (s *Store) TidyJobs(ctx context.Context, now time.Time) error {
	for _, step := range []struct {
		statement string
		args      []any
	}{
		{`WITH gone AS (
			DELETE FROM roster_jobs WHERE id = ANY (ARRAY(
				SELECT id FROM roster_jobs WHERE ended <= $1 OR state = 'receiving' AND changed <= $2 LIMIT $3 FOR UPDATE SKIP LOCKED
			)) RETURNING id
		), told AS (
			SELECT pg_notify('` + jobChannel + `', id::text) FROM gone
		)
		INSERT INTO roster_job_remains (job) SELECT id FROM gone WHERE (SELECT count(*) FROM told) >= 0 ON CONFLICT DO NOTHING`,
			[]any{now.Add(-domain.JobLifetime), now.Add(-domain.ReceivingLifetime), tidyJobs}},
		{`DELETE FROM roster_job_chunks WHERE ctid = ANY (ARRAY(
			SELECT chunk.ctid FROM roster_job_chunks chunk
			WHERE NOT EXISTS (SELECT FROM roster_jobs WHERE id = chunk.job AND state IN ('receiving', 'queued', 'running'))
			LIMIT $1 FOR UPDATE OF chunk SKIP LOCKED))`, []any{tidyChunks}},
		{`DELETE FROM roster_job_refusals WHERE ctid = ANY (ARRAY(
			SELECT refusal.ctid FROM roster_job_remains JOIN roster_job_refusals refusal USING (job)
			LIMIT $1 FOR UPDATE OF refusal SKIP LOCKED))`, []any{tidyRefusals}},
		{`DELETE FROM roster_job_remains WHERE NOT EXISTS (
			SELECT FROM roster_job_refusals WHERE roster_job_refusals.job = roster_job_remains.job)`, nil},
	} {
		err := s.write(ctx, func(pool *pgxpool.Pool) error {
			_, err := pool.Exec(ctx, step.statement, step.args...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
