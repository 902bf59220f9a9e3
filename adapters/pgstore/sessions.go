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

// BeginSession implements ports.AccountStore.
func (s *Store) BeginSession(ctx context.Context, session account.Session) error {
	session = session.Stored()
	return s.transact(ctx, func(tx pgx.Tx) error {
		var user account.User
		err := tx.QueryRow(ctx, "UPDATE auth_user SET last_login = $2 WHERE id = $1::bigint RETURNING is_active, password",
			session.User, orNull(session.Began)).Scan(&user.Active, &user.Password)
		switch {
		case err != nil:
			return orMissing(err, account.NoUser(session.User))
		case !session.MayBegin(user):
			return account.SessionRefused()
		}
		result, err := tx.Exec(ctx, `INSERT INTO roster_sessions (key, user_id, password, began, seen)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO NOTHING`, session.Key[:], session.User, session.Password[:], session.Began, session.Seen)
		if err == nil && result.RowsAffected() == 0 {
			err = account.SessionTaken()
		}
		return err
	})
}

// FindSession implements ports.AccountStore. The session of a user whom another program
// has deleted is none.
func (s *Store) FindSession(ctx context.Context, key account.SessionKey) (session account.Session, user account.User, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) (err error) {
		session, user, err = scanSession(key, pool.QueryRow(ctx, "SELECT "+userColumns+`, roster_sessions.password, began, seen
			FROM roster_sessions JOIN auth_user ON auth_user.id = user_id WHERE key = $1`, key[:]))
		return orMissing(err, account.NoSession())
	})
	if err != nil {
		return account.Session{}, account.User{}, err
	}
	return session, user, nil
}

func scanSession(key account.SessionKey, row pgx.Row) (account.Session, account.User, error) {
	var (
		session  = account.Session{Key: key}
		password []byte
	)
	user, err := scanUser(row, &password, &session.Began, &session.Seen)
	if err == nil && len(password) != sha256.Size {
		err = fmt.Errorf("a session of user %d has a password of %d bytes, not %d", user.ID, len(password), sha256.Size)
	}
	if err != nil {
		return account.Session{}, account.User{}, err
	}
	session.User, session.Password = user.ID, [sha256.Size]byte(password)
	return session.Stored(), user, nil
}

// TouchSession implements ports.AccountStore.
func (s *Store) TouchSession(ctx context.Context, key account.SessionKey, seen time.Time) error {
	return s.write(ctx, func(pool *pgxpool.Pool) error {
		result, err := pool.Exec(ctx, "UPDATE roster_sessions SET seen = greatest(seen, $2) WHERE key = $1", key[:], seen.UTC().Truncate(time.Microsecond))
		if err == nil && result.RowsAffected() == 0 {
			err = account.NoSession()
		}
		return err
	})
}

// EndSession implements ports.AccountStore.
func (s *Store) EndSession(ctx context.Context, key account.SessionKey) error {
	return s.write(ctx, func(pool *pgxpool.Pool) error {
		_, err := pool.Exec(ctx, "DELETE FROM roster_sessions WHERE key = $1", key[:])
		return err
	})
}

// TidySessions implements ports.AccountStore. It removes those of users, too, whom another
// program has deleted, and costs O(sessions).
func (s *Store) TidySessions(ctx context.Context, now time.Time) error {
	return s.write(ctx, func(pool *pgxpool.Pool) error {
		_, err := pool.Exec(ctx, `DELETE FROM roster_sessions WHERE seen <= $1 OR began <= $2
			OR NOT EXISTS (SELECT FROM auth_user WHERE id = user_id)`,
			now.Add(-account.SessionIdle).Truncate(time.Microsecond), now.Add(-account.SessionLifetime).Truncate(time.Microsecond))
		return err
	})
}
