//go:build cgo

package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// copyDatabase copies all pages that conn sees into the database with the URI. Within
// a transaction they are those of one moment.
func copyDatabase(ctx context.Context, conn *sql.Conn, uri string) error {
	return conn.Raw(func(raw any) (err error) {
		source, ok := raw.(*sqlite3.SQLiteConn)
		if !ok {
			return fmt.Errorf("%T is not a connection of this driver", raw)
		}
		opened, err := new(sqlite3.SQLiteDriver).Open(uri)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, opened.Close()) }()
		target, ok := opened.(*sqlite3.SQLiteConn)
		if !ok {
			return fmt.Errorf("%T is not a connection of this driver", opened)
		}
		copying, err := target.Backup("main", source, "main")
		if err != nil {
			return err
		}
		for done := false; !done; {
			if done, err = copying.Step(copyPages); err == nil {
				err = ctx.Err()
			}
			if err != nil {
				_ = copying.Finish() // it says the same
				return err
			}
		}
		return copying.Finish()
	})
}
