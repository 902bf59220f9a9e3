package sqlitestore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// claims remembers what requests with a key were answered, in the transaction that
// saves the persons. Not for concurrent use.
type claims struct {
	find   prepared
	save   prepared
	forget prepared
}

func newClaims() claims {
	return claims{
		find: prepared{query: "SELECT request, made, first_id FROM roster_claims WHERE key = ?"},
		save: prepared{query: "INSERT OR REPLACE INTO roster_claims (key, request, made, first_id) VALUES (?, ?, ?, ?)"},
		// A few at a time, so that no write has to make up for a long pause.
		forget: prepared{query: "DELETE FROM roster_claims WHERE key IN (SELECT key FROM roster_claims WHERE made <= ? LIMIT 100)"},
	}
}

// prepare makes ready what a group needs. With one connection that is not possible
// during a transaction.
func (c *claims) prepare(ctx context.Context, db *bun.DB, group []*write) error {
	if !slices.ContainsFunc(group, (*write).isClaimed) {
		return nil
	}
	for _, statement := range []*prepared{&c.find, &c.save, &c.forget} {
		err := statement.prepare(ctx, db)
		if resultCode(err) == codeError {
			return &domain.Error{Code: domain.CodeUnavailable, Message: "the database has no table of claims: run roster migrate", Cause: err}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (call *write) isClaimed() bool { return call.claim != nil }

// saves returns the drafts that the write saves: none where its claim has been
// answered before.
func (call *write) saves() []domain.Draft {
	if call.answered {
		return nil
	}
	return call.drafts
}

// recall answers the writes of a group whose claims were made before, be it in the
// group. Those keep their drafts to themselves.
func (c *claims) recall(ctx context.Context, db bun.IDB, group []*write) error {
	var first map[string]*write // in the group, by key
	for _, call := range group {
		call.answered, call.twin, call.refusal = false, nil, nil
		if !call.isClaimed() {
			continue
		}
		if twin := first[call.claim.Key()]; twin != nil {
			if call.answerAs(*twin.claim, 0) {
				call.twin = twin
				continue
			}
		}
		earlier, firstID, err := c.stored(ctx, db, call.claim.Key())
		if err != nil {
			return err
		}
		if earlier != nil && call.answerAs(*earlier, firstID) {
			continue
		}
		if first == nil {
			first = map[string]*write{}
		}
		first[call.claim.Key()] = call
	}
	return nil
}

// answerAs answers a write whose key stands for an earlier claim, and tells whether
// it did.
func (call *write) answerAs(earlier domain.Claim, firstID int64) bool {
	repeats, err := call.claim.Repeats(earlier)
	call.answered = repeats || err != nil
	call.refusal, call.firstID = err, firstID
	return call.answered
}

// stored returns the claim of a key and the first id that it was answered, or nil.
func (c *claims) stored(ctx context.Context, db bun.IDB, key string) (*domain.Claim, int64, error) {
	var (
		request       []byte
		made, firstID int64
	)
	err := c.find.rowIn(ctx, db, key).Scan(&request, &made, &firstID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	if err == nil && len(request) != sha256.Size {
		err = fmt.Errorf("the claim of a key has %d bytes, not %d", len(request), sha256.Size)
	}
	if err != nil {
		return nil, 0, err
	}
	claim := domain.StoredClaim(key, [sha256.Size]byte(request), time.Unix(made, 0))
	return &claim, firstID, nil
}

// remember saves the claims of the writes that have saved persons, and gives those
// that repeat one of their group its first id.
func (c *claims) remember(ctx context.Context, db bun.IDB, group []*write) error {
	var last *domain.Claim
	for _, call := range group {
		switch {
		case !call.isClaimed():
		case call.twin != nil:
			call.firstID = call.twin.firstID
		case !call.answered:
			last = call.claim
			request := last.Request()
			if err := c.save.execIn(ctx, db, last.Key(), request[:], last.Made().Unix(), call.firstID); err != nil {
				return err
			}
		}
	}
	if last == nil {
		return nil
	}
	return c.forget.execIn(ctx, db, last.Cutoff().Unix())
}
