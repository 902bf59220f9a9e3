package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// row is a row of persons_person.
type row struct {
	bun.BaseModel `bun:"table:persons_person"`

	ID   int64  `bun:"id,pk,autoincrement"`
	Name string `bun:"name"`
	Age  int64  `bun:"age"`
}

// person returns the person of a row, also where an older program wrote what
// today's rules would refuse.
func (r row) person() domain.Person {
	return domain.StoredPerson(r.ID, r.Name, int(r.Age))
}

func personsOf(rows []row) []domain.Person {
	persons := make([]domain.Person, len(rows))
	for i, r := range rows {
		persons[i] = r.person()
	}
	return persons
}

// rowsAtOnce is for how many rows room is made at once, and after how many ctx is
// looked at.
const rowsAtOnce = 512

// scanAll returns the persons of rows, of whom there are at most n, and closes rows.
func scanAll(ctx context.Context, rows *sql.Rows, n int) (persons []domain.Person, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	persons = make([]domain.Person, 0, min(n, rowsAtOnce))
	var (
		id, age int64
		name    string
	)
	for rows.Next() {
		if err := rows.Scan(&id, &name, &age); err != nil {
			return nil, err
		}
		persons = append(persons, domain.StoredPerson(id, name, int(age)))
		if len(persons)%rowsAtOnce != 0 {
			continue
		}
		if err := domain.ContextError(ctx); err != nil {
			return nil, err
		}
	}
	return persons, rows.Err()
}
