//go:build cgo

package riverjobs

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// driverName is the name under which the driver registers itself.
const driverName = "sqlite3"

// resultCode returns SQLite's primary result code for an error of the driver.
func resultCode(err error) (code int, ok bool) {
	var failure sqlite3.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	return int(failure.Code), true
}
