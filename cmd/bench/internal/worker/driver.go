package worker

import (
	"context"
	"database/sql"
	"errors"
	"runtime/debug"
)

// aboutDriver says which driver this program was built with.
func aboutDriver(ctx context.Context) (About, error) {
	about := About{Driver: driverModule}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, module := range build.Deps {
			if module.Path == driverModule {
				about.Driver += " " + module.Version
			}
		}
	}
	db, err := sql.Open(driverName, ":memory:")
	if err != nil {
		return About{}, err
	}
	err = db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&about.SQLite)
	return about, errors.Join(err, db.Close())
}
