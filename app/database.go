package app

import (
	"errors"
	"net/url"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
)

// Database says where persons are kept. The zero Database is memory, without
// SQLite.
type Database struct {
	sqlite   bool
	path     string // of SQLite's file; "" for none
	postgres string // URL of a PostgreSQL database; it may hold a password
}

// IsInMemory tells whether what is kept there is gone when the process ends.
func (d Database) IsInMemory() bool { return d.path == "" && d.postgres == "" }

// ParseDatabase reads a database URL. Escapes such as %20 are undone.
//
//	sqlite:///db.sqlite3       a file, from the working directory
//	sqlite:////var/lib/db      a file, from the root
//	sqlite://:memory:          SQLite without a file
//	memory:                    no SQLite, for trials and tests
//	postgresql://user:password@host/name?sslmode=verify-full
//	                           PostgreSQL, with libpq's options; postgres:// is the same
//
// The error holds nothing of the URL, which may hold a password.
func ParseDatabase(text string) (Database, error) {
	if text == "memory:" {
		return Database{}, nil
	}
	if text == "sqlite://:memory:" {
		return Database{sqlite: true}, nil
	}
	if strings.HasPrefix(text, "postgresql:") || strings.HasPrefix(text, "postgres:") {
		return parsePostgres(text)
	}
	escaped, ok := strings.CutPrefix(text, "sqlite:///")
	switch {
	case !ok && strings.HasPrefix(text, "sqlite:"):
		return Database{}, errors.New("the path of a SQLite file follows three slashes")
	case !ok:
		return Database{}, errors.New("it names no database that this program can use")
	case strings.ContainsAny(escaped, "?#"):
		return Database{}, errors.New("it has options behind its path, and there are none")
	}
	path, err := url.PathUnescape(escaped)
	switch {
	case err != nil:
		return Database{}, errors.New("an escape in its path is broken (a percent sign is written %25)")
	case path == "" || strings.HasSuffix(path, "/"):
		return Database{}, errors.New("it names no file")
	case path == ":memory:":
		return Database{}, errors.New("a database in memory is written with two slashes")
	case strings.ContainsRune(path, 0):
		return Database{}, errors.New("its path holds a NUL")
	}
	return Database{sqlite: true, path: path}, nil
}

// parsePostgres reads a URL as libpq does.
func parsePostgres(text string) (Database, error) {
	read, err := url.Parse(text)
	switch {
	case err != nil:
		return Database{}, errors.New("it is no URL (a percent sign in a password is written %25, an @ %40, a slash %2F)")
	case !strings.HasPrefix(text, read.Scheme+"://"):
		return Database{}, errors.New("the host of a PostgreSQL follows two slashes")
	}
	if err := pgstore.CheckURL(text); err != nil {
		return Database{}, err
	}
	return Database{postgres: text}, nil
}

// InMemory tells whether the database ends with the process, and is no other's.
func (d Database) InMemory() bool { return d.postgres == "" && d.path == "" }

// String returns the URL, without a password.
func (d Database) String() string {
	switch {
	case d.postgres != "":
		return withoutPassword(d.postgres)
	case !d.sqlite:
		return "memory:"
	case d.path == "":
		return "sqlite://:memory:"
	default:
		return "sqlite:///" + strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(d.path)
	}
}

// withoutPassword returns a URL with its passwords hidden, wherever libpq reads one.
func withoutPassword(text string) string {
	database, err := url.Parse(text)
	if err != nil { // ParseDatabase lets none through
		return "postgresql:"
	}
	query := database.Query()
	for _, secret := range []string{"password", "sslpassword"} {
		if query.Has(secret) {
			query.Set(secret, "xxxxx")
			database.RawQuery = query.Encode()
		}
	}
	return database.Redacted()
}
