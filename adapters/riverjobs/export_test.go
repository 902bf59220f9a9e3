package riverjobs

import (
	"context"

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
