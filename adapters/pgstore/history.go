package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.HistoryStore = (*Store)(nil)

// The statements that change persons write down what they did by themselves, so that one
// round trip does both. Numbers are given while the row of the person is locked, so those of one person
// grow; the time is the server's, of which there is one for all processes.
const (
	createSQL = `WITH saved AS (
			INSERT INTO persons_person (name, age) VALUES ($1, $2) RETURNING id, name, age
		), changes AS (
			INSERT INTO roster_history (at, via, who, job, kind, first, count, after_name, after_age)
			SELECT clock_timestamp(), $3, $4, $5, 'created', id, 1, name, age FROM saved
		)
		SELECT id FROM saved`

	replaceSQL = editBegin + "name = $5, age = $6" + editEnd
	patchSQL   = editBegin + "name = CASE WHEN $5 THEN $6 ELSE persons_person.name END, age = CASE WHEN $7 THEN $8 ELSE persons_person.age END" + editEnd

	// The lock makes before the version that is changed.
	editBegin = `WITH before AS MATERIALIZED (
			SELECT id, name, age FROM persons_person WHERE id = $1 FOR NO KEY UPDATE
		), after AS (
			UPDATE persons_person SET `
	editEnd = ` FROM before WHERE persons_person.id = before.id RETURNING persons_person.id, persons_person.name, persons_person.age
		), changes AS (
			INSERT INTO roster_history (at, via, who, job, kind, first, count, before_name, before_age, after_name, after_age)
			SELECT clock_timestamp(), $2, $3, $4, 'edited', before.id, 1, before.name, before.age, after.name, after.age
			FROM before JOIN after ON after.id = before.id WHERE (before.name, before.age) IS DISTINCT FROM (after.name, after.age)
		)
		SELECT id, name, age FROM after`

	// Of one person, or of several in the order of their ids.
	deleteSQL  = deleteBegin + "id = $1" + deleteEnd
	deletesSQL = deleteBegin + "id = ANY ($1)" + deleteEnd

	deleteBegin = "WITH gone AS (DELETE FROM persons_person WHERE "
	deleteEnd   = ` RETURNING id, name, age), changes AS (
			INSERT INTO roster_history (at, via, who, job, kind, first, count, before_name, before_age)
			SELECT clock_timestamp(), $2, $3, $4, 'deleted', id, 1, name, age FROM gone ORDER BY id
		)
		SELECT id, name, age FROM gone`

	recordCreatedSQL = `INSERT INTO roster_history (at, via, who, job, kind, first, count, after_name, after_age)
		SELECT clock_timestamp(), $1, $2, $3, 'created', run.* FROM unnest($4::bigint[], $5::bigint[], $6::text[], $7::bigint[]) AS run`
)

// recordCreated writes down who was saved by a batch: a row for each run of ids, because others' may lie between them.
func recordCreated(ctx context.Context, tx pgx.Tx, saved []domain.Person) error {
	var (
		origin = domain.OriginOf(ctx)
		firsts []int64
		counts []int64
		names  []*string
		ages   []*int64
	)
	for _, change := range domain.CreatedChanges(saved) {
		firsts, counts = append(firsts, change.First), append(counts, change.Count)
		if change.Count > 1 {
			names, ages = append(names, nil), append(ages, nil)
			continue
		}
		name, age := change.After.Name(), int64(change.After.Age())
		names, ages = append(names, &name), append(ages, &age)
	}
	_, err := tx.Exec(ctx, recordCreatedSQL, origin.Via, origin.Who, origin.Job, firsts, counts, names, ages)
	return err
}

const changeColumns = "number, at, via, who, job, kind, first, count, before_name, before_age, after_name, after_age"

// The changes of one person are those of that person alone, and of the one batch in
// which a person can have been saved: no id is given twice.
const (
	changesSQL   = "SELECT " + changeColumns + " FROM roster_history WHERE number < $1 ORDER BY number DESC LIMIT $2"
	changesOfSQL = "SELECT " + changeColumns + ` FROM (
			(SELECT * FROM roster_history WHERE first = $3 AND count = 1 AND number < $1 ORDER BY number DESC LIMIT $2)
			UNION ALL
			SELECT * FROM (SELECT * FROM roster_history WHERE first <= $3 AND count > 1 ORDER BY first DESC, number DESC LIMIT 1) AS batch
				WHERE $3 - first < count AND number < $1
		) AS change ORDER BY number DESC LIMIT $2`
)

// Changes implements ports.HistoryStore. It costs O(log n + Size).
func (s *Store) Changes(ctx context.Context, query domain.ChangesQuery) (changes []domain.Change, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		query, err := query.Checked()
		if err != nil {
			return err
		}
		statement, args := changesSQL, []any{query.Before, query.Size}
		if query.Person != 0 {
			statement, args = changesOfSQL, append(args, query.Person)
		}
		rows, err := pool.Query(ctx, statement, args...)
		if err != nil {
			return err
		}
		changes, err = pgx.CollectRows(rows, scanChange)
		return err
	})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

func scanChange(row pgx.CollectableRow) (change domain.Change, err error) {
	var (
		beforeName, afterName *string
		beforeAge, afterAge   *int64
	)
	err = row.Scan(&change.Number, &change.At, &change.Origin.Via, &change.Origin.Who, &change.Origin.Job, &change.Kind, &change.First, &change.Count,
		&beforeName, &beforeAge, &afterName, &afterAge)
	change.At = change.At.UTC()
	change.Before = personOrNobody(change.First, beforeName, beforeAge)
	change.After = personOrNobody(change.First, afterName, afterAge)
	return change, err
}

func personOrNobody(id int64, name *string, age *int64) domain.Person {
	if name == nil || age == nil {
		return domain.Person{}
	}
	return domain.StoredPerson(id, *name, int(*age))
}

// tidyChanges is how many changes TidyHistory removes at once.
const tidyChanges = 5000

// TidyHistory implements ports.HistoryStore. What another process removes is passed over.
func (s *Store) TidyHistory(ctx context.Context, now time.Time) (more bool, err error) {
	err = s.write(ctx, func(pool *pgxpool.Pool) error {
		result, err := pool.Exec(ctx, `DELETE FROM roster_history WHERE number = ANY (ARRAY(
			SELECT number FROM roster_history WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))`, now.Add(-domain.HistoryLifetime), tidyChanges)
		more = result.RowsAffected() == tidyChanges
		return err
	})
	return more && err == nil, err
}
