// Package sqlitedriver is the driver of SQLite: mattn/go-sqlite3 where cgo is on, and
// modernc.org/sqlite where it is off.
package sqlitedriver

// Some of SQLite's primary result codes: https://www.sqlite.org/rescode.html
const (
	Busy    = 5
	Corrupt = 11
	NotADB  = 26
)

// Code returns SQLite's primary result code for an error of the driver. ok is false for any
// other error.
func Code(err error) (code int, ok bool) {
	code, ok = ExtendedCode(err)
	return code & 0xff, ok
}
