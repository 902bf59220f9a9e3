package pgstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

// AddUser implements ports.AccountStore.
func (s *Store) AddUser(ctx context.Context, user account.User) (account.User, error) {
	user = user.Stored()
	err := s.write(ctx, func(pool *pgxpool.Pool) error {
		err := pool.QueryRow(ctx, `INSERT INTO auth_user (username, email, first_name, last_name, password, is_active, is_staff, is_superuser, date_joined, last_login)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (username) DO NOTHING RETURNING id`,
			user.Name, user.Email, user.FirstName, user.LastName, string(user.Password), user.Active, user.Staff, user.Superuser,
			user.Joined, orNull(user.LastLogin)).Scan(&user.ID)
		return orMissing(err, account.NameTaken(user.Name))
	})
	if err != nil {
		return account.User{}, err
	}
	return user, nil
}

// orMissing returns missing for a row that is not there, or the error of its query.
func orMissing(err, missing error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return missing
	}
	return err
}

// userColumns are the columns of auth_user that scanUser reads, in its order.
const userColumns = `auth_user.id, username, email, first_name, last_name, auth_user.password, is_active, is_staff, is_superuser, date_joined, last_login`

// scanUser reads the user of a row, and whatever columns follow.
func scanUser(row pgx.Row, more ...any) (account.User, error) {
	// A table that is not quite Django's may have no values where Django has some. Nobody is locked out for that.
	var (
		user                         account.User
		email, first, last, password sql.NullString
		active, staff, superuser     sql.NullBool
		joined, login                *time.Time
	)
	err := row.Scan(append([]any{
		&user.ID, &user.Name, &email, &first, &last, &password, &active, &staff, &superuser, &joined, &login,
	}, more...)...)
	if err != nil {
		return account.User{}, err
	}
	user.Email, user.FirstName, user.LastName, user.Password = email.String, first.String, last.String, account.Hash(password.String)
	user.Active, user.Staff, user.Superuser = active.Bool, staff.Bool, superuser.Bool
	user.Joined, user.LastLogin = orZero(joined), orZero(login)
	return user.Stored(), nil
}

// FindUser implements ports.AccountStore.
func (s *Store) FindUser(ctx context.Context, id int64) (account.User, error) {
	return s.findUser(ctx, "id = $1::bigint", id, account.NoUser(id))
}

// FindUserByName implements ports.AccountStore. PostgreSQL refuses to be asked for a text that it
// could not keep; that nobody has a name of that kind is known without asking.
func (s *Store) FindUserByName(ctx context.Context, name string) (account.User, error) {
	if !utf8.ValidString(name) || strings.Contains(name, "\x00") {
		return account.User{}, s.read(ctx, func(*pgxpool.Pool) error { return account.NoUserNamed(name) })
	}
	return s.findUser(ctx, "username = $1", name, account.NoUserNamed(name))
}

func (s *Store) findUser(ctx context.Context, where string, arg any, missing error) (user account.User, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) (err error) {
		user, err = scanUser(pool.QueryRow(ctx, "SELECT "+userColumns+" FROM auth_user WHERE "+where, arg))
		return orMissing(err, missing)
	})
	return user, err
}

// ListUsers implements ports.AccountStore.
func (s *Store) ListUsers(ctx context.Context, after int64, size int) (users []account.User, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		rows, err := pool.Query(ctx, "SELECT "+userColumns+" FROM auth_user WHERE id > $1::bigint ORDER BY id LIMIT $2", after, max(size, 0))
		if err != nil {
			return err
		}
		users, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (account.User, error) { return scanUser(row) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return users, nil
}

// SetPassword implements ports.AccountStore.
func (s *Store) SetPassword(ctx context.Context, id int64, from, to account.Hash) error {
	return s.transact(ctx, func(tx pgx.Tx) error {
		var fits bool
		err := tx.QueryRow(ctx, "SELECT $2 IN ('', password) FROM auth_user WHERE id = $1::bigint FOR UPDATE", id, string(from)).Scan(&fits)
		switch {
		case err != nil:
			return orMissing(err, account.NoUser(id))
		case !fits:
			return account.PasswordChanged()
		}
		if err := changeUser(ctx, tx, id, "password = $2", string(to)); err != nil {
			return err
		}
		return endSessions(ctx, tx, id)
	})
}

// SetActive implements ports.AccountStore.
func (s *Store) SetActive(ctx context.Context, id int64, active bool) error {
	return s.transact(ctx, func(tx pgx.Tx) error {
		if err := changeUser(ctx, tx, id, "is_active = $2", active); err != nil || active {
			return err
		}
		return endSessions(ctx, tx, id)
	})
}

// changeUser changes a user, whom nobody else changes until tx ends. All that begins or ends sessions of a user locks the
// user's row first, so that none begins unseen while they are removed.
func changeUser(ctx context.Context, tx pgx.Tx, id int64, set string, value any) error {
	result, err := tx.Exec(ctx, "UPDATE auth_user SET "+set+" WHERE id = $1::bigint", id, value)
	if err == nil && result.RowsAffected() == 0 {
		err = account.NoUser(id)
	}
	return err
}

func endSessions(ctx context.Context, tx pgx.Tx, user int64) error {
	_, err := tx.Exec(ctx, "DELETE FROM roster_sessions WHERE user_id = $1", user)
	return err
}
