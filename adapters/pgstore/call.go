package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
)

// attempts is how often a transaction is made that others collide with.
const attempts = 5

// enter takes a place among the calls that go on or wait for a connection.
func (s *Store) enter(ctx context.Context) error {
	if s.isClosed() {
		return errClosed
	}
	if err := domain.ContextError(ctx); err != nil {
		return err
	}
	select {
	case s.places <- struct{}{}:
		return nil
	default:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "too much is waiting already"}
	}
}

func (s *Store) leave() { <-s.places }

// read lets a call read. It is made once more where a connection was lost. The error is
// a *domain.Error.
func (s *Store) read(ctx context.Context, call func(pool *pgxpool.Pool) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	err := call(s.pool)
	if err != nil && ctx.Err() == nil && isLost(err) && !s.isClosed() {
		s.pool.Reset() // the others are likely to be lost as well
		err = call(s.pool)
	}
	return s.translate(ctx, err)
}

// write lets a call write by one statement. It is made again where nothing of it can
// have been done. The error is a *domain.Error.
func (s *Store) write(ctx context.Context, call func(pool *pgxpool.Pool) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	var err error
	for range attempts {
		err = call(s.pool)
		if err == nil || ctx.Err() != nil || !isCollision(err) && !pgconn.SafeToRetry(err) {
			break
		}
		if !isCollision(err) {
			s.pool.Reset()
		}
	}
	return s.translate(ctx, err)
}

// transact lets a call write in a transaction of its own, and is like write.
func (s *Store) transact(ctx context.Context, call func(tx pgx.Tx) error) error {
	return s.write(ctx, func(pool *pgxpool.Pool) error { return pgx.BeginFunc(ctx, pool, call) })
}
