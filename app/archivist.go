package app

import (
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/ports"
)

// NewArchivist returns what checks, copies and replaces the file of the store that
// config.Database names. Where that is memory, only Check can be used. It opens nothing
// yet.
func NewArchivist(config Config) ports.Archivist {
	return sqlitestore.NewArchivist(config.Database.path)
}
