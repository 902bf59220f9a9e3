package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"maps"
)

// The tables whose ids are given once, whatever becomes of their rows and of the file.
const (
	tablePersons = "persons_person"
	tableTokens  = "roster_tokens"
)

// lastIDs are the greatest ids that were ever given in these tables, without those in which none was.
type lastIDs map[string]int64

func readLastIDs(ctx context.Context, db querier) (lastIDs, error) {
	last := lastIDs{}
	for _, table := range []string{tablePersons, tableTokens} {
		id, err := lastID(ctx, db, table)
		if err != nil {
			return nil, err
		}
		if id != 0 {
			last[table] = id
		}
	}
	return last, nil
}

// exceed tells whether ids were given that others do not know of.
func (l lastIDs) exceed(others lastIDs) bool {
	for table, id := range l {
		if id > others[table] {
			return true
		}
	}
	return false
}

func (l lastIDs) equal(others lastIDs) bool { return maps.Equal(l, others) }

// keep makes sure that these ids are not given again. SQLite changes most
// things about a column by copying the table, and a copy only knows the ids of
// the rows that are left.
func (l lastIDs) keep(ctx context.Context, conn *sql.Conn) error {
	for table, id := range l {
		now, err := lastID(ctx, conn, table)
		if err != nil {
			return err
		}
		if now >= id {
			continue
		}
		if _, err := conn.ExecContext(ctx, "DELETE FROM sqlite_sequence WHERE name = ?", table); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, id); err != nil {
			return err
		}
	}
	return nil
}

// lastID returns the greatest id that was ever given in a table, or 0.
func lastID(ctx context.Context, db querier, table string) (id int64, err error) {
	sequences, err := tableSQL(ctx, db, "sqlite_sequence")
	if err != nil || sequences == "" {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "SELECT seq FROM sqlite_sequence WHERE name = ?", table).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}
