package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

// accountReads are the queries about users and sessions.
type accountReads struct {
	user, byName, list, session prepared
}

func newAccountReads() *accountReads {
	return &accountReads{
		user:   prepared{query: "SELECT " + readUser + " FROM auth_user WHERE id = ?"},
		byName: prepared{query: "SELECT " + readUser + " FROM auth_user WHERE username = ?"},
		list:   prepared{query: "SELECT " + readUser + " FROM auth_user WHERE id > ? ORDER BY id LIMIT ?"},
		session: prepared{query: "SELECT " + readUser + `, roster_sessions.password, began, seen
			FROM roster_sessions JOIN auth_user ON auth_user.id = user_id WHERE key = ?`},
	}
}

// readAccounts lets work read about users and sessions. The error is a *domain.Error.
func (s *Store) readAccounts(ctx context.Context, work func(ctx context.Context, db *bun.DB) error) error {
	return accountError(s.readLane.run(ctx, func(db *bun.DB) error {
		// As in Find, nothing is interrupted.
		return work(context.WithoutCancel(ctx), db)
	}))
}

// FindUser implements ports.AccountStore.
func (s *Store) FindUser(ctx context.Context, id int64) (account.User, error) {
	return s.findUser(ctx, &s.accounts.user, id, account.NoUser(id))
}

// FindUserByName implements ports.AccountStore.
func (s *Store) FindUserByName(ctx context.Context, name string) (account.User, error) {
	return s.findUser(ctx, &s.accounts.byName, name, account.NoUserNamed(name))
}

func (s *Store) findUser(ctx context.Context, query *prepared, arg any, missing error) (user account.User, err error) {
	err = s.readAccounts(ctx, func(ctx context.Context, db *bun.DB) error {
		row, err := query.queryRow(ctx, db, arg)
		if err != nil {
			return err
		}
		if user, err = scanUser(row); errors.Is(err, sql.ErrNoRows) {
			return missing
		}
		return err
	})
	return user, err
}

// ListUsers implements ports.AccountStore.
func (s *Store) ListUsers(ctx context.Context, after int64, size int) (users []account.User, err error) {
	err = s.readAccounts(ctx, func(ctx context.Context, db *bun.DB) error {
		return s.accounts.list.each(ctx, db, func(rows *sql.Rows) error {
			user, err := scanUser(rows)
			users = append(users, user)
			return err
		}, after, max(0, size))
	})
	if err != nil {
		return nil, err
	}
	return users, nil
}

// FindSession implements ports.AccountStore. The session of a user whom another program
// has deleted is none.
func (s *Store) FindSession(ctx context.Context, key account.SessionKey) (session account.Session, user account.User, err error) {
	err = s.readAccounts(ctx, func(ctx context.Context, db *bun.DB) error {
		answer, err := s.accounts.session.queryRow(ctx, db, key[:])
		if err != nil {
			return err
		}
		var row sessionRow
		if user, err = scanUser(answer, &row.password, &row.began, &row.seen); err != nil {
			if errors.Is(err, sql.ErrNoRows) {
				return account.NoSession()
			}
			return err
		}
		row.user = user.ID
		session, err = row.session(key)
		return err
	})
	if err != nil {
		return account.Session{}, account.User{}, err
	}
	return session, user, nil
}
