package riverjobs

import "context"

// DriverName is the name of the driver of SQLite.
const DriverName = driverName

// Pragma returns a setting of the connection to the file.
func (q *Queue) Pragma(ctx context.Context, name string) (value string, err error) {
	err = q.tables.(*sqliteTables).db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}
