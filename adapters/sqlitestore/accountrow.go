package sqlitestore

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

// userColumns are the columns of a user but for the id, in the order of userValues.
const userColumns = "username, email, first_name, last_name, password, is_active, is_staff, is_superuser, date_joined, last_login"

// readUser are the columns that scanUser reads. A driver that saw the type of a time would
// make something of it that Django may not have meant.
const readUser = `auth_user.id, username, email, first_name, last_name, auth_user.password, is_active <> 0, is_staff <> 0, is_superuser <> 0,
	CAST(date_joined AS text), CAST(last_login AS text)`

func userValues(u account.User) []any {
	return []any{
		u.Name, u.Email, u.FirstName, u.LastName, string(u.Password), u.Active, u.Staff, u.Superuser,
		djangoTime(u.Joined), djangoTimeOrNull(u.LastLogin),
	}
}

// scanUser reads a row of readUser, and whatever columns follow them.
func scanUser(row interface{ Scan(to ...any) error }, more ...any) (account.User, error) {
	// A table that is not quite Django's may have no values where Django has some. Nobody is locked out for that.
	var (
		u                            account.User
		email, first, last, password sql.NullString
		active, staff, superuser     sql.NullBool
		joined, login                sql.NullString
	)
	err := row.Scan(append([]any{
		&u.ID, &u.Name, &email, &first, &last, &password, &active, &staff, &superuser, &joined, &login,
	}, more...)...)
	if err != nil {
		return account.User{}, err
	}
	u.Email, u.FirstName, u.LastName, u.Password = email.String, first.String, last.String, account.Hash(password.String)
	u.Active, u.Staff, u.Superuser = active.Bool, staff.Bool, superuser.Bool
	u.Joined, u.LastLogin = timeOfDjango(joined.String), timeOfDjango(login.String)
	return u, nil
}

// djangoTime returns a time as Django writes it in SQLite: in UTC, without saying so, and
// with six digits of a second, or none.
func djangoTime(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.Format(time.DateTime)
	}
	return t.Format("2006-01-02 15:04:05.000000")
}

func djangoTimeOrNull(t time.Time) sql.NullString {
	return sql.NullString{String: djangoTime(t), Valid: !t.IsZero()}
}

// timeOfDjango reads a time that Django wrote, or whoever wrote it in one of the other
// ways that SQLite knows. What is none is the zero Time: it is no reason to keep a user out.
func timeOfDjango(text string) time.Time {
	for _, layout := range []string{time.DateTime, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil { // a fraction may follow the seconds
			return t.UTC().Truncate(time.Microsecond)
		}
	}
	return time.Time{}
}

// sessionRow is a row of roster_sessions.
type sessionRow struct {
	user        int64
	password    []byte
	began, seen int64
}

func (r *sessionRow) session(key account.SessionKey) (account.Session, error) {
	if len(r.password) != sha256.Size {
		return account.Session{}, fmt.Errorf("a session of user %d has a password of %d bytes, not %d", r.user, len(r.password), sha256.Size)
	}
	return account.Session{Key: key, User: r.user, Password: [sha256.Size]byte(r.password), Began: moment(r.began), Seen: moment(r.seen)}, nil
}
