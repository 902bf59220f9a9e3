//go:build !cgo

package sqlitestore

import (
	"errors"

	"modernc.org/sqlite"
)

// driverName is the name under which the driver registers itself.
const driverName = "sqlite"

// extendedCode returns SQLite's extended result code for an error of the driver.
func extendedCode(err error) (code int, ok bool) {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	return failure.Code(), true
}
