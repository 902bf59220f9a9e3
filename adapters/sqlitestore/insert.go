package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// insertRows is how many rows go into one statement at most. Fewer cost more
// calls, more gain nothing: see BenchmarkCreateBatch.
const insertRows = 500

// inserts saves drafts. Not for concurrent use.
//
// A statement gets its rows as one JSON object, the names as keys and the ages as
// values: json_each tells them in their order, each key as often as it is there.
// To bind each name and age by itself takes twice the time with mattn's driver,
// because every argument is a call into C. Asking for the ids with RETURNING would
// double the time too.
type inserts struct {
	statement prepared
	rows      []byte
}

func newInserts() inserts {
	return inserts{statement: prepared{query: "INSERT INTO persons_person (name, age) SELECT key, value FROM json_each(?)"}}
}

// run saves the drafts and returns the id of the first; the others follow one by
// one: AUTOINCREMENT counts on by one, and nobody else writes during the
// transaction. After each statement it asks proceed, where there is one. The
// statement is prepared.
func (i *inserts) run(ctx context.Context, db bun.IDB, drafts []domain.Draft, proceed func() error) (firstID int64, err error) {
	statement := i.statement.statement
	if tx, inTx := db.(bun.Tx); inTx && len(drafts) > 0 {
		statement = tx.StmtContext(ctx, statement)
	}
	for saved := 0; saved < len(drafts); {
		batch := drafts[saved:min(len(drafts), saved+insertRows)]
		i.rows = appendRows(i.rows[:0], batch)
		lastID, err := insertAll(ctx, statement, string(i.rows), len(batch))
		if err != nil {
			return 0, err
		}
		if saved == 0 {
			firstID = lastID - int64(len(batch)) + 1
		}
		saved += len(batch)
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

// insertAll saves the rows of a JSON object and returns the id of the last one.
func insertAll(ctx context.Context, statement *sql.Stmt, object string, rows int) (lastID int64, err error) {
	result, err := statement.ExecContext(ctx, object)
	if err != nil {
		return 0, err
	}
	if count, err := result.RowsAffected(); err != nil || count != int64(rows) {
		return 0, errors.Join(err, errNotAll)
	}
	return result.LastInsertId()
}

// appendRows appends {"name": age, …}.
func appendRows(object []byte, drafts []domain.Draft) []byte {
	separator := byte('{')
	for _, draft := range drafts {
		object = append(object, separator, '"')
		object = appendEscaped(object, draft.Name())
		object = append(object, '"', ':')
		object = strconv.AppendInt(object, int64(draft.Age()), 10)
		separator = ','
	}
	return append(object, '}')
}

// appendEscaped appends text as it stands in a JSON string.
func appendEscaped(object []byte, text string) []byte {
	const hex = "0123456789abcdef"
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			object = append(object, '\\', c)
		case c < ' ':
			object = append(object, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xF])
		default:
			object = append(object, c)
		}
	}
	return object
}
