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
// To bind each name and age by itself takes half as long again with mattn's
// driver, because every argument is a call into C; so would be every id that
// RETURNING tells.
type inserts struct {
	statement prepared
	lastID    prepared
	rows      []byte
}

func newInserts() inserts {
	return inserts{
		statement: prepared{query: "INSERT INTO persons_person (name, age) SELECT key, value FROM json_each(?)"},
		// AUTOINCREMENT counts on from the greater of the two.
		lastID: prepared{query: `SELECT max(
			coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'persons_person'), 0),
			coalesce((SELECT max(id) FROM persons_person), 0))`},
	}
}

// prepare makes ready what run needs. With one connection that is not possible
// during a transaction.
func (i *inserts) prepare(ctx context.Context, db *bun.DB) error {
	if err := i.statement.prepare(ctx, db); err != nil {
		return err
	}
	return i.lastID.prepare(ctx, db)
}

// run saves the drafts and returns the id of the first; the others follow one by
// one: AUTOINCREMENT counts on by one, and nobody else writes during the
// transaction. Where a trigger saves persons too, that is not so, and the error is
// errAmong. After each statement run asks proceed, where there is one.
func (i *inserts) run(ctx context.Context, db bun.IDB, drafts []domain.Draft, proceed func() error) (firstID int64, err error) {
	if len(drafts) == 0 {
		return 0, nil
	}
	statement, lastID := i.statement.in(ctx, db), int64(0)
	if len(drafts) > 1 {
		if err := i.lastID.rowIn(ctx, db).Scan(&lastID); err != nil {
			return 0, err
		}
	}
	firstID = lastID + 1
	for saved := 0; saved < len(drafts); {
		batch := drafts[saved:min(len(drafts), saved+insertRows)]
		i.rows = appendRows(i.rows[:0], batch)
		before := lastID
		if lastID, err = insertAll(ctx, statement, string(i.rows), len(batch)); err != nil {
			return 0, err
		}
		if len(drafts) == 1 {
			return lastID, nil
		}
		if lastID != before+int64(len(batch)) {
			return 0, errAmong
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

// errNotAll is for a trigger of the table's own that leaves rows out in silence,
// errAmong for one that saves others among them, whose ids nobody could tell.
var (
	errNotAll = &domain.Error{Code: domain.CodeConflict, Message: "a rule of the database refuses this"}
	errAmong  = &domain.Error{Code: domain.CodeConflict, Message: "a trigger of the database saves persons among these: save one at a time"}
)

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
