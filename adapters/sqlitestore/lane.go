package sqlitestore

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// lane is a pool of connections with a queue before it. Callers are served in
// the order in which they came, which database/sql does not promise, and wait no
// longer than their ctx.
type lane struct {
	db     *bun.DB
	places chan struct{} // one for each connection
	closed <-chan struct{}
	file   *identity // checked before each use where it is not nil
	fault  *fault    // of the store
}

func newLane(uri string, connections int, closed <-chan struct{}, fault *fault, observe ports.QueryObserver) (*lane, error) {
	pool, err := sqlitedriver.Open(uri, observe)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return &lane{
		db:     bun.NewDB(pool, sqlitedialect.New()),
		places: make(chan struct{}, connections),
		closed: closed,
		fault:  fault,
	}, nil
}

// close waits for the calls under way and closes the connections.
func (l *lane) close() error {
	for range cap(l.places) {
		l.places <- struct{}{}
	}
	return l.db.Close()
}

// run lets work use the database. The error is a *domain.Error.
func (l *lane) run(ctx context.Context, work func(db *bun.DB) error) error {
	if err := l.enter(ctx); err != nil {
		return err
	}
	defer l.leave()
	if err := l.file.check(); err != nil {
		return err
	}
	err := work(l.db)
	l.fault.meet(err)
	return translate(ctx, l.db, err)
}

// writable returns why nothing may be written now.
func (l *lane) writable() error {
	if err := l.fault.err(); err != nil {
		return err
	}
	return l.file.check()
}

// enter waits for a place.
func (l *lane) enter(ctx context.Context) error {
	if err := l.usable(ctx); err != nil {
		return err
	}
	select {
	case l.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return domain.ContextError(ctx)
	case <-l.closed:
		return errClosed
	}
}

// tryEnter takes a place if one is free.
func (l *lane) tryEnter() bool {
	select {
	case l.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (l *lane) leave() { <-l.places }

// usable returns why the lane cannot be used now.
func (l *lane) usable(ctx context.Context) error {
	select {
	case <-l.closed:
		return errClosed
	default:
		return domain.ContextError(ctx)
	}
}
