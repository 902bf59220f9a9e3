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
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.TokenStore = (*Store)(nil)

// tokenReads are the queries about API tokens. Each request may ask for one.
type tokenReads struct{ byKey, list prepared }

func newTokenReads() *tokenReads {
	return &tokenReads{
		byKey: prepared{query: "SELECT " + tokenColumns + " FROM roster_tokens WHERE key = ?"},
		list:  prepared{query: "SELECT " + tokenColumns + " FROM roster_tokens WHERE id > ? ORDER BY id LIMIT ?"},
	}
}

// tokenError returns the error of a call about tokens, whose statements can be wrong
// only where their table is missing.
func tokenError(err error) error {
	if resultCode(err) == codeError {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database has no table of API tokens: run roster migrate", Cause: err}
	}
	return err
}

// AddToken implements ports.TokenStore.
func (s *Store) AddToken(ctx context.Context, token account.APIToken) (account.APIToken, error) {
	token = token.Stored()
	err := s.writer.do(ctx, accountWrite(func(ctx context.Context, tx accountTx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO roster_tokens (key, name, scope, created, expires, last_used, revoked) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (key) DO NOTHING`, token.Key[:], token.Name, string(token.Scope),
			token.Created.UnixMicro(), microOrNull(token.Expires), microOrNull(token.LastUsed), microOrNull(token.Revoked))
		if err != nil {
			return err
		}
		if added, err := result.RowsAffected(); err != nil {
			return err
		} else if added == 0 {
			return account.APIKeyTaken()
		}
		token.ID, err = result.LastInsertId()
		return err
	}))
	if err != nil {
		return account.APIToken{}, tokenError(err)
	}
	return token, nil
}

// FindToken implements ports.TokenStore. It costs O(log n), and about what Find costs.
func (s *Store) FindToken(ctx context.Context, key account.APIKey) (token account.APIToken, err error) {
	err = s.readLane.run(ctx, func(db *bun.DB) error {
		// As in Find, nothing is interrupted.
		row, err := s.tokens.byKey.queryRow(context.WithoutCancel(ctx), db, key[:])
		if err != nil {
			return err
		}
		token, err = scanToken(row)
		return err
	})
	if err != nil {
		return account.APIToken{}, tokenError(err)
	}
	return token, nil
}

// ListTokens implements ports.TokenStore.
func (s *Store) ListTokens(ctx context.Context, after int64, size int) (tokens []account.APIToken, err error) {
	err = s.readLane.run(ctx, func(db *bun.DB) error {
		return s.tokens.list.each(context.WithoutCancel(ctx), db, func(rows *sql.Rows) error {
			token, err := scanToken(rows)
			tokens = append(tokens, token)
			return err
		}, after, max(0, size))
	})
	if err != nil {
		return nil, tokenError(err)
	}
	return tokens, nil
}

// UseToken implements ports.TokenStore.
func (s *Store) UseToken(ctx context.Context, id int64, used time.Time) error {
	return tokenError(s.writeInPassing(ctx, func(ctx context.Context, tx accountTx) error {
		return tx.update(ctx, account.NoAPIToken(), "UPDATE roster_tokens SET last_used = coalesce(max(last_used, ?1), ?1, last_used) WHERE id = ?2", microOrNull(used), id)
	}))
}

// RevokeToken implements ports.TokenStore.
func (s *Store) RevokeToken(ctx context.Context, id int64, revoked time.Time) (token account.APIToken, err error) {
	err = s.writer.do(ctx, accountWrite(func(ctx context.Context, tx accountTx) (err error) {
		token, err = scanToken(tx.QueryRowContext(ctx, "UPDATE roster_tokens SET revoked = coalesce(revoked, ?) WHERE id = ? RETURNING "+tokenColumns,
			microOrNull(revoked), id))
		return err
	}))
	if err != nil {
		return account.APIToken{}, tokenError(err)
	}
	return token, nil
}

// tokenColumns are the columns that scanToken reads.
const tokenColumns = "id, key, name, scope, created, expires, last_used, revoked"

// scanToken reads a row of tokenColumns. The error is account.NoAPIToken where there is none.
func scanToken(row interface{ Scan(to ...any) error }) (account.APIToken, error) {
	var (
		token                      account.APIToken
		key                        []byte
		created                    int64
		expires, lastUsed, revoked sql.NullInt64
	)
	err := row.Scan(&token.ID, &key, &token.Name, &token.Scope, &created, &expires, &lastUsed, &revoked)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return account.APIToken{}, account.NoAPIToken()
	case err != nil:
		return account.APIToken{}, err
	case len(key) != sha256.Size:
		return account.APIToken{}, fmt.Errorf("API token %d has a key of %d bytes, not %d", token.ID, len(key), sha256.Size)
	}
	token.Key, token.Created = account.APIKey(key), moment(created)
	token.Expires, token.LastUsed, token.Revoked = momentOrZero(expires), momentOrZero(lastUsed), momentOrZero(revoked)
	return token, nil
}
