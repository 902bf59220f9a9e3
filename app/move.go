package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Mover moves all persons from one database into another.
type Mover struct {
	source, target Config
	logger         *slog.Logger
}

// NewMover returns what moves all persons from the SQLite file that config.Database names
// into a PostgreSQL database. It opens nothing yet. The error is domain.CodeInvalid where they
// are no such databases.
func NewMover(config Config, target Database, logger *slog.Logger) (*Mover, error) {
	if config.Database.path == "" {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("DATABASE_URL is %s, and persons are moved from a SQLite file", config.Database)}
	}
	if target.postgres == "" {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("persons are moved into PostgreSQL, and not into %s", target)}
	}
	into := config
	into.Database = target
	return &Mover{source: config, target: into, logger: logger}, nil
}

// Move brings the schema of the target up to date and runs domain.Move.
func (m *Mover) Move(ctx context.Context, told func(domain.MoveProgress)) (moved domain.Moved, err error) {
	source, err := m.openSource(ctx)
	if err != nil {
		return moved, err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := m.openTarget(ctx)
	if err != nil {
		return moved, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	return domain.NewMove(source, target).Run(ctx, told)
}

// openSource opens the file. Its schema is left as it is.
func (m *Mover) openSource(ctx context.Context) (*sqlitestore.Store, error) {
	path := m.source.Database.path
	if _, err := os.Stat(path); err != nil { // else it would be made
		return nil, &domain.Error{Code: domain.CodeUnavailable, Message: "the database to move from cannot be opened", Cause: err}
	}
	if _, err := sqlitestore.ReadMigrations(ctx, path); err != nil {
		return nil, err
	}
	return m.source.openSQLite(ctx, m.logger, nil)
}

// openTarget opens the database, whose schema is brought up to date.
func (m *Mover) openTarget(ctx context.Context) (*pgstore.Store, error) {
	store, err := pgstore.Open(ctx, m.target.postgres())
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, store, m.target.Database, m.logger); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}
