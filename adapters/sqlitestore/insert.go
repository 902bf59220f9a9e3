package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// insertRows is how many rows go into one statement at most. Fewer cost more
// calls, more cost more than they save: see BenchmarkCreateBatch.
const insertRows = 500

// inserts saves drafts with prepared statements of a few sizes: insertRows, and
// the powers of two below it, so that any number of drafts is a sum of few. Not
// for concurrent use.
type inserts struct {
	bySize map[int]*prepared
}

// prepare makes ready what saving n drafts takes.
func (i *inserts) prepare(ctx context.Context, db *bun.DB, n int) error {
	if i.bySize == nil {
		i.bySize = map[int]*prepared{}
	}
	for n > 0 {
		size := sizeFor(n)
		if i.bySize[size] == nil {
			i.bySize[size] = &prepared{query: insertSQL(size)}
		}
		if err := i.bySize[size].prepare(ctx, db); err != nil {
			return err
		}
		n -= size
	}
	return nil
}

// sizeFor returns the size of the first statement for n drafts, n > 0.
func sizeFor(n int) int {
	if n >= insertRows {
		return insertRows
	}
	size := 1
	for size*2 <= n {
		size *= 2
	}
	return size
}

// insertSQL saves a number of rows. Asking for their ids with RETURNING would
// double the time.
func insertSQL(rows int) string {
	return "INSERT INTO persons_person (name, age) VALUES (?, ?)" + strings.Repeat(", (?, ?)", rows-1)
}

// run saves the drafts and returns the id of the first; the others follow one by
// one: AUTOINCREMENT counts on by one, and nobody else writes during the
// transaction. After each statement it asks proceed, where there is one.
func (i *inserts) run(ctx context.Context, db bun.IDB, drafts []domain.Draft, proceed func() error) (firstID int64, err error) {
	args := make([]any, 0, 2*min(len(drafts), insertRows))
	for saved := 0; saved < len(drafts); {
		size := sizeFor(len(drafts) - saved)
		args = args[:0]
		for _, draft := range drafts[saved : saved+size] {
			args = append(args, draft.Name(), int64(draft.Age()))
		}
		lastID, err := insertAll(ctx, db, i.bySize[size].statement, args, size)
		if err != nil {
			return 0, err
		}
		if saved == 0 {
			firstID = lastID - int64(size) + 1
		}
		saved += size
		if proceed == nil {
			continue
		}
		if err := proceed(); err != nil {
			return 0, err
		}
	}
	return firstID, nil
}

// errNotAll is for a trigger of the table's own that leaves rows out in silence.
var errNotAll = &domain.Error{Code: domain.CodeConflict, Message: "a rule of the database refuses this"}

// insertAll saves rows and returns the id of the last one.
func insertAll(ctx context.Context, db bun.IDB, statement *sql.Stmt, args []any, rows int) (lastID int64, err error) {
	if tx, inTx := db.(bun.Tx); inTx {
		statement = tx.StmtContext(ctx, statement) //nolint:sqlclosecheck // it ends with the transaction
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	if count, err := result.RowsAffected(); err != nil || count != int64(rows) {
		return 0, errors.Join(err, errNotAll)
	}
	return result.LastInsertId()
}
