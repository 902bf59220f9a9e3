package ports

import (
	"context"
	"time"
)

// Migration is one step of a store's schema, a SQL file.
type Migration struct {
	// Version is the step's number, from 1.
	Version int64
	// Name is the file's name, without number and ending.
	Name string
	// SQL is the file's text.
	SQL string
	// AppliedAt is when it was applied, to the second; zero while it is pending.
	AppliedAt time.Time
}

// Migrator is what a store with a schema is besides a PersonStore. What a schema
// is differs from engine to engine, so there is no suite: each adapter's own tests
// hold it up.
type Migrator interface {
	// Migrate applies the pending migrations in their order and returns those it
	// applied. Each is applied as a whole or not at all, and once, whoever else
	// migrates at the same time.
	Migrate(ctx context.Context) ([]Migration, error)
	// Migrations returns all migrations in their order. It changes nothing.
	Migrations(ctx context.Context) ([]Migration, error)
}
