package sqlitestore

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/domain"
)

// SQLite's primary result codes, the same in every driver:
// https://www.sqlite.org/rescode.html
const (
	codeError      = 1
	codeBusy       = 5
	codeReadOnly   = 8
	codeIOErr      = 10
	codeCorrupt    = 11
	codeFull       = 13
	codeCantOpen   = 14
	codeConstraint = 19
	codeNotADB     = 26
)

// Extended result codes: the primary one is in the lower eight bits.
const (
	codeIOErrWrite     = codeIOErr | 3<<8
	codeIOErrFsync     = codeIOErr | 4<<8
	codeIOErrDirFsync  = codeIOErr | 5<<8
	codeIOErrTruncate  = codeIOErr | 6<<8
	codeIOErrData      = codeIOErr | 32<<8
	codeIOErrCorruptFS = codeIOErr | 33<<8
)

// primary returns the primary result code of an extended one.
func primary(code int) int { return code & 0xff }

// resultCode returns SQLite's primary result code for an error of the driver, else 0.
func resultCode(err error) int {
	code, _ := sqlitedriver.ExtendedCode(err)
	return primary(code)
}

var errClosed = &domain.Error{Code: domain.CodeUnavailable, Message: "the database is closed"}

// translate returns what the error of a call means to its caller.
func translate(ctx context.Context, db *bun.DB, err error) error {
	var known *domain.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	extended, fromSQLite := sqlitedriver.ExtendedCode(err)
	code := primary(extended)
	// Both drivers answer a statement that they interrupted with the error of ctx.
	if ended := domain.ContextError(ctx); ended != nil && errors.Is(err, ctx.Err()) {
		return ended
	}
	if !fromSQLite {
		return &domain.Error{Code: domain.CodeInternal, Message: "internal error", Cause: err}
	}
	switch {
	case isLostWrite(extended):
		return &domain.Error{Code: domain.CodeUnavailable, Message: msgLostWrite, Cause: err}
	case isDamage(extended):
		return &domain.Error{Code: domain.CodeInternal, Message: "the database file is damaged", Cause: err}
	}
	if message, passing := passingFaults[code]; passing {
		return &domain.Error{Code: domain.CodeUnavailable, Message: message, Cause: err}
	}
	if code == codeConstraint {
		return &domain.Error{Code: domain.CodeConflict, Message: "a rule of the database refuses this", Cause: err}
	}
	if code == codeError && !hasTable(ctx, db) {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database has no table of persons: run roster migrate", Cause: err}
	}
	return &domain.Error{Code: domain.CodeInternal, Message: "internal error", Cause: err}
}

// passingFaults are the result codes that say nothing against the request: it may
// succeed later, when somebody has let go of the file or seen to the disk.
var passingFaults = map[int]string{
	codeBusy:     "the database is busy",
	codeReadOnly: "the database cannot be written",
	codeIOErr:    "the database cannot be reached",
	codeFull:     "the database is full",
	codeCantOpen: "the database cannot be opened",
}

// hasTable tells whether there is a table of persons, and says yes in doubt.
func hasTable(ctx context.Context, db *bun.DB) bool {
	var count int
	err := db.QueryRowContext(context.WithoutCancel(ctx), "SELECT count(*) FROM sqlite_master WHERE name = 'persons_person'").Scan(&count)
	return err != nil || count > 0
}

// cannotOpen returns the error of Open, in one line that names the file.
func cannotOpen(path string, err error) error {
	reason := err
	switch code := resultCode(err); code {
	case codeNotADB:
		reason = errors.New("it is not a SQLite database")
	case codeCorrupt:
		reason = errors.New("it is damaged")
	case codeReadOnly:
		reason = errors.New("it cannot be written")
	case codeCantOpen:
		reason = errors.New("the file or its folder may not be read and written")
	case codeBusy:
		reason = errors.New("another program keeps it locked")
	}
	code := domain.CodeUnavailable
	if ended := domain.CodeOf(err); ended == domain.CodeCanceled || ended == domain.CodeDeadline {
		code = ended
	}
	return &domain.Error{Code: code, Message: "the database cannot be opened", Cause: fmt.Errorf("%s: %w", path, reason)}
}
