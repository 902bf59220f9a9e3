package sqlitestore

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.HistoryStore = (*Store)(nil)

// history writes down what a transaction has done to persons, within it. Not for
// concurrent use.
type history struct {
	save prepared
	rows []byte
}

func newHistory() history {
	return history{
		// As persons are saved: each argument by itself would be a call into C.
		save: prepared{query: `INSERT INTO roster_history (number, at, via, who, job, kind, first, count, before_name, before_age, after_name, after_age)
			SELECT max(?1, (SELECT coalesce(max(number), 0) + 1 FROM roster_history)) + key, ?1,
				value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9 FROM json_each(?2)`},
	}
}

// prepare makes ready what record needs. With one connection that is not possible
// during a transaction.
func (h *history) prepare(ctx context.Context, db *bun.DB) error {
	return historyError(h.save.prepare(ctx, db))
}

// historyError returns the error of a statement about the history, which can be wrong only
// where its table is missing.
func historyError(err error) error {
	if resultCode(err) == codeError {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the database has no table of its history: run roster migrate", Cause: err}
	}
	return err
}

// record writes down what the writes of a group have done. Who was saved comes first, as
// it was done.
func (h *history) record(ctx context.Context, db bun.IDB, group []*write) error {
	h.rows = append(h.rows[:0], '[')
	for _, call := range group {
		if saved := call.saves(); len(saved) > 0 {
			h.add(call.origin, created(call.firstID, saved))
		}
	}
	for _, call := range group {
		for _, change := range call.changes {
			h.add(call.origin, change)
		}
	}
	if len(h.rows) == 1 {
		return nil
	}
	h.rows[len(h.rows)-1] = ']' // for the last comma
	return historyError(h.save.execIn(ctx, db, time.Now().UnixMicro(), string(h.rows)))
}

// created returns the change of persons who were saved together: their ids follow one another.
func created(firstID int64, saved []domain.Draft) domain.Change {
	change := domain.Change{Kind: domain.ChangeCreated, First: firstID, Count: int64(len(saved))}
	if len(saved) == 1 {
		change.After = saved[0].Person(firstID)
	}
	return change
}

// add adds a change to the rows.
func (h *history) add(origin domain.Origin, change domain.Change) {
	h.rows = append(appendChange(h.rows, origin, change), ',')
}

// appendChange appends ["via","who","job","kind",first,count,"name",age,"name",age], with null for nobody.
func appendChange(list []byte, origin domain.Origin, change domain.Change) []byte {
	list = append(list, '[')
	for _, text := range []string{string(origin.Via), origin.Who, string(origin.Job), string(change.Kind)} {
		list = append(list, '"')
		list = appendEscaped(list, text)
		list = append(list, '"', ',')
	}
	list = strconv.AppendInt(list, change.First, 10)
	list = append(list, ',')
	list = strconv.AppendInt(list, change.Count, 10)
	for _, person := range []domain.Person{change.Before, change.After} {
		if person == (domain.Person{}) {
			list = append(list, ",null,null"...)
			continue
		}
		list = append(list, ',', '"')
		list = appendEscaped(list, person.Name())
		list = append(list, '"', ',')
		list = strconv.AppendInt(list, int64(person.Age()), 10)
	}
	return append(list, ']')
}

const changeColumns = "number, at, via, who, job, kind, first, count, before_name, before_age, after_name, after_age"

// The changes of one person are those of that person alone, and of the one batch in
// which a person can have been saved: no id is given twice.
const (
	changesSQL   = "SELECT " + changeColumns + " FROM roster_history WHERE number < ?1 ORDER BY number DESC LIMIT ?2"
	changesOfSQL = "SELECT " + changeColumns + ` FROM (
			SELECT * FROM (SELECT * FROM roster_history WHERE first = ?3 AND count = 1 AND number < ?1 ORDER BY number DESC LIMIT ?2)
			UNION ALL
			SELECT * FROM (SELECT * FROM roster_history WHERE first <= ?3 AND count > 1 ORDER BY first DESC, number DESC LIMIT 1)
				WHERE ?3 - first < count AND number < ?1
		) ORDER BY number DESC LIMIT ?2`
)

// Changes implements ports.HistoryStore. It costs O(log n + Size).
func (s *Store) Changes(ctx context.Context, query domain.ChangesQuery) (changes []domain.Change, err error) {
	err = s.readLane.run(ctx, func(db *bun.DB) error {
		query, err := query.Checked()
		if err != nil {
			return err
		}
		statement, args := &s.changes, []any{query.Before, query.Size}
		if query.Person != 0 {
			statement, args = &s.changesOf, append(args, query.Person)
		}
		// As in Find, nothing is interrupted.
		return historyError(statement.each(context.WithoutCancel(ctx), db, func(rows *sql.Rows) error {
			change, err := scanChange(rows)
			changes = append(changes, change)
			return err
		}, args...))
	})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

func scanChange(rows *sql.Rows) (domain.Change, error) {
	var (
		change                domain.Change
		at                    int64
		beforeName, afterName sql.NullString
		beforeAge, afterAge   sql.NullInt64
	)
	err := rows.Scan(&change.Number, &at, &change.Origin.Via, &change.Origin.Who, &change.Origin.Job, &change.Kind, &change.First, &change.Count,
		&beforeName, &beforeAge, &afterName, &afterAge)
	change.At = moment(at)
	change.Before = personOrNobody(change.First, beforeName, beforeAge)
	change.After = personOrNobody(change.First, afterName, afterAge)
	return change, err
}

func personOrNobody(id int64, name sql.NullString, age sql.NullInt64) domain.Person {
	if !name.Valid {
		return domain.Person{}
	}
	return domain.StoredPerson(id, name.String, int(age.Int64))
}

const (
	// tidyChanges is how many changes are removed in one transaction, so that no other write
	// waits for long.
	tidyChanges = 2000
	// numbersAhead is how much greater than its time a number may be, in microseconds,
	// because many changes are made at one time.
	numbersAhead = int64(time.Minute / time.Microsecond)
)

// oldChangesSQL asks for changes before a time. They have the least numbers, unless the clock
// was ahead once, and so is the last number: then all are looked at.
const oldChangesSQL = `SELECT number FROM roster_history
	WHERE at < ?1 AND number < iif((SELECT max(number) FROM roster_history) > ?2, 9223372036854775807, ?3) ORDER BY number LIMIT ?4`

// TidyHistory implements ports.HistoryStore. It writes only where there is something to remove.
func (s *Store) TidyHistory(ctx context.Context, now time.Time) (more bool, err error) {
	cutoff := now.Add(-domain.HistoryLifetime).UnixMicro()
	var old []int64
	err = s.survey(ctx, func(ctx context.Context, db querier) error {
		return historyError(eachRow(ctx, db, func(rows *sql.Rows) error {
			var number int64
			err := rows.Scan(&number)
			old = append(old, number)
			return err
		}, oldChangesSQL, cutoff, now.UnixMicro()+numbersAhead, cutoff+numbersAhead, tidyChanges))
	})
	if err != nil || len(old) == 0 {
		return false, err
	}
	err = s.writer.do(ctx, &write{change: func(ctx context.Context, db bun.IDB) error {
		_, err := db.ExecContext(ctx, "DELETE FROM roster_history WHERE number IN (SELECT value FROM json_each(?))", jsonIDs(old))
		return err
	}})
	return err == nil && len(old) == tidyChanges, err
}
