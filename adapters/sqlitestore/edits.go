package sqlitestore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// edits changes one person. Not for concurrent use.
//
// A column that is not to be changed is not set: a trigger of a table that was taken over may
// make a difference.
type edits struct {
	find                          prepared
	setName, setAge, setBoth, end prepared
}

func newEdits() edits {
	return edits{
		// What another program wrote may be of another kind, and be changed all the same.
		find:    prepared{query: "SELECT coalesce(CAST(name AS text), ''), coalesce(CAST(age AS integer), 0) FROM persons_person WHERE id = ?"},
		setName: prepared{query: "UPDATE persons_person SET name = ? WHERE id = ?"},
		setAge:  prepared{query: "UPDATE persons_person SET age = ? WHERE id = ?"},
		setBoth: prepared{query: "UPDATE persons_person SET name = ?, age = ? WHERE id = ?"},
		end:     prepared{query: "DELETE FROM persons_person WHERE id = ?"},
	}
}

// prepare makes ready what the others need. With one connection that is not possible
// during a transaction.
func (e *edits) prepare(ctx context.Context, db *bun.DB) error {
	for _, statement := range []*prepared{&e.find, &e.setName, &e.setAge, &e.setBoth, &e.end} {
		if err := statement.prepare(ctx, db); err != nil {
			return err
		}
	}
	return nil
}

// current returns the person with the id, for whom all conditions hold.
func (e *edits) current(ctx context.Context, db bun.IDB, id int64, conditions []domain.Condition) (domain.Person, error) {
	var (
		name string
		age  int64
	)
	if err := foundOne(id, e.find.rowIn(ctx, db, id).Scan(&name, &age)); err != nil {
		return domain.Person{}, err
	}
	person := domain.StoredPerson(id, name, int(age))
	return person, domain.CheckConditions(person, conditions)
}

// patch changes a person. The patch is not the zero Patch.
func (e *edits) patch(ctx context.Context, db bun.IDB, id int64, patch domain.Patch) error {
	name, hasName := patch.Name()
	age, hasAge := patch.Age()
	switch {
	case hasName && hasAge:
		return e.setBoth.changeIn(ctx, db, id, name, age)
	case hasName:
		return e.setName.changeIn(ctx, db, id, name)
	default:
		return e.setAge.changeIn(ctx, db, id, age)
	}
}

// replace changes all of a person.
func (e *edits) replace(ctx context.Context, db bun.IDB, id int64, draft domain.Draft) error {
	return e.setBoth.changeIn(ctx, db, id, draft.Name(), draft.Age())
}

// remove removes a person.
func (e *edits) remove(ctx context.Context, db bun.IDB, id int64) error {
	return e.end.changeIn(ctx, db, id)
}

// changeIn changes the row with an id, which is the last argument of the statement. The error is
// domain.NotFound where there is none.
func (p *prepared) changeIn(ctx context.Context, db bun.IDB, id int64, values ...any) error {
	result, err := p.in(ctx, db).ExecContext(ctx, append(values, id)...) //nolint:sqlclosecheck // it ends with the transaction
	return changedOne(id, result, err)
}
