package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Create implements ports.PersonStore.
func (s *Store) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	persons, err := s.save(ctx, &write{drafts: []domain.Draft{draft}})
	if err != nil {
		return domain.Person{}, err
	}
	return persons[0], nil
}

// CreateBatch implements ports.PersonStore.
func (s *Store) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	if len(drafts) == 0 {
		return nil, s.writeLane.usable(ctx)
	}
	return s.save(ctx, &write{drafts: drafts, alone: true, proceed: func() error { return domain.ContextError(ctx) }})
}

// save saves the drafts of a write, or finds out what their claim was answered.
func (s *Store) save(ctx context.Context, call *write) ([]domain.Person, error) {
	claim, claimed, err := domain.ClaimOf(call.drafts)
	if err != nil {
		return nil, err
	}
	if claimed {
		call.claim = &claim
	}
	if err := s.writer.do(ctx, call); err != nil {
		return nil, err
	}
	persons := make([]domain.Person, len(call.drafts))
	for i, draft := range call.drafts {
		persons[i] = draft.Person(call.firstID + int64(i))
	}
	return persons, nil
}

// Replace implements ports.PersonStore.
func (s *Store) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	return s.edit(ctx, id, conditions, func(ctx context.Context, db bun.IDB, _ domain.Person) (domain.Person, error) {
		return draft.Person(id), s.writer.edits.replace(ctx, db, id, draft)
	})
}

// Patch implements ports.PersonStore. The zero Patch only reads.
func (s *Store) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	_, hasName := patch.Name()
	_, hasAge := patch.Age()
	if !hasName && !hasAge {
		return s.findOn(ctx, id, conditions)
	}
	return s.edit(ctx, id, conditions, func(ctx context.Context, db bun.IDB, before domain.Person) (domain.Person, error) {
		return before.With(patch), s.writer.edits.patch(ctx, db, id, patch)
	})
}

// edit makes a person another one, if all conditions hold.
func (s *Store) edit(ctx context.Context, id int64, conditions []domain.Condition,
	change func(ctx context.Context, db bun.IDB, before domain.Person) (domain.Person, error),
) (after domain.Person, err error) {
	call := &write{}
	call.change = func(ctx context.Context, db bun.IDB) error {
		before, err := s.writer.edits.current(ctx, db, id, conditions)
		if err != nil {
			return err
		}
		if after, err = change(ctx, db, before); err == nil {
			call.changes = domain.EditedChanges(before, after)
		}
		return err
	}
	if err := s.writer.do(ctx, call); err != nil {
		return domain.Person{}, err
	}
	return after, nil
}

// Delete implements ports.PersonStore.
func (s *Store) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	call := &write{}
	call.change = func(ctx context.Context, db bun.IDB) error {
		before, err := s.writer.edits.current(ctx, db, id, conditions)
		if err != nil {
			return err
		}
		if err := s.writer.edits.remove(ctx, db, id); err != nil {
			return err
		}
		call.deleted, call.changes = []int64{id}, domain.DeletedChanges(before)
		return nil
	}
	return s.writer.do(ctx, call)
}

// DeleteBatch implements ports.PersonStore. It costs three statements.
func (s *Store) DeleteBatch(ctx context.Context, ids []int64, conditions ...domain.Condition) (deleted []domain.Person, err error) {
	call := &write{alone: true}
	call.change = func(ctx context.Context, db bun.IDB) error {
		deleted = nil
		var rows []row
		if err := db.NewSelect().Model(&rows).Where("id IN (SELECT value FROM json_each(?))", jsonIDs(ids)).Order("id").Scan(ctx); err != nil {
			return err
		}
		for _, r := range rows {
			if person := r.person(); domain.CheckConditions(person, conditions) == nil {
				deleted, call.deleted = append(deleted, person), append(call.deleted, person.ID())
			}
		}
		result, err := db.NewDelete().Model((*row)(nil)).Where("id IN (SELECT value FROM json_each(?))", jsonIDs(call.deleted)).Exec(ctx)
		if err != nil {
			return err
		}
		if count, err := result.RowsAffected(); err != nil || count != int64(len(deleted)) {
			return errors.Join(err, errNotAll)
		}
		call.changes = domain.DeletedChanges(deleted...)
		return nil
	}
	if err := s.writer.do(ctx, call); err != nil {
		return nil, err
	}
	return deleted, nil
}

// jsonIDs returns [id, …].
func jsonIDs(ids []int64) string {
	list := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, id, 10)
	}
	return string(append(list, ']'))
}

// findOn returns the person for whom all conditions hold.
func (s *Store) findOn(ctx context.Context, id int64, conditions []domain.Condition) (domain.Person, error) {
	person, err := s.Find(ctx, id)
	if err == nil {
		err = domain.CheckConditions(person, conditions)
	}
	if err != nil {
		return domain.Person{}, err
	}
	return person, nil
}

// changedOne passes on the error of a statement that changes one row:
// domain.NotFound where there is no such row.
func changedOne(id int64, result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if count, err := result.RowsAffected(); err != nil || count > 0 {
		return err
	}
	return domain.NotFound(id)
}
