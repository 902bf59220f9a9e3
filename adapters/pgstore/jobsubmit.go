package pgstore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/domain"
)

// SubmitJob implements ports.JobStore.
func (s *Store) SubmitJob(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (domain.Job, error) {
	submit := func(job domain.Job) (domain.Job, error) { return job.Submit(now) }
	if claim == nil {
		return s.ChangeJob(ctx, id, submit)
	}
	var reused error // beside which the job is removed
	job, err := s.onJob(ctx, id, func(tx pgx.Tx) (job domain.Job, err error) {
		job, reused, err = submitClaimed(ctx, tx, id, *claim, submit)
		return job, err
	})
	if err == nil {
		err = reused
	}
	if err != nil {
		return domain.Job{}, err
	}
	return job, nil
}

// submitClaimed submits a job with a claim, or removes it and returns what the claim was
// answered before: another job, or that its key is used.
func submitClaimed(ctx context.Context, tx pgx.Tx, id domain.JobID, claim domain.Claim, submit func(domain.Job) (domain.Job, error)) (job domain.Job, reused, err error) {
	// Who comes with the same key waits here for this transaction's end.
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))", claim.Key(), int64(submitSeed)); err != nil {
		return domain.Job{}, nil, err
	}
	job, err = changeJob(ctx, tx, id, submit)
	if err != nil {
		return domain.Job{}, nil, err
	}
	earlier, answered, err := claimedJob(ctx, tx, claim.Key())
	if err != nil {
		return domain.Job{}, nil, err
	}
	if earlier != nil {
		repeats, reused := claim.Repeats(*earlier)
		if repeats || reused != nil {
			return answered, reused, removeJob(ctx, tx, id)
		}
		if _, err := tx.Exec(ctx, "UPDATE roster_jobs SET claim_key = NULL WHERE claim_key = $1", claim.Key()); err != nil { // it has expired
			return domain.Job{}, nil, err
		}
	}
	request := claim.Request()
	_, err = tx.Exec(ctx, "UPDATE roster_jobs SET claim_key = $2, claim_request = $3, claim_made = $4 WHERE id = $1", id, claim.Key(), request[:], claim.Made())
	return job, nil, err
}

// submitSeed tells the locks of keys from those that others make of texts.
const submitSeed = 0x6a6f6273 // "jobs"

// claimedJob returns the claim that was made with a key, nil where there is none, and
// its job.
func claimedJob(ctx context.Context, tx pgx.Tx, key string) (*domain.Claim, domain.Job, error) {
	var (
		id      domain.JobID
		request []byte
		made    time.Time
	)
	err := tx.QueryRow(ctx, "SELECT id::text, claim_request, claim_made FROM roster_jobs WHERE claim_key = $1", key).Scan(&id, &request, &made)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, domain.Job{}, nil
	case err == nil && len(request) != sha256.Size:
		err = fmt.Errorf("the claim of a job has %d bytes, not %d", len(request), sha256.Size)
	}
	if err != nil {
		return nil, domain.Job{}, err
	}
	claim := domain.StoredClaim(key, [sha256.Size]byte(request), made)
	job, err := oneJob(id, tx.QueryRow(ctx, "SELECT "+jobColumns+" FROM roster_jobs WHERE id = $1", id))
	return &claim, job, err
}
