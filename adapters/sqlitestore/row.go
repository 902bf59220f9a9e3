package sqlitestore

import (
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

// rowOf returns the row of a person who has no id yet.
func rowOf(draft domain.Draft) row {
	return row{Name: draft.Name(), Age: int64(draft.Age())}
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
