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
	call.single = !claimed && !call.alone
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
	r := rowOf(draft)
	err := s.writer.do(ctx, &write{single: len(conditions) == 0, change: func(ctx context.Context, db bun.IDB) error {
		if err := checkConditions(ctx, db, id, conditions); err != nil {
			return err
		}
		result, err := db.NewUpdate().Model(&r).Column("name", "age").Where("id = ?", id).Exec(ctx)
		return changedOne(id, result, err)
	}})
	if err != nil {
		return domain.Person{}, err
	}
	return draft.Person(id), nil
}

// Patch implements ports.PersonStore. The zero Patch only reads.
func (s *Store) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	name, hasName := patch.Name()
	age, hasAge := patch.Age()
	if !hasName && !hasAge {
		return s.findOn(ctx, id, conditions)
	}
	var patched row
	err := s.writer.do(ctx, &write{change: func(ctx context.Context, db bun.IDB) error {
		if err := checkConditions(ctx, db, id, conditions); err != nil {
			return err
		}
		update := db.NewUpdate().Model((*row)(nil)).Where("id = ?", id)
		if hasName {
			update.Set("name = ?", name)
		}
		if hasAge {
			update.Set("age = ?", age)
		}
		result, err := update.Exec(ctx)
		if err := changedOne(id, result, err); err != nil {
			return err
		}
		return foundOne(id, db.NewSelect().Model(&patched).Where("id = ?", id).Scan(ctx))
	}})
	if err != nil {
		return domain.Person{}, err
	}
	return patched.person(), nil
}

// Delete implements ports.PersonStore.
func (s *Store) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	call := &write{single: len(conditions) == 0}
	call.change = func(ctx context.Context, db bun.IDB) error {
		if err := checkConditions(ctx, db, id, conditions); err != nil {
			return err
		}
		result, err := db.NewDelete().Model((*row)(nil)).Where("id = ?", id).Exec(ctx)
		if err := changedOne(id, result, err); err != nil {
			return err
		}
		call.deleted = append(call.deleted, id)
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

// checkConditions asks the conditions about a person who is about to be changed in
// the same transaction.
func checkConditions(ctx context.Context, db bun.IDB, id int64, conditions []domain.Condition) error {
	if len(conditions) == 0 {
		return nil
	}
	current := row{ID: id}
	if err := foundOne(id, db.NewSelect().Model(&current).WherePK().Scan(ctx)); err != nil {
		return err
	}
	return domain.CheckConditions(current.person(), conditions)
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
