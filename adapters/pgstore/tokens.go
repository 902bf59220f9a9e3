package pgstore

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

// tokenColumns are the columns of roster_tokens that scanToken reads, in its order.
const tokenColumns = "id, key, name, scope, created, expires, last_used, revoked"

// AddToken implements ports.TokenStore.
func (s *Store) AddToken(ctx context.Context, token account.APIToken) (account.APIToken, error) {
	token = token.Stored()
	err := s.write(ctx, func(pool *pgxpool.Pool) error {
		err := pool.QueryRow(ctx, `INSERT INTO roster_tokens (key, name, scope, created, expires, last_used, revoked)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING RETURNING id`,
			token.Key[:], token.Name, string(token.Scope), token.Created, orNull(token.Expires), orNull(token.LastUsed), orNull(token.Revoked)).Scan(&token.ID)
		return orMissing(err, account.APIKeyTaken())
	})
	if err != nil {
		return account.APIToken{}, err
	}
	return token, nil
}

// FindToken implements ports.TokenStore. It costs one round trip.
func (s *Store) FindToken(ctx context.Context, key account.APIKey) (token account.APIToken, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) (err error) {
		token, err = scanToken(pool.QueryRow(ctx, "SELECT "+tokenColumns+" FROM roster_tokens WHERE key = $1", key[:]))
		return orMissing(err, account.NoAPIToken())
	})
	return token, err
}

// ListTokens implements ports.TokenStore.
func (s *Store) ListTokens(ctx context.Context, after int64, size int) (tokens []account.APIToken, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		rows, err := pool.Query(ctx, "SELECT "+tokenColumns+" FROM roster_tokens WHERE id > $1 ORDER BY id LIMIT $2", after, max(size, 0))
		if err != nil {
			return err
		}
		tokens, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (account.APIToken, error) { return scanToken(row) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return tokens, nil
}

// UseToken implements ports.TokenStore. It costs one round trip and a commit.
func (s *Store) UseToken(ctx context.Context, id int64, used time.Time) error {
	return s.write(ctx, func(pool *pgxpool.Pool) error {
		// greatest passes over NULL.
		result, err := pool.Exec(ctx, "UPDATE roster_tokens SET last_used = greatest(last_used, $2) WHERE id = $1", id, momentOrNull(used))
		if err == nil && result.RowsAffected() == 0 {
			err = account.NoAPIToken()
		}
		return err
	})
}

// RevokeToken implements ports.TokenStore.
func (s *Store) RevokeToken(ctx context.Context, id int64, revoked time.Time) (token account.APIToken, err error) {
	err = s.write(ctx, func(pool *pgxpool.Pool) (err error) {
		token, err = scanToken(pool.QueryRow(ctx, "UPDATE roster_tokens SET revoked = coalesce(revoked, $2) WHERE id = $1 RETURNING "+tokenColumns,
			id, momentOrNull(revoked)))
		return orMissing(err, account.NoAPIToken())
	})
	if err != nil {
		return account.APIToken{}, err
	}
	return token, nil
}

// momentOrNull returns a time as it is kept, nil for the zero one.
func momentOrNull(t time.Time) *time.Time { return orNull(t.UTC().Truncate(time.Microsecond)) }

// scanToken reads a row of tokenColumns.
func scanToken(row pgx.Row) (account.APIToken, error) {
	var (
		token                      account.APIToken
		key                        []byte
		expires, lastUsed, revoked *time.Time
	)
	err := row.Scan(&token.ID, &key, &token.Name, &token.Scope, &token.Created, &expires, &lastUsed, &revoked)
	if err == nil && len(key) != sha256.Size {
		err = fmt.Errorf("API token %d has a key of %d bytes, not %d", token.ID, len(key), sha256.Size)
	}
	if err != nil {
		return account.APIToken{}, err
	}
	token.Key, token.Expires, token.LastUsed, token.Revoked = account.APIKey(key), orZero(expires), orZero(lastUsed), orZero(revoked)
	return token.Stored(), nil
}
