package sqlitestore

import (
	"context"
	"database/sql"

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
	var (
		result sql.Result
		err    error
	)
	switch {
	case hasName && hasAge:
		result, err = e.setBoth.in(ctx, db).ExecContext(ctx, name, age, id)
	case hasName:
		result, err = e.setName.in(ctx, db).ExecContext(ctx, name, id)
	default:
		result, err = e.setAge.in(ctx, db).ExecContext(ctx, age, id)
	}
	return changedOne(id, result, err)
}

// replace changes all of a person.
func (e *edits) replace(ctx context.Context, db bun.IDB, id int64, draft domain.Draft) error {
	result, err := e.setBoth.in(ctx, db).ExecContext(ctx, draft.Name(), draft.Age(), id)
	return changedOne(id, result, err)
}

// remove removes a person.
func (e *edits) remove(ctx context.Context, db bun.IDB, id int64) error {
	result, err := e.end.in(ctx, db).ExecContext(ctx, id)
	return changedOne(id, result, err)
}
