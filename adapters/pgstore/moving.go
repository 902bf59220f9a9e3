package pgstore

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.PersonKeeper = (*Store)(nil)

// KeepPersons implements ports.PersonKeeper, by COPY: 5,000 take 6 ms, where INSERT takes 13.
// It is made again where the connection is lost, because whoever is kept twice is kept once.
// It is domain.CodeInvalid for a person of an older program with a name or an age that the
// columns cannot hold.
func (s *Store) KeepPersons(ctx context.Context, persons []domain.Person) error {
	var last int64
	for _, person := range persons {
		if err := checkFits(person); err != nil {
			return err
		}
		last = max(last, person.ID())
	}
	err := s.keep(ctx, last, persons, copyKept)
	if isTaken(err) {
		err = s.keep(ctx, last, persons, insertKept)
	}
	return err
}

func (s *Store) keep(ctx context.Context, last int64, persons []domain.Person, save func(context.Context, pgx.Tx, []domain.Person) error) error {
	err := s.again(ctx, func(tx pgx.Tx) error {
		if err := keepLastID(ctx, tx, last); err != nil {
			return err
		}
		return save(ctx, tx, persons)
	})
	if err == nil {
		s.folder.wrote()
	}
	return err
}

// KeepLastID implements ports.PersonKeeper.
func (s *Store) KeepLastID(ctx context.Context, id int64) error {
	return s.again(ctx, func(tx pgx.Tx) error { return keepLastID(ctx, tx, id) })
}

// again is transact for what may be made twice: it is made once more where the connection is
// lost, also if the first one may have been committed.
func (s *Store) again(ctx context.Context, call func(tx pgx.Tx) error) error {
	err := s.transact(ctx, call)
	if err != nil && ctx.Err() == nil && isLost(err) {
		s.pool.Reset()
		err = s.transact(ctx, call)
	}
	return err
}

// checkFits returns why the columns cannot hold a person, who was not made by today's rules.
func checkFits(person domain.Person) error {
	var reason string
	switch name, age := person.Name(), person.Age(); {
	case !utf8.ValidString(name):
		reason = "the name is no UTF-8"
	case strings.ContainsRune(name, 0):
		reason = "the name holds a NUL"
	case utf8.RuneCountInString(name) > domain.MaxNameLength:
		reason = fmt.Sprintf("the name has more than %d characters", domain.MaxNameLength)
	case age < domain.MinAge || age > domain.MaxAge:
		reason = fmt.Sprintf("the age is not from %d to %d", domain.MinAge, domain.MaxAge)
	default:
		return nil
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("person %d cannot be kept in PostgreSQL: %s", person.ID(), reason)}
}

// keepLastID lets the table's sequence give no id up to id. Where it would, nobody else
// writes to the table until the transaction ends: a sequence can be set, but not moved on, and
// what others are given meanwhile would be given again.
func keepLastID(ctx context.Context, tx pgx.Tx, id int64) error {
	const last = "coalesce(pg_sequence_last_value(pg_get_serial_sequence('persons_person', 'id')::regclass), 0)"
	var isKept bool
	if err := tx.QueryRow(ctx, "SELECT "+last+" >= $1", id).Scan(&isKept); err != nil || isKept {
		return err
	}
	if _, err := tx.Exec(ctx, "LOCK TABLE persons_person IN SHARE ROW EXCLUSIVE MODE"); err != nil {
		return err
	}
	var kept *int64
	err := tx.QueryRow(ctx, "SELECT setval(pg_get_serial_sequence('persons_person', 'id')::regclass, greatest($1, "+last+"))", id).Scan(&kept)
	if err == nil && kept == nil {
		err = &domain.Error{Code: domain.CodeConflict, Message: "the ids of the table come from no sequence of its own"}
	}
	return err
}

// copyKept saves persons with their ids, none of whom is there.
func copyKept(ctx context.Context, tx pgx.Tx, kept []domain.Person) error {
	rows := pgx.CopyFromSlice(len(kept), func(i int) ([]any, error) {
		return []any{kept[i].ID(), kept[i].Name(), kept[i].Age()}, nil
	})
	saved, err := tx.CopyFrom(ctx, pgx.Identifier{"persons_person"}, []string{"id", "name", "age"}, rows)
	if err == nil && saved != int64(len(kept)) { // a trigger has left them out
		err = errRule
	}
	return err
}

// insertKept saves persons with their ids, but for those who are there already.
func insertKept(ctx context.Context, tx pgx.Tx, kept []domain.Person) error {
	ids, names, ages := make([]int64, len(kept)), make([]string, len(kept)), make([]int32, len(kept))
	for i, person := range kept {
		ids[i], names[i], ages[i] = person.ID(), person.Name(), int32(person.Age()) //nolint:gosec // checkFits
	}
	_, err := tx.Exec(ctx, `INSERT INTO persons_person (id, name, age) OVERRIDING SYSTEM VALUE
		SELECT * FROM unnest($1::bigint[], $2::text[], $3::integer[]) ON CONFLICT (id) DO NOTHING`, ids, names, ages)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, "SELECT id, name, age FROM persons_person WHERE id = ANY($1)", ids)
	if err != nil {
		return err
	}
	found, err := persons(rows, len(ids))
	if err != nil {
		return err
	}
	return compareKept(kept, found)
}

// compareKept returns whose id another person has, of those who were found under the ids.
func compareKept(persons, found []domain.Person) error {
	byID := make(map[int64]domain.Person, len(found))
	for _, person := range found {
		byID[person.ID()] = person
	}
	for _, person := range persons {
		switch there, isThere := byID[person.ID()]; {
		case !isThere:
			return errRule
		case there != person:
			return domain.IDTaken(person.ID())
		}
	}
	return nil
}
