package riverjobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
)

// DriverName is the name of the driver of SQLite.
const DriverName = sqlitedriver.Name

// Pragma returns a setting of the connection to the file.
func (q *Queue) Pragma(ctx context.Context, name string) (value string, err error) {
	err = q.tables.(*sqliteTables).db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}

// RootPage returns the number of the first page of an index.
func (q *Queue) RootPage(ctx context.Context, index string) (page int64, err error) {
	err = q.tables.(*sqliteTables).db.QueryRowContext(ctx, "SELECT rootpage FROM sqlite_schema WHERE name = ?", index).Scan(&page)
	return page, err
}

// StopWithin makes the time another that Serve waits at most for what is in hand.
func (q *Queue) StopWithin(limit time.Duration) { q.stopLimit = limit }

// CountDone returns how many tasks the file says are done.
func (q *Queue) CountDone(ctx context.Context) (done int, err error) {
	err = q.tables.(*sqliteTables).db.QueryRowContext(ctx, "SELECT count(*) FROM river_job WHERE state = 'completed'").Scan(&done)
	return done, err
}

// IdleLimit returns how long a transaction in PostgreSQL may wait for its client.
func (q *Queue) IdleLimit(ctx context.Context) (limit string, err error) {
	err = q.tables.(*postgresTables).pool.QueryRow(ctx, "SHOW idle_in_transaction_session_timeout").Scan(&limit)
	return limit, err
}

// Warnings returns what River's lines go through, and what says those that wait.
func Warnings(logger *slog.Logger) (quiet *slog.Logger, flush func()) { return warnings(logger) }

// Logger returns what River logs to.
func (q *Queue) Logger() *slog.Logger { return q.logger }

// Alone calls do while nobody else migrates.
func (q *Queue) Alone(ctx context.Context, do func() error) error {
	return q.tables.(*postgresTables).alone(ctx, do)
}
