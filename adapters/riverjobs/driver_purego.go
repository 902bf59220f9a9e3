//go:build !cgo

package riverjobs

import (
	"errors"

	"modernc.org/sqlite"
)

// driverName is the name under which the driver registers itself.
const driverName = "sqlite"

// resultCode returns SQLite's primary result code for an error of the driver.
func resultCode(err error) (code int, ok bool) {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	return failure.Code() & 0xff, true
}
