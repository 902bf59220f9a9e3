package app

import (
	"errors"
	"net/url"
	"strings"
)

// Database says where persons are kept. The zero Database is memory, without
// SQLite.
type Database struct {
	sqlite bool
	path   string // of SQLite's file; "" for none
}

// ParseDatabase reads a database URL. Escapes such as %20 are undone.
//
//	sqlite:///db.sqlite3       a file, from the working directory
//	sqlite:////var/lib/db      a file, from the root
//	sqlite://:memory:          SQLite without a file
//	memory:                    no SQLite, for trials and tests
//
// The error holds nothing of the URL, which may hold a password.
func ParseDatabase(text string) (Database, error) {
	if text == "memory:" {
		return Database{}, nil
	}
	if text == "sqlite://:memory:" {
		return Database{sqlite: true}, nil
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

// String returns the URL.
func (d Database) String() string {
	switch {
	case !d.sqlite:
		return "memory:"
	case d.path == "":
		return "sqlite://:memory:"
	default:
		return "sqlite:///" + strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(d.path)
	}
}
