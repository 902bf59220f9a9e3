package pgstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/seed-bbcc19ba/roster/adapters/internal/migrations"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrationFiles returns the folder of the embedded migrations.
func migrationFiles() fs.FS {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return files
}

// Migrations implements ports.Migrator. A database that a newer program migrated is
// refused with domain.CodeConflict.
func (s *Store) Migrations(ctx context.Context) (all []ports.Migration, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		all, err = listMigrations(ctx, pool)
		return err
	})
	return all, err
}

// ReadMigrations is Store.Migrations of a database that is opened for it.
func ReadMigrations(ctx context.Context, config Config) ([]ports.Migration, error) {
	store, err := Open(ctx, config)
	if err != nil {
		return nil, err
	}
	all, err := store.Migrations(ctx)
	return all, errors.Join(err, store.Close())
}

// Migrate applies the pending migrations and returns those it applied. Each is applied
// as a whole or not at all, also when the program is killed. Processes that migrate at
// the same time wait for one another, and each migration is applied once. A table of
// persons that is there already is taken over with its rows and used ids. Refused with
// domain.CodeConflict, and left alone, are a table of another shape and a database that
// a newer program migrated.
func (s *Store) Migrate(ctx context.Context) (applied []ports.Migration, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		applied, err = migrate(ctx, pool)
		return err
	})
	return applied, err
}

func migrate(ctx context.Context, pool *pgxpool.Pool) (applied []ports.Migration, err error) {
	all, err := listMigrations(ctx, pool)
	if err != nil {
		return nil, err
	}
	if err := checkAdoptable(ctx, pool); err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := newProvider(db)
	if err != nil {
		return nil, err
	}
	results, err := provider.Up(ctx)
	for _, result := range results {
		for _, migration := range all {
			if migration.Version == result.Source.Version && result.Error == nil {
				migration.AppliedAt = time.Now().UTC().Truncate(time.Second)
				applied = append(applied, migration)
			}
		}
	}
	if err != nil {
		return applied, fmt.Errorf("migrating: %w", err)
	}
	return applied, nil
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // every second, for five minutes
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, migrationFiles(),
		goose.WithTableName(migrations.Table),
		goose.WithDisableGlobalRegistry(true),
		goose.WithSessionLocker(locker),
	)
}

// listMigrations returns all migrations, with what the database says of them. It reads
// goose's table itself, because goose would create it.
func listMigrations(ctx context.Context, pool *pgxpool.Pool) ([]ports.Migration, error) {
	appliedAt := map[int64]time.Time{}
	var isThere bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", migrations.Table).Scan(&isThere); err != nil {
		return nil, err
	}
	if isThere {
		rows, err := pool.Query(ctx, "SELECT version_id, tstamp FROM "+migrations.Table+" WHERE is_applied") // in UTC, as the connection is
		if err != nil {
			return nil, err
		}
		var (
			version int64
			at      time.Time
		)
		_, err = pgx.ForEachRow(rows, []any{&version, &at}, func() error {
			appliedAt[version] = at.UTC().Truncate(time.Second)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return migrations.Known(migrationFiles(), appliedAt)
}

// adoptable is a table that Django may have made, and what of it this store reads and writes.
type adoptable struct {
	table   string
	columns []string
	unique  string // the column of which no two rows have the same, or ""
}

var adoptables = []adoptable{
	{"persons_person", []string{"id", "name", "age"}, ""},
	{"auth_user", []string{
		"id", "password", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined",
	}, "username"},
}

// checkAdoptable returns nil when there are no tables of persons and of users, or such as this
// store can read and write as they are.
func checkAdoptable(ctx context.Context, pool *pgxpool.Pool) error {
	for _, one := range adoptables {
		if err := one.check(ctx, pool); err != nil {
			return err
		}
	}
	return nil
}

func (a adoptable) check(ctx context.Context, pool *pgxpool.Pool) error {
	rows, err := pool.Query(ctx, `SELECT column_name, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`, a.table)
	if err != nil {
		return err
	}
	missing := map[string]bool{}
	for _, column := range a.columns {
		missing[column] = true
	}
	columns := 0
	var (
		column     string
		isRequired bool
	)
	_, err = pgx.ForEachRow(rows, []any{&column, &isRequired}, func() error {
		columns++
		switch {
		case column == "id" && isRequired:
			return a.refused("the database does not give the ids")
		case isRequired && !missing[column]:
			return a.refused(fmt.Sprintf("it wants a column %q filled that roster does not know", column))
		}
		delete(missing, column)
		return nil
	})
	if err != nil || columns == 0 {
		return err
	}
	for _, column := range a.columns {
		if missing[column] {
			return a.refused(fmt.Sprintf("it has no column %q", column))
		}
	}
	return a.checkUnique(ctx, pool)
}

func (a adoptable) checkUnique(ctx context.Context, pool *pgxpool.Pool) error {
	if a.unique == "" {
		return nil
	}
	var isUnique bool
	err := pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
		WHERE indrelid = to_regclass($1) AND indisunique AND indimmediate AND indisvalid AND indnkeyatts = 1 AND indpred IS NULL AND attname = $2)`,
		a.table, a.unique).Scan(&isUnique)
	if err == nil && !isUnique {
		err = a.refused(fmt.Sprintf("two rows may have the same %s: no UNIQUE", a.unique))
	}
	return err
}

func (a adoptable) refused(reason string) error {
	return &domain.Error{
		Code:    domain.CodeConflict,
		Message: "there is a table " + a.table + " of another shape, which was left as it is",
		Cause:   errors.New(reason),
	}
}
