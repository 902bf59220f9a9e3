package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
)

// CreateJob implements ports.JobStore. The error is domain.CodeInvalid for an id that is no
// UUID in lower case.
func (s *Store) CreateJob(ctx context.Context, job domain.Job) error {
	return s.write(ctx, func(pool *pgxpool.Pool) error {
		if !isJobID(job.ID) {
			return &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("%q is no id of a job", job.ID)}
		}
		result, err := pool.Exec(ctx, `INSERT INTO roster_jobs (id, kind, state, format, dry_run, atomic, total, done, rejected, chunks, open_chunks,
				created, changed, started, ended, reason, via, who)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (id) DO NOTHING`, jobValues(job.Stored())...)
		if err == nil && result.RowsAffected() == 0 {
			err = &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("there is a job %s already", job.ID)}
		}
		return err
	})
}

// FindJob implements ports.JobStore.
func (s *Store) FindJob(ctx context.Context, id domain.JobID) (job domain.Job, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) (err error) {
		if !isJobID(id) {
			return domain.NoJob(id)
		}
		job, err = oneJob(id, pool.QueryRow(ctx, "SELECT "+jobColumns+" FROM roster_jobs WHERE id = $1", id))
		return err
	})
	return job, err
}

// ListJobs implements ports.JobStore.
func (s *Store) ListJobs(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
	where := `$1 = '' OR id::text COLLATE "C" < $1`
	if isJobID(before) { // as it always is, but for whoever makes one up: the index finds the place
		where = "id < $1"
	}
	return s.jobs(ctx, "SELECT "+jobColumns+" FROM roster_jobs WHERE "+where+" ORDER BY id DESC LIMIT $2", string(before), max(size, 0))
}

// findJobs returns those of the jobs that there are.
func (s *Store) findJobs(ctx context.Context, ids []domain.JobID) ([]domain.Job, error) {
	return s.jobs(ctx, "SELECT "+jobColumns+" FROM roster_jobs WHERE id = ANY ($1::uuid[])", ids)
}

// jobs reads the jobs that a statement finds.
func (s *Store) jobs(ctx context.Context, statement string, args ...any) (jobs []domain.Job, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		rows, err := pool.Query(ctx, statement, args...)
		if err != nil {
			return err
		}
		jobs, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (domain.Job, error) { return scanJob(row) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// ChangeJob implements ports.JobStore.
func (s *Store) ChangeJob(ctx context.Context, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
	return s.onJob(ctx, id, func(tx pgx.Tx) (domain.Job, error) { return changeJob(ctx, tx, id, change) })
}

// onJob makes a transaction that ends with a change of a job, and returns the job.
func (s *Store) onJob(ctx context.Context, id domain.JobID, call func(tx pgx.Tx) (domain.Job, error)) (job domain.Job, err error) {
	err = s.transact(ctx, func(tx pgx.Tx) (err error) {
		if !isJobID(id) {
			return domain.NoJob(id)
		}
		job, err = call(tx)
		return err
	})
	if err != nil {
		return domain.Job{}, err
	}
	return job, nil
}

// DropJob implements ports.JobStore.
func (s *Store) DropJob(ctx context.Context, id domain.JobID) error {
	_, err := s.onJob(ctx, id, func(tx pgx.Tx) (domain.Job, error) {
		job, err := lockJob(ctx, tx, id)
		if err == nil && job.State == domain.JobReceiving {
			err = removeJob(ctx, tx, id)
		}
		return job, err
	})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil
	}
	return err
}

// Refusals implements ports.JobStore.
func (s *Store) Refusals(ctx context.Context, id domain.JobID, after domain.Refusal, size int) (refusals []domain.Refusal, err error) {
	if _, err := s.FindJob(ctx, id); err != nil {
		return nil, err
	}
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		rows, err := pool.Query(ctx, `SELECT line, field, code, "limit" FROM roster_job_refusals
			WHERE job = $1 AND (line, field, code) > ($2, $3, $4) ORDER BY line, field, code LIMIT $5`,
			id, after.Line, after.Field, after.Code, max(size, 0))
		if err != nil {
			return err
		}
		refusals, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (refusal domain.Refusal, err error) {
			err = row.Scan(&refusal.Line, &refusal.Field, &refusal.Code, &refusal.Limit)
			return refusal, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return refusals, nil
}
