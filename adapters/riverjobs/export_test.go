package riverjobs

import (
	"context"
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
