package sqlitestore

import (
	"os"

	"github.com/seed-bbcc19ba/roster/domain"
)

// identity tells whether the database file is still the one that was opened.
// SQLite goes on writing into a file that was removed or replaced, and every write
// would be answered and lost. A check costs a microsecond.
type identity struct {
	path   string
	opened os.FileInfo
}

func identityOf(path string) (*identity, error) {
	info, err := os.Stat(path)
	return &identity{path: path, opened: info}, err
}

// check returns domain.CodeUnavailable when the path names another file or none.
// The nil identity, of a database without a file, is always the same.
func (i *identity) check() error {
	if i == nil {
		return nil
	}
	now, err := os.Stat(i.path)
	if err != nil || !os.SameFile(i.opened, now) {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database file was removed or replaced", Cause: err}
	}
	return nil
}
