//go:build !cgo

package sqlitestore

import (
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// DriverName is the name of the SQLite driver in this build.
const DriverName = "modernc.org/sqlite"

var sqliteDriver driver.Driver = &sqlite.Driver{}

// resultCode returns SQLite's primary result code for an error of the driver.
func resultCode(err error) (code int, ok bool) {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	return failure.Code() & 0xff, true
}
