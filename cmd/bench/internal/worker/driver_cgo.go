//go:build cgo

package worker

import _ "github.com/mattn/go-sqlite3" // sqlitestore's driver with cgo

const (
	driverModule = "github.com/mattn/go-sqlite3"
	driverName   = "sqlite3"
)
