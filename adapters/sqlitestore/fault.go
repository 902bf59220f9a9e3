package sqlitestore

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/domain"
)

// fault is why a store writes nothing any more, once it has met a reason that only a
// restart, or somebody who sees to the file, can take away. Reads go on: they see
// what was committed before, or fail by themselves where the file is damaged.
//
//   - A write or a sync of the file failed. The system may have dropped what was to be
//     written and yet tell the next sync that all is well, so no later answer could be
//     trusted. A disk that is merely full is no such reason: SQLite sees that before
//     anything is lost, and the next write may find room.
//   - The file is damaged. A write could spread the damage.
//
// A checkpoint that fails is not met here: SQLite keeps it to itself, loses nothing
// by it, because the WAL is kept, and copies the same pages again the next time.
type fault struct {
	logger *slog.Logger
	reason atomic.Pointer[domain.Error]
}

func newFault(logger *slog.Logger) *fault {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &fault{logger: logger}
}

// The messages of a fault.
const (
	msgLostWrite = "a write to the disk failed, so nothing is saved until restart"
	msgDamaged   = "the database file is damaged, so nothing is saved until it is restored"
)

// err returns domain.CodeUnavailable once nothing may be written any more.
func (f *fault) err() error {
	if reason := f.reason.Load(); reason != nil {
		return reason
	}
	return nil
}

// meet looks at the error of a call, and stops all writes where it is a reason to.
// The first one is logged.
func (f *fault) meet(err error) {
	code, fromSQLite := sqlitedriver.ExtendedCode(err)
	if !fromSQLite {
		return
	}
	reason := &domain.Error{Code: domain.CodeUnavailable, Cause: err}
	switch {
	case isLostWrite(code):
		reason.Message = msgLostWrite
	case isDamage(code):
		reason.Message = msgDamaged
	default:
		return
	}
	if f.reason.CompareAndSwap(nil, reason) {
		f.logger.LogAttrs(context.Background(), slog.LevelError, "the database is read-only from now on",
			slog.String("reason", reason.Message), slog.Any("error", err))
	}
}

// isLostWrite tells whether an extended result code says that something may not have
// come to the disk.
func isLostWrite(code int) bool {
	switch code {
	case codeIOErrWrite, codeIOErrFsync, codeIOErrDirFsync, codeIOErrTruncate:
		return true
	default:
		return false
	}
}

// isDamage tells whether a result code says that the file is not what SQLite wrote.
func isDamage(code int) bool {
	return primary(code) == codeCorrupt || primary(code) == codeNotADB || code == codeIOErrData || code == codeIOErrCorruptFS
}
