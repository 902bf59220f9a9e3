//go:build cgo

package sqlitedriver

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// Name is the name under which the driver registers itself.
const Name = "sqlite3"

// ExtendedCode returns SQLite's extended result code for an error of the driver. ok is
// false for any other error.
func ExtendedCode(err error) (code int, ok bool) {
	var failure sqlite3.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	if failure.ExtendedCode == 0 { // an error of the driver's own
		return int(failure.Code), true
	}
	return int(failure.ExtendedCode), true
}
