//go:build !cgo

package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"

	"modernc.org/sqlite"
)

// copyDatabase copies all pages that conn sees into the database with the URI. Within
// a transaction they are those of one moment.
func copyDatabase(ctx context.Context, conn *sql.Conn, uri string) error {
	return conn.Raw(func(raw any) error {
		source, ok := raw.(interface {
			NewBackup(uri string) (*sqlite.Backup, error)
		})
		if !ok {
			return fmt.Errorf("%T is not a connection of this driver", raw)
		}
		copying, err := source.NewBackup(uri)
		if err != nil {
			return err
		}
		for more := true; more; {
			if more, err = copying.Step(copyPages); err == nil {
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
