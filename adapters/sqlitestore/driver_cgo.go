//go:build cgo

package sqlitestore

import (
	"database/sql/driver"
	"errors"

	"github.com/mattn/go-sqlite3"
)

// DriverName is the name of the SQLite driver in this build.
const DriverName = "mattn/go-sqlite3"

var sqliteDriver driver.Driver = &sqlite3.SQLiteDriver{}

// resultCode returns SQLite's primary result code for an error of the driver.
func resultCode(err error) (code int, ok bool) {
	var failure sqlite3.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	return int(failure.Code), true
}
