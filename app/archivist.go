package app

import (
	"context"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// NewArchivist returns what checks, copies and replaces the file of the store that
// config.Database names. Where that has no file, only Check can be used. It opens nothing
// yet.
func NewArchivist(config Config) ports.Archivist {
	files := sqlitestore.NewArchivist(config.Database.path)
	if config.Database.postgres != "" {
		return checker{files}
	}
	return files
}

// checker is the archivist of a database that keeps its files to itself.
type checker struct{ ports.Archivist }

var errNoFile = &domain.Error{Code: domain.CodeInvalid, Message: "PostgreSQL is backed up by pg_dump and restored by pg_restore"}

// Backup implements ports.Archivist.
func (checker) Backup(context.Context, string) (ports.Backup, error) {
	return ports.Backup{}, errNoFile
}

// Restore implements ports.Archivist.
func (checker) Restore(context.Context, string) (ports.Restoration, error) {
	return ports.Restoration{}, errNoFile
}
