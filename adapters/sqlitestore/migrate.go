package sqlitestore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/adapters/internal/migrations"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations implements ports.Migrator. A database that a newer program migrated is
// refused with domain.CodeConflict.
func (s *Store) Migrations(ctx context.Context) ([]ports.Migration, error) {
	return s.migrationsOf(ctx, migrationFiles())
}

// Migrate applies the pending migrations and returns those it applied. Each is
// applied as a whole or not at all, also when the program is killed. Processes
// that migrate at the same time wait for one another, and each migration is
// applied once. A table of persons that is there already is taken over with its
// rows and used ids. Refused with domain.CodeConflict, and left alone, are a table of
// another shape and a database that a newer program migrated.
func (s *Store) Migrate(ctx context.Context) ([]ports.Migration, error) {
	return s.migrateFrom(ctx, migrationFiles())
}

// ReadMigrations is Store.Migrations of a file that is not opened for writing, and
// changes nothing: a file that is not there has them all pending, and is not made. The
// path "" is no file.
func ReadMigrations(ctx context.Context, path string) (all []ports.Migration, err error) {
	if path == "" {
		return migrations.Known(migrationFiles(), nil)
	}
	if err := checkPath(path); err != nil {
		return nil, cannotOpen(path, err)
	}
	if _, missing := os.Stat(path); errors.Is(missing, os.ErrNotExist) {
		return migrations.Known(migrationFiles(), nil)
	}
	err = readFile(ctx, path, func(ctx context.Context, db *sql.DB) error {
		all, err = listMigrations(ctx, db, migrationFiles())
		return err
	})
	if code := resultCode(err); code != 0 {
		return nil, cannotOpen(path, err)
	}
	return all, err
}

// migrationFiles returns the folder of the embedded migrations.
func migrationFiles() fs.FS {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return files
}

func (s *Store) migrationsOf(ctx context.Context, files fs.FS) (all []ports.Migration, err error) {
	err = s.writeLane.run(ctx, func(db *bun.DB) error {
		all, err = listMigrations(ctx, db.DB, files)
		return err
	})
	return all, err
}

func (s *Store) migrateFrom(ctx context.Context, files fs.FS) (applied []ports.Migration, err error) {
	err = s.writeLane.run(ctx, func(db *bun.DB) error {
		defer s.census.forget()
		if err := s.fault.err(); err != nil {
			return err
		}
		all, err := listMigrations(ctx, db.DB, files)
		if err != nil {
			return err
		}
		for _, migration := range all {
			if !migration.AppliedAt.IsZero() {
				continue
			}
			switch err := apply(ctx, db.DB, files, migration.Version); {
			case errors.Is(err, goose.ErrAlreadyApplied):
				// Another process was faster, and may be a newer program.
				if _, err := listMigrations(ctx, db.DB, files); err != nil {
					return err
				}
			case err != nil:
				return fmt.Errorf("migration %d, %s: %w", migration.Version, migration.Name, err)
			default:
				migration.AppliedAt = time.Now().UTC().Truncate(time.Second)
				applied = append(applied, migration)
			}
		}
		return nil
	})
	return applied, err
}

// apply applies one migration, or returns goose.ErrAlreadyApplied.
func apply(ctx context.Context, db *sql.DB, files fs.FS, version int64) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files,
		goose.WithTableName(migrations.Table),
		goose.WithDisableGlobalRegistry(true),
		goose.WithSessionLocker(&migrationTx{version: version}),
		goose.WithIsolateDDL(true), // no transactions of goose's own inside
	)
	if err != nil {
		return err
	}
	_, err = provider.ApplyVersion(ctx, version, true)
	var known *domain.Error
	if errors.As(err, &known) {
		return known // without goose's words around it
	}
	return err
}

// listMigrations returns the migrations of files, with what the database says of them.
// It is an error when the database has others too.
func listMigrations(ctx context.Context, db querier, files fs.FS) ([]ports.Migration, error) {
	appliedAt, err := applicationTimes(ctx, db)
	if err != nil {
		return nil, err
	}
	return migrations.Known(files, appliedAt)
}

// applicationTimes returns when each applied migration was applied. It reads
// goose's table itself, because goose would create it.
func applicationTimes(ctx context.Context, db querier) (times map[int64]time.Time, err error) {
	times = map[int64]time.Time{}
	found, err := tableSQL(ctx, db, migrations.Table)
	if err != nil || found == "" {
		return times, err
	}
	rows, err := db.QueryContext(ctx, "SELECT version_id, CAST(strftime('%s', tstamp) AS integer) FROM "+migrations.Table)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var version, seconds int64
		if err := rows.Scan(&version, &seconds); err != nil {
			return nil, err
		}
		times[version] = time.Unix(seconds, 0).UTC()
	}
	return times, rows.Err()
}
