// Package migrations knows the migrations that a store has embedded, as goose names
// and numbers them, and what a database that a newer program migrated means.
package migrations

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Table is where goose keeps which migrations have been applied.
const Table = "roster_migrations"

// Known returns the migrations of files in their order. appliedAt says when those were
// applied that a database has, by their version. The error is domain.CodeConflict when
// the database has others too: this program does not know what its tables mean now.
func Known(files fs.FS, appliedAt map[int64]time.Time) ([]ports.Migration, error) {
	paths, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	var migrations []ports.Migration
	for _, path := range paths { // sorted, and the numbers have leading zeros
		version, err := goose.NumericComponent(path)
		if err != nil {
			return nil, err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		_, name, _ := strings.Cut(strings.TrimSuffix(path, ".sql"), "_")
		migrations = append(migrations, ports.Migration{Version: version, Name: name, SQL: string(text), AppliedAt: appliedAt[version]})
	}
	return migrations, refuseNewer(migrations, appliedAt)
}

func refuseNewer(known []ports.Migration, appliedAt map[int64]time.Time) error {
	var newer []int64
	for version := range appliedAt {
		if version > 0 && !slices.ContainsFunc(known, func(m ports.Migration) bool { return m.Version == version }) {
			newer = append(newer, version)
		}
	}
	if len(newer) == 0 {
		return nil
	}
	slices.Sort(newer)
	return &domain.Error{
		Code:    domain.CodeConflict,
		Message: "the database was migrated by a newer version of this program, and was left as it is",
		Cause:   fmt.Errorf("unknown migrations %v", newer),
	}
}
