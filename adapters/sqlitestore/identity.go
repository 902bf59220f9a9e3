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
	file     os.FileInfo
	wal      os.FileInfo // nil where there is none
	leastLen int64
}

// identityOf returns the identity of a database that is open and in WAL mode.
func identityOf(path string) (*identity, error) {
	file, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	wal, err := os.Stat(path + "-wal")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	// A database in WAL mode has its first page, which says so, at least.
	return &identity{path: path, file: file, wal: wal, leastLen: min(file.Size(), 512)}, nil
}

// check returns domain.CodeUnavailable when the file or its WAL is another one or
// gone, or the file was emptied. The nil identity, of a database without a file, is
// always the same.
func (i *identity) check() error {
	if i == nil {
		return nil
	}
	file, err := os.Stat(i.path)
	if err != nil {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database file was removed or replaced", Cause: err}
	}
	if err := i.is(file); err != nil {
		return err
	}
	if file.Size() < i.leastLen {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database file was emptied"}
	}
	if i.wal == nil {
		return nil
	}
	if wal, err := os.Stat(i.path + "-wal"); err != nil || !os.SameFile(i.wal, wal) {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database's WAL was removed or replaced", Cause: err}
	}
	return nil
}

// is returns domain.CodeUnavailable unless the database file is that one.
func (i *identity) is(file os.FileInfo) error {
	if !os.SameFile(i.file, file) {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database file was removed or replaced"}
	}
	return nil
}
