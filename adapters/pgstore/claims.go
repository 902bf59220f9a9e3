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

// saveClaimed saves drafts with their claim, or finds what the claim was answered, and
// returns the ids.
func saveClaimed(ctx context.Context, tx pgx.Tx, claim domain.Claim, drafts []domain.Draft) ([]int64, error) {
	isFirst, err := take(ctx, tx, claim)
	if err != nil {
		return nil, err
	}
	if !isFirst {
		return recall(ctx, tx, claim)
	}
	ids, err := insertAll(ctx, tx, drafts)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, "UPDATE roster_claims SET ids = $2 WHERE key = $1", claim.Key(), ids); err != nil {
		return nil, err
	}
	// A few at a time, so that no write has to make up for a long pause.
	_, err = tx.Exec(ctx, `DELETE FROM roster_claims WHERE key IN (
		SELECT key FROM roster_claims WHERE made <= $1 ORDER BY made LIMIT 100 FOR UPDATE SKIP LOCKED)`, claim.Cutoff())
	return ids, err
}

// take takes the key of a claim, and tells whether it was to be had. Where another
// transaction has just taken it, it waits for that one's end.
func take(ctx context.Context, tx pgx.Tx, claim domain.Claim) (bool, error) {
	request := claim.Request()
	result, err := tx.Exec(ctx, `INSERT INTO roster_claims AS earlier (key, request, made, ids) VALUES ($1, $2, $3, '{}')
		ON CONFLICT (key) DO UPDATE SET request = excluded.request, made = excluded.made, ids = '{}' WHERE earlier.made <= $4`,
		claim.Key(), request[:], claim.Made(), claim.Cutoff())
	return result.RowsAffected() > 0, err
}

// recall returns the ids that an earlier claim with the same key was answered.
func recall(ctx context.Context, tx pgx.Tx, claim domain.Claim) ([]int64, error) {
	var (
		request []byte
		made    time.Time
		ids     []int64
	)
	err := tx.QueryRow(ctx, "SELECT request, made, ids FROM roster_claims WHERE key = $1", claim.Key()).Scan(&request, &made, &ids)
	if err == nil && len(request) != sha256.Size {
		err = fmt.Errorf("the claim of a key has %d bytes, not %d", len(request), sha256.Size)
	}
	if err != nil {
		return nil, err
	}
	repeats, err := claim.Repeats(domain.StoredClaim(claim.Key(), [sha256.Size]byte(request), made))
	if err == nil && !repeats {
		err = errors.New("the claim of a key has expired, and was not taken")
	}
	return ids, err
}
