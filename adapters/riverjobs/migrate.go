package riverjobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river/rivermigrate"
)

// migrator is a rivermigrate.Migrator of any driver.
type migrator interface {
	AllVersions() []rivermigrate.Migration
	Validate(ctx context.Context, opts *rivermigrate.ValidateOpts) (*rivermigrate.ValidateResult, error)
	ExistingVersions(ctx context.Context) ([]rivermigrate.Migration, error)
	Migrate(ctx context.Context, direction rivermigrate.Direction, opts *rivermigrate.MigrateOpts) (*rivermigrate.MigrateResult, error)
}

// ErrOutOfDate is in the error of a queue that is opened without Config.Migrate and needs it.
var ErrOutOfDate = errors.New("the tables of River are missing or out of date: roster migrate makes them")

// upToDate returns whether River's tables are as this program needs them. The error is
// that they cannot be looked at, or are a newer program's.
func upToDate(ctx context.Context, m migrator) (bool, error) {
	result, err := m.Validate(ctx, nil)
	if err != nil || !result.OK {
		return false, err
	}
	if _, err := m.ExistingVersions(ctx); err != nil {
		return false, fmt.Errorf("the tables of River are those of a newer roster: %w", err)
	}
	return true, nil
}

// migrate brings River's tables up to date. Only one process may do so at a time.
func migrate(ctx context.Context, m migrator) error {
	ready, err := upToDate(ctx, m)
	if err != nil || ready {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
