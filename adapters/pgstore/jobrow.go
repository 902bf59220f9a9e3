package pgstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/domain"
)

// jobColumns are the columns of roster_jobs that scanJob reads, in its order.
const jobColumns = `id::text, kind, state, format, dry_run, atomic, total, done, rejected, chunks, open_chunks,
	created, changed, started, ended, reason, via, who`

// scanJob reads the job of a row.
func scanJob(row pgx.Row) (domain.Job, error) {
	var (
		job            domain.Job
		started, ended *time.Time
	)
	err := row.Scan(&job.ID, &job.Kind, &job.State, &job.Format, &job.DryRun, &job.Atomic, &job.Total, &job.Done, &job.Rejected,
		&job.Chunks, &job.Left, &job.Created, &job.Changed, &started, &ended, &job.Reason,
		&job.Origin.Via, &job.Origin.Who)
	if err != nil {
		return domain.Job{}, err
	}
	job.Started, job.Ended = orZero(started), orZero(ended)
	return job.Stored(), nil
}

// oneJob reads the job with an id. The error is domain.NoJob where the row is not there.
func oneJob(id domain.JobID, row pgx.Row) (domain.Job, error) {
	job, err := scanJob(row)
	if errors.Is(err, pgx.ErrNoRows) {
		return domain.Job{}, domain.NoJob(id)
	}
	return job, err
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// orNull returns nil for the zero Time.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// jobValues returns the values of a row of roster_jobs, without its claim.
func jobValues(job domain.Job) []any {
	return []any{
		job.ID, job.Kind, job.State, job.Format, job.DryRun, job.Atomic, job.Total, job.Done, job.Rejected,
		job.Chunks, job.Left, job.Created, job.Changed, orNull(job.Started), orNull(job.Ended), job.Reason,
		job.Origin.Via, job.Origin.Who,
	}
}

// lockJob returns a job that nobody else changes until tx ends. All its workers want its
// row, so a transaction comes to it as late as it can.
func lockJob(ctx context.Context, tx pgx.Tx, id domain.JobID) (domain.Job, error) {
	return oneJob(id, tx.QueryRow(ctx, "SELECT "+jobColumns+" FROM roster_jobs WHERE id = $1 FOR UPDATE", id))
}

// changeJob makes a change of a job. Who waits for it is told when tx is committed.
func changeJob(ctx context.Context, tx pgx.Tx, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
	before, err := lockJob(ctx, tx, id)
	if err != nil {
		return domain.Job{}, err
	}
	after, err := change(before)
	if err != nil {
		return domain.Job{}, err
	}
	after = after.Stored()
	if after == before {
		return after, nil
	}
	_, err = tx.Exec(ctx, `WITH changed AS (
			UPDATE roster_jobs SET kind = $2, state = $3, format = $4, dry_run = $5, atomic = $6, total = $7, done = $8, rejected = $9,
				chunks = $10, open_chunks = $11, created = $12, changed = $13, started = $14, ended = $15, reason = $16, via = $17, who = $18
			WHERE id = $1 RETURNING id
		)
		SELECT pg_notify('`+jobChannel+`', id::text) FROM changed`, jobValues(after)...)
	return after, err
}

// removeJob removes a job with its chunks, which has no refusals yet.
func removeJob(ctx context.Context, tx pgx.Tx, id domain.JobID) error {
	if _, err := tx.Exec(ctx, "DELETE FROM roster_job_chunks WHERE job = $1", id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `WITH removed AS (DELETE FROM roster_jobs WHERE id = $1 RETURNING id)
		SELECT pg_notify('`+jobChannel+`', id::text) FROM removed`, id)
	return err
}

// isJobID tells whether a text is the id of a job. PostgreSQL would take others for the
// same, with capitals or without dashes.
func isJobID(id domain.JobID) bool {
	const form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(id) != len(form) {
		return false
	}
	for i := range len(form) {
		c := id[i]
		isDigit := c >= '0' && c <= '9' || c >= 'a' && c <= 'f'
		if form[i] == 'x' && !isDigit || form[i] == '-' && c != '-' {
			return false
		}
	}
	return true
}
