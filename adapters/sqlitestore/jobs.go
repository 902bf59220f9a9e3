package sqlitestore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.JobStore = (*Store)(nil)

// jobChange changes something about jobs within a transaction. It may be made again.
type jobChange func(ctx context.Context, tx jobTx) error

// writeJobs makes a change among the writes of persons. A *domain.Error of the change is
// the answer: a write that is alone is undone, and what another one did before it stays.
func (s *Store) writeJobs(ctx context.Context, call *write, change jobChange) error {
	call.change = func(ctx context.Context, db bun.IDB) error {
		tx, _ := db.(bun.Tx) // as every write gets
		err := jobError(change(ctx, jobTx{tx.Tx}))
		var answer *domain.Error
		if !call.alone && errors.As(err, &answer) {
			call.refusal = err
			return nil
		}
		return err
	}
	return s.writer.do(ctx, call)
}

// CreateJob implements ports.JobStore.
func (s *Store) CreateJob(ctx context.Context, job domain.Job) error {
	return s.writeJobs(ctx, &write{}, func(ctx context.Context, tx jobTx) error {
		changed, err := tx.exec(ctx, `INSERT INTO roster_jobs (id, kind, state, format, dry_run, atomic, total, done, rejected, chunks, chunks_left,
			created, changed, started, ended, reason, via, who) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, jobValues(job)...)
		if err == nil && changed == 0 {
			return &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("there is a job %s already", job.ID)}
		}
		return err
	})
}

// SubmitJob implements ports.JobStore.
func (s *Store) SubmitJob(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (submitted domain.Job, err error) {
	err = s.writeJobs(ctx, &write{}, func(ctx context.Context, tx jobTx) error {
		row, err := tx.find(ctx, id)
		if err != nil {
			return err
		}
		if row.job, err = row.job.Submit(now); err != nil {
			return err
		}
		if claim != nil {
			earlier, err := tx.claim(ctx, row.number, *claim)
			if err != nil {
				return err
			}
			if earlier != nil {
				submitted = earlier.job
				return nil
			}
		}
		submitted, err = tx.save(ctx, row)
		return err
	})
	return jobUnless(err, submitted)
}

// jobUnless returns a job, or none beside an error.
func jobUnless(err error, job domain.Job) (domain.Job, error) {
	if err != nil {
		return domain.Job{}, err
	}
	return job, nil
}

// DropJob implements ports.JobStore. The chunks, which may be many, go with TidyJobs.
func (s *Store) DropJob(ctx context.Context, id domain.JobID) error {
	return s.writeJobs(ctx, &write{}, func(ctx context.Context, tx jobTx) error {
		_, err := tx.exec(ctx, "DELETE FROM roster_jobs WHERE id = ? AND state = 'receiving'", id)
		return err
	})
}

// ChangeJob implements ports.JobStore.
func (s *Store) ChangeJob(ctx context.Context, id domain.JobID, change func(domain.Job) (domain.Job, error)) (changed domain.Job, err error) {
	err = s.writeJobs(ctx, &write{}, func(ctx context.Context, tx jobTx) error {
		row, err := tx.find(ctx, id)
		if err != nil {
			return err
		}
		if row.job, err = change(row.job); err != nil {
			return err
		}
		changed, err = tx.save(ctx, row)
		return err
	})
	return jobUnless(err, changed)
}

// jobTx is a transaction that changes jobs. Its statements are parsed each time, which
// costs little beside a commit.
type jobTx struct{ tx *sql.Tx }

// exec returns how many rows a statement has changed.
func (t jobTx) exec(ctx context.Context, statement string, args ...any) (changed int64, err error) {
	result, err := t.tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// find finds a job.
func (t jobTx) find(ctx context.Context, id domain.JobID) (found jobRow, err error) {
	row := t.tx.QueryRowContext(ctx, "SELECT "+jobColumns+" FROM roster_jobs WHERE id = ?", id)
	return found, foundJob(id, found.scan(row))
}

// save saves a job that was found, and returns it as it is then.
func (t jobTx) save(ctx context.Context, row jobRow) (domain.Job, error) {
	_, err := t.exec(ctx, `UPDATE roster_jobs SET id = ?, kind = ?, state = ?, format = ?, dry_run = ?, atomic = ?, total = ?, done = ?,
		rejected = ?, chunks = ?, chunks_left = ?, created = ?, changed = ?, started = ?, ended = ?, reason = ?, via = ?, who = ? WHERE number = ?`,
		append(jobValues(row.job), row.number)...)
	return row.job.Stored(), err
}

// claim gives a claim to a job. Where it repeats that of an earlier one, which is
// returned, or its key stands for another request, the job is removed instead.
func (t jobTx) claim(ctx context.Context, number int64, claim domain.Claim) (earlier *jobRow, err error) {
	found, theirs, err := t.claimed(ctx, claim.Key())
	if err != nil {
		return nil, err
	}
	if found != nil {
		repeats, reused := claim.Repeats(theirs)
		if repeats || reused != nil {
			if _, err := t.exec(ctx, "DELETE FROM roster_jobs WHERE number = ?", number); err != nil {
				return nil, err
			}
			return found, reused
		}
		// It has expired.
		if _, err := t.exec(ctx, "UPDATE roster_jobs SET claim_key = NULL, claim_request = NULL, claim_made = NULL WHERE number = ?", found.number); err != nil {
			return nil, err
		}
	}
	request := claim.Request()
	_, err = t.exec(ctx, "UPDATE roster_jobs SET claim_key = ?, claim_request = ?, claim_made = ? WHERE number = ?",
		claim.Key(), request[:], claim.Made().UnixMicro(), number)
	return nil, err
}

// claimed returns the job that has the claim of a key, and the claim, or nil.
func (t jobTx) claimed(ctx context.Context, key string) (*jobRow, domain.Claim, error) {
	var (
		found   jobRow
		request []byte
		made    int64
	)
	row := t.tx.QueryRowContext(ctx, "SELECT "+jobColumns+", claim_request, claim_made FROM roster_jobs WHERE claim_key = ?", key)
	err := found.scan(row, &request, &made)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, domain.Claim{}, nil
	}
	if err == nil && len(request) != sha256.Size {
		err = fmt.Errorf("the claim of job %s has %d bytes, not %d", found.job.ID, len(request), sha256.Size)
	}
	if err != nil {
		return nil, domain.Claim{}, err
	}
	return &found, domain.StoredClaim(key, [sha256.Size]byte(request), moment(made)), nil
}
