package sqlitestore

import (
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Archivist checks, copies and replaces database files. It is safe for concurrent use.
type Archivist struct {
	path string
}

var _ ports.Archivist = (*Archivist)(nil)

// NewArchivist returns one for the database with the path. For "", a database in
// memory, there is nothing to copy or replace: only Check can be used.
func NewArchivist(path string) *Archivist { return &Archivist{path: path} }

// refuseMemory returns an error where the database is no file.
func (a *Archivist) refuseMemory() error {
	if (Config{Path: a.path}).inMemory() {
		return &domain.Error{Code: domain.CodeConflict, Message: "a database in memory is no file"}
	}
	return nil
}
