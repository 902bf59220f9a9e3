package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Find implements ports.PersonStore.
func (s *Store) Find(ctx context.Context, id int64) (person domain.Person, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) (err error) {
		person, err = onePerson(id, pool.QueryRow(ctx, "SELECT id, name, age FROM persons_person WHERE id = $1", id))
		return err
	})
	return person, err
}

// onePerson reads the person with an id. The error is domain.NotFound where the row is
// not there.
func onePerson(id int64, row pgx.Row) (domain.Person, error) {
	var r record
	err := row.Scan(&r.id, &r.name, &r.age)
	if errors.Is(err, pgx.ErrNoRows) {
		return domain.Person{}, domain.NotFound(id)
	}
	if err != nil {
		return domain.Person{}, err
	}
	return r.person(), nil
}

// record is a row of persons_person.
type record struct {
	id   int64
	name string
	age  int64
}

// person returns the person of a row, also where an older program wrote what today's
// rules would refuse.
func (r record) person() domain.Person { return domain.StoredPerson(r.id, r.name, int(r.age)) }

// persons reads all rows, of which there are about as many as said.
func persons(rows pgx.Rows, about int) ([]domain.Person, error) {
	const most = 512 // to make room for at first
	found := make([]domain.Person, 0, min(about, most))
	var r record
	_, err := pgx.ForEachRow(rows, []any{&r.id, &r.name, &r.age}, func() error {
		found = append(found, r.person())
		return nil
	})
	return found, err
}

// pageSQL reads a page, its persons and the total as of one moment: one statement sees
// one snapshot. $1 is how many persons come before the page, or NULL for the last page; $2 is
// how many a page holds, and $3 whether the list begins with the greatest id. The blocks say in which of them the page begins, so that no more
// than a block is passed over. The first row tells the total, and how many rows of
// roster_counts are more than one for each block.
var pageSQL = fmt.Sprintf(`
WITH block AS MATERIALIZED (
	SELECT block, sum(persons)::bigint AS persons, count(*) AS rows FROM roster_counts GROUP BY block
), total AS MATERIALIZED (
	SELECT coalesce(sum(persons), 0)::bigint AS persons, coalesce(sum(rows) - count(*), 0)::bigint AS spare FROM block
), page AS MATERIALIZED (
	SELECT CASE WHEN $3::boolean THEN greatest(persons - before - $2::bigint, 0) ELSE before END AS first
	FROM total, LATERAL (SELECT coalesce($1::bigint, (greatest(persons, 1) - 1) / $2::bigint * $2::bigint) AS before) list
), start AS MATERIALIZED (
	SELECT reached.block, page.first - reached.before AS skip
	FROM page, (SELECT block, persons, sum(persons) OVER (ORDER BY block) - persons AS before FROM block) reached
	WHERE reached.before <= page.first AND page.first < reached.before + reached.persons
)
SELECT -1::bigint AS place, persons AS id, ''::text AS name, spare AS age FROM total
UNION ALL
SELECT row_number() OVER (ORDER BY found.id), found.id, found.name, found.age
FROM start, LATERAL (
	SELECT id, name, age FROM persons_person WHERE id >= start.block << %d ORDER BY id LIMIT $2 OFFSET start.skip
) found
ORDER BY place`, blockBits)

// blockBits says how many ids a block of roster_counts has, as the power of 2. The
// migrations say the same.
const blockBits = 12

// Page implements ports.PersonStore.
func (s *Store) Page(ctx context.Context, query domain.PageQuery) (page domain.Page, err error) {
	first, ok := firstOf(query)
	if !ok { // the total tells which error it is
		first = new(int64)
	}
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		var (
			total int64
			spare int64
			found []domain.Person
			place int64
			r     record
		)
		rows, err := pool.Query(ctx, pageSQL, first, max(query.Size, 1), query.Backward)
		if err != nil {
			return err
		}
		_, err = pgx.ForEachRow(rows, []any{&place, &r.id, &r.name, &r.age}, func() error {
			if place < 0 {
				total, spare = r.id, r.age
				return nil
			}
			found = append(found, r.person())
			return nil
		})
		if err != nil {
			return err
		}
		window, err := query.Window(total)
		if err != nil {
			return err
		}
		if query.Backward { // the last page is the short one, and at the beginning
			found = found[:min(len(found), window.Limit)]
		}
		if len(found) != window.Limit {
			return fmt.Errorf("the counts say that %d persons are on a page, and %d are", window.Limit, len(found))
		}
		s.folder.found(spare)
		page = query.Page(window, found, total)
		return nil
	})
	return page, err
}

// firstOf returns how many persons come before a page, nil for the last one. It is not
// ok where no list has such a page.
func firstOf(query domain.PageQuery) (first *int64, ok bool) {
	if query.Number == domain.LastPage && query.Size > 0 {
		return nil, true
	}
	const farthest = 1 << 62
	if query.Size < 1 || query.Number < 1 || query.Number > farthest/int64(query.Size) {
		return nil, false
	}
	before := (query.Number - 1) * int64(query.Size)
	return &before, true
}

// Seek implements ports.PersonStore.
func (s *Store) Seek(ctx context.Context, query domain.SeekQuery) (slice domain.Slice, err error) {
	limit, err := query.Limit()
	if err != nil {
		if entered := s.enter(ctx); entered != nil {
			return domain.Slice{}, entered
		}
		s.leave()
		return domain.Slice{}, err
	}
	statement := "SELECT id, name, age FROM persons_person WHERE id > $1 ORDER BY id LIMIT $2"
	if query.Backward {
		statement = "SELECT id, name, age FROM persons_person WHERE id < $1 ORDER BY id DESC LIMIT $2"
	}
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		rows, err := pool.Query(ctx, statement, query.From, limit)
		if err != nil {
			return err
		}
		found, err := persons(rows, limit)
		if err != nil {
			return err
		}
		slice = query.Slice(found)
		return nil
	})
	return slice, err
}

// Ready implements ports.Prober: it begins a transaction that may write, and ends it.
func (s *Store) Ready(ctx context.Context) error {
	return s.read(ctx, func(pool *pgxpool.Pool) error {
		var readOnly bool
		err := pool.QueryRow(ctx, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean").Scan(&readOnly)
		if err == nil && readOnly {
			return &domain.Error{Code: domain.CodeUnavailable, Message: "the database cannot be written"}
		}
		return err
	})
}
