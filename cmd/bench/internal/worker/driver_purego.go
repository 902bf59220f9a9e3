//go:build !cgo

package worker

import _ "modernc.org/sqlite" // sqlitestore's driver without cgo

const (
	driverModule = "modernc.org/sqlite"
	driverName   = "sqlite"
)
