package pgstore

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-bbcc19ba/roster/domain"
)

// PostgreSQL's codes of errors: https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	codeReadOnly       = "25006"
	codeIdle           = "25P03"
	codeSerialization  = "40001"
	codeDeadlock       = "40P01"
	codeUndefinedTable = "42P01"
	codeUnique         = "23505"
	codeDiskFull       = "53100"
)

// classes are the first two characters of the codes that say nothing against the
// request: it may succeed later.
var classes = map[string]string{
	"08": "the database cannot be reached",
	"40": "the database is busy",
	"53": "the database is at its limits",
	"55": "the database is busy",
	"57": "the database is stopping, or stopped this",
	"58": "the database's system fails",
}

// errRule is for a trigger of the table's own that leaves rows out in silence, or adds some.
var errRule = &domain.Error{Code: domain.CodeConflict, Message: "a rule of the database refuses this"}

var errClosed = &domain.Error{Code: domain.CodeUnavailable, Message: "the database is closed"}

// translate returns what the error of a call means to its caller.
func (s *Store) translate(ctx context.Context, err error) error {
	var known *domain.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if ended := domain.ContextError(ctx); ended != nil {
		return ended
	}
	if s.isClosed() {
		return errClosed
	}
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused):
		return meaningOf(refused, err)
	case isLost(err):
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database cannot be reached", Cause: err}
	default:
		return &domain.Error{Code: domain.CodeInternal, Message: "internal error", Cause: err}
	}
}

// meaningOf returns what it means to a caller that the server refused something.
func meaningOf(refused *pgconn.PgError, err error) error {
	switch refused.Code {
	case codeReadOnly:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database cannot be written", Cause: err}
	case codeIdle:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "this took too long between two statements", Cause: err}
	case codeDiskFull:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database is full", Cause: err}
	case codeUndefinedTable:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database lacks a table: run roster migrate", Cause: err}
	}
	if message, passing := classes[refused.Code[:2]]; passing {
		return &domain.Error{Code: domain.CodeUnavailable, Message: message, Cause: err}
	}
	if refused.Code[:2] == "23" {
		return &domain.Error{Code: domain.CodeConflict, Message: "a rule of the database refuses this", Cause: err}
	}
	return &domain.Error{Code: domain.CodeInternal, Message: "internal error", Cause: err}
}

// isLost tells whether a connection was lost, or none can be had, or the server stops.
func isLost(err error) bool {
	var (
		refused *pgconn.PgError
		network *net.OpError
		connect *pgconn.ConnectError
	)
	if errors.As(err, &refused) {
		return refused.Code[:2] == "08" || refused.Code[:3] == "57P"
	}
	return errors.As(err, &network) || errors.As(err, &connect) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// isCollision tells whether a transaction met another one and was undone by the
// database, so that it can be made again.
func isCollision(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == codeSerialization || refused.Code == codeDeadlock)
}

// isTaken tells whether a row has a key that another one has.
func isTaken(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == codeUnique
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}
