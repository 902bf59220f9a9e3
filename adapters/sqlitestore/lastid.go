package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
)

// lastID returns the greatest id that was ever given to a person, or 0.
func lastID(ctx context.Context, db querier) (id int64, err error) {
	table, err := tableSQL(ctx, db, "sqlite_sequence")
	if err != nil || table == "" {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "SELECT seq FROM sqlite_sequence WHERE name = 'persons_person'").Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// keepLastID makes sure that ids up to id are not given again. SQLite changes most
// things about a column by copying the table, and a copy only knows the ids of
// the persons who are left.
func keepLastID(ctx context.Context, conn *sql.Conn, id int64) error {
	now, err := lastID(ctx, conn)
	if err != nil || now >= id {
		return err
	}
	if _, err := conn.ExecContext(ctx, "DELETE FROM sqlite_sequence WHERE name = 'persons_person'"); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES ('persons_person', ?)", id)
	return err
}
