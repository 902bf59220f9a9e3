package sqlitestore

import (
	"errors"
	"os"

	"github.com/seed-bbcc19ba/roster/domain"
)

// identity tells whether the database is still the one that was opened: its file and
// its WAL, which holds what was written last. SQLite goes on writing into files that
// were removed or replaced, and every write would be answered and lost. A check costs
// two microseconds.
type identity struct {
	path     string
	file     sighting
	wal      *sighting // nil where there is none
	leastLen int64
}

// identityOf returns the identity of a database that is open and in WAL mode.
func identityOf(path string) (*identity, error) {
	file, err := look(path)
	if err != nil {
		return nil, err
	}
	// A database in WAL mode has its first page, which says so, at least.
	i := &identity{path: path, file: file, leastLen: min(file.length(), 512)}
	wal, err := look(path + "-wal")
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		i.wal = &wal
	}
	return i, nil
}

// check returns domain.CodeUnavailable when the file or its WAL is another one or
// gone, or the file was emptied. The nil identity, of a database without a file, is
// always the same.
func (i *identity) check() error {
	if i == nil {
		return nil
	}
	file, err := look(i.path)
	if err != nil {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database file was removed or replaced", Cause: err}
	}
	if err := i.is(file); err != nil {
		return err
	}
	if file.length() < i.leastLen {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database file was emptied"}
	}
	if i.wal == nil {
		return nil
	}
	if wal, err := look(i.path + "-wal"); err != nil || !wal.isOf(*i.wal) {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database's WAL was removed or replaced", Cause: err}
	}
	return nil
}

// is returns domain.CodeUnavailable unless the database file is that one.
func (i *identity) is(file sighting) error {
	if !file.isOf(i.file) {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database file was removed or replaced"}
	}
	return nil
}
