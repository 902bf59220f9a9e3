// Package sqlitedriver is the driver of SQLite: mattn/go-sqlite3 where cgo is on, and
// modernc.org/sqlite where it is off.
package sqlitedriver

import "fmt"

// Some of SQLite's primary result codes: https://www.sqlite.org/rescode.html
const (
	Busy     = 5
	ReadOnly = 8
	Corrupt  = 11
	CantOpen = 14
	NotADB   = 26
)

// Code returns SQLite's primary result code for an error of the driver. ok is false for any
// other error.
func Code(err error) (code int, ok bool) {
	code, ok = ExtendedCode(err)
	return code & 0xff, ok
}

// ExplainAccess says what is to be done about a file that cannot be written or opened; any
// other error it returns as it is.
func ExplainAccess(err error) error {
	if code, ok := Code(err); ok && (code == ReadOnly || code == CantOpen) {
		return fmt.Errorf("%w; who runs roster must be able to write this file, those beside it that begin with its name, and their folder", err)
	}
	return err
}
