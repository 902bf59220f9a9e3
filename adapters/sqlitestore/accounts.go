package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.AccountStore = (*Store)(nil)

// accountChange changes users, sessions or API tokens. It may be made again. Where it answers a
// *domain.Error, it has changed nothing.
type accountChange func(ctx context.Context, tx accountTx) error

// writeAccounts makes a change among the writes of persons. The error is a *domain.Error.
func (s *Store) writeAccounts(ctx context.Context, change accountChange) error {
	return accountError(s.writer.do(ctx, accountWrite(change)))
}

// writeInPassing makes a change for who is about to answer a request, and has no use for what becomes of it: so it never waits
// longer than ctx, also where the file is kept locked by another process.
func (s *Store) writeInPassing(ctx context.Context, change accountChange) error {
	call := accountWrite(change)
	call.hurried = true
	return s.writer.do(ctx, call)
}

// accountWrite returns the write of a change.
func accountWrite(change accountChange) *write {
	call := &write{}
	call.change = func(ctx context.Context, db bun.IDB) error {
		tx, _ := db.(bun.Tx)
		err := change(ctx, accountTx{tx.Tx})
		var answer *domain.Error
		if errors.As(err, &answer) {
			call.refusal = err
			return nil
		}
		return err
	}
	return call
}

// accountError returns the error of a call about accounts, whose statements can be wrong
// only where their tables are missing.
func accountError(err error) error {
	if resultCode(err) == codeError {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database has no tables of users: run roster migrate", Cause: err}
	}
	return err
}

// AddUser implements ports.AccountStore.
func (s *Store) AddUser(ctx context.Context, user account.User) (account.User, error) {
	user = user.Stored()
	err := s.writeAccounts(ctx, func(ctx context.Context, tx accountTx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO auth_user (`+userColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (username) DO NOTHING`, userValues(user)...)
		if err != nil {
			return err
		}
		if added, err := result.RowsAffected(); err != nil {
			return err
		} else if added == 0 {
			return account.NameTaken(user.Name)
		}
		user.ID, err = result.LastInsertId()
		return err
	})
	if err != nil {
		return account.User{}, err
	}
	return user, nil
}

// SetPassword implements ports.AccountStore.
func (s *Store) SetPassword(ctx context.Context, id int64, from, to account.Hash) error {
	return s.writeAccounts(ctx, func(ctx context.Context, tx accountTx) error {
		var fits bool
		err := tx.QueryRowContext(ctx, "SELECT ? IN ('', password) FROM auth_user WHERE id = ?", string(from), id).Scan(&fits)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return account.NoUser(id)
		case err != nil:
			return err
		case !fits:
			return account.PasswordChanged()
		}
		if _, err := tx.ExecContext(ctx, "UPDATE auth_user SET password = ? WHERE id = ?", string(to), id); err != nil {
			return err
		}
		return tx.endAll(ctx, id)
	})
}

// SetActive implements ports.AccountStore.
func (s *Store) SetActive(ctx context.Context, id int64, active bool) error {
	return s.writeAccounts(ctx, func(ctx context.Context, tx accountTx) error {
		err := tx.update(ctx, account.NoUser(id), "UPDATE auth_user SET is_active = ? WHERE id = ?", active, id)
		if err != nil || active {
			return err
		}
		return tx.endAll(ctx, id)
	})
}

// BeginSession implements ports.AccountStore.
func (s *Store) BeginSession(ctx context.Context, session account.Session) error {
	session = session.Stored()
	return s.writeAccounts(ctx, func(ctx context.Context, tx accountTx) error {
		var (
			user    account.User
			isTaken bool
		)
		err := tx.QueryRowContext(ctx, "SELECT is_active <> 0, password, EXISTS (SELECT 1 FROM roster_sessions WHERE key = ?) FROM auth_user WHERE id = ?",
			session.Key[:], session.User).Scan(&user.Active, &user.Password, &isTaken)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return account.NoUser(session.User)
		case err != nil:
			return err
		case !session.MayBegin(user):
			return account.SessionRefused()
		case isTaken:
			return account.SessionTaken()
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO roster_sessions (key, user_id, password, began, seen) VALUES (?, ?, ?, ?, ?)",
			session.Key[:], session.User, session.Password[:], session.Began.UnixMicro(), session.Seen.UnixMicro())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE auth_user SET last_login = ? WHERE id = ?", djangoTimeOrNull(session.Began), session.User)
		return err
	})
}

// TouchSession implements ports.AccountStore.
func (s *Store) TouchSession(ctx context.Context, key account.SessionKey, seen time.Time) error {
	return accountError(s.writeInPassing(ctx, func(ctx context.Context, tx accountTx) error {
		return tx.update(ctx, account.NoSession(), "UPDATE roster_sessions SET seen = max(seen, ?) WHERE key = ?", seen.UnixMicro(), key[:])
	}))
}

// EndSession implements ports.AccountStore.
func (s *Store) EndSession(ctx context.Context, key account.SessionKey) error {
	return s.writeAccounts(ctx, func(ctx context.Context, tx accountTx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM roster_sessions WHERE key = ?", key[:])
		return err
	})
}

// endedSession is true of a session that is over, or whose user another program has deleted.
const endedSession = "(seen <= ? OR began <= ? OR NOT EXISTS (SELECT 1 FROM auth_user WHERE id = user_id))"

// TidySessions implements ports.AccountStore. It writes only where there is something to
// remove, and costs O(sessions).
func (s *Store) TidySessions(ctx context.Context, now time.Time) error {
	idle, begun := now.Add(-account.SessionIdle).UnixMicro(), now.Add(-account.SessionLifetime).UnixMicro()
	untidy := false
	err := s.readAccounts(ctx, func(ctx context.Context, db *bun.DB) error {
		return db.DB.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM roster_sessions WHERE "+endedSession+")", idle, begun).Scan(&untidy)
	})
	if err != nil || !untidy {
		return err
	}
	return s.writeAccounts(ctx, func(ctx context.Context, tx accountTx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM roster_sessions WHERE "+endedSession, idle, begun)
		return err
	})
}

// accountTx is a transaction that changes users, sessions or API tokens. Its statements are parsed
// each time, which costs little beside a commit.
type accountTx struct{ *sql.Tx }

// update makes a statement about one row, or returns an error where it is not there.
func (t accountTx) update(ctx context.Context, missing error, statement string, args ...any) error {
	result, err := t.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	if changed, err := result.RowsAffected(); err != nil || changed > 0 {
		return err
	}
	return missing
}

// endAll ends the sessions of a user.
func (t accountTx) endAll(ctx context.Context, user int64) error {
	_, err := t.ExecContext(ctx, "DELETE FROM roster_sessions WHERE user_id = ?", user)
	return err
}
