//go:build cgo

package sqlitestore

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// driverName is the name under which the driver registers itself.
const driverName = "sqlite3"

// extendedCode returns SQLite's extended result code for an error of the driver.
func extendedCode(err error) (code int, ok bool) {
	var failure sqlite3.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	if failure.ExtendedCode == 0 { // an error of the driver's own
		return int(failure.Code), true
	}
	return int(failure.ExtendedCode), true
}
