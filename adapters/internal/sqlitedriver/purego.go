//go:build !cgo

package sqlitedriver

import (
	"errors"

	"modernc.org/sqlite"
)

// Name is the name under which the driver registers itself.
const Name = "sqlite"

// ExtendedCode returns SQLite's extended result code for an error of the driver. ok is
// false for any other error.
func ExtendedCode(err error) (code int, ok bool) {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	return failure.Code(), true
}
