package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/ports"
)

// readers is how many connections read a SQLite file. More gain nothing.
const readers = 4

// Store keeps persons, the jobs that save them, what was done to them, who may sign in, and API tokens.
type Store interface {
	ports.PersonStore
	ports.JobStore
	ports.HistoryStore
	ports.AccountStore
	ports.TokenStore
}

var (
	_ Store = (*memstore.Store)(nil)
	_ Store = (*sqlitestore.Store)(nil)
	_ Store = (*pgstore.Store)(nil)
)

// OpenStore opens the store that config.Database names, and a file that does not
// exist yet. The store is a ports.Migrator where it has a schema, which may be out
// of date. It tells logger, which may be nil, when it stops writing.
func OpenStore(ctx context.Context, config Config, logger *slog.Logger) (Store, error) {
	return openStore(ctx, config, logger, nil)
}

// openStore is OpenStore with somebody who is told of queries, or nil.
func openStore(ctx context.Context, config Config, logger *slog.Logger, observe ports.QueryObserver) (Store, error) {
	switch {
	case config.Database.postgres != "":
		settings := config.postgres()
		settings.Observe = observe
		return pgstore.Open(ctx, settings)
	case !config.Database.sqlite:
		return memstore.New(), nil
	}
	return config.openSQLite(ctx, logger, observe)
}

func (c Config) openSQLite(ctx context.Context, logger *slog.Logger, observe ports.QueryObserver) (*sqlitestore.Store, error) {
	return sqlitestore.Open(ctx, sqlitestore.Config{
		Path:        c.Database.path,
		Readers:     readers,
		Queue:       c.SQLiteQueue,
		Synchronous: c.SQLiteSynchronous,
		Logger:      logger,
		Observe:     observe,
	})
}

// Migrations returns the migrations of the store that config.Database names, and what
// of them is applied. It changes nothing: a file that does not exist is not made.
func Migrations(ctx context.Context, config Config) ([]ports.Migration, error) {
	switch {
	case config.Database.postgres != "":
		return pgstore.ReadMigrations(ctx, config.postgres())
	case !config.Database.sqlite:
		return nil, fmt.Errorf("%s has no schema", config.Database)
	}
	return sqlitestore.ReadMigrations(ctx, config.Database.path)
}

func (c Config) postgres() pgstore.Config {
	return pgstore.Config{URL: c.Database.postgres, Connections: c.PostgresConnections}
}

// parseSynchronous reads a word of SQLite's. It has more, which either lose files
// in a power cut or wait for more than a commit needs.
func parseSynchronous(text string) (sqlitestore.Synchronous, error) {
	for _, known := range []sqlitestore.Synchronous{sqlitestore.SynchronousFull, sqlitestore.SynchronousNormal} {
		if strings.EqualFold(text, known.String()) {
			return known, nil
		}
	}
	return 0, fmt.Errorf("%q is not a way to wait for the disk", text)
}

// PendingError tells that the schema of a store is out of date.
type PendingError struct {
	// Names are those of the migrations that have not been applied.
	Names []string
}

// Error returns what to do about it, in one line.
func (e *PendingError) Error() string {
	return "AUTO_MIGRATE is off and migrations have not been applied (" + strings.Join(e.Names, ", ") + "): run roster migrate"
}

// prepareSchema brings the schema of a store up to date, or makes sure that it is.
func (a *App) prepareSchema(ctx context.Context, store ports.PersonStore) error {
	migrator, ok := store.(ports.Migrator)
	if !ok {
		return nil
	}
	if !a.config.AutoMigrate {
		return refusePending(ctx, migrator)
	}
	return migrate(ctx, migrator, a.config.Database, a.logger)
}

// migrate brings the schema of a database up to date.
func migrate(ctx context.Context, migrator ports.Migrator, database Database, logger *slog.Logger) error {
	applied, err := migrator.Migrate(ctx)
	for _, migration := range applied {
		logger.LogAttrs(ctx, slog.LevelInfo, "migrated", slog.Int64("version", migration.Version), slog.String("name", migration.Name))
	}
	if err != nil {
		return fmt.Errorf("cannot bring the schema of %s up to date: %w", database, err)
	}
	return nil
}

func refusePending(ctx context.Context, migrator ports.Migrator) error {
	migrations, err := migrator.Migrations(ctx)
	if err != nil {
		return err
	}
	var pending PendingError
	for _, migration := range migrations {
		if migration.AppliedAt.IsZero() {
			pending.Names = append(pending.Names, migration.Name)
		}
	}
	if len(pending.Names) > 0 {
		return &pending
	}
	return nil
}
