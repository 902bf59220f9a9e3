package sqlitestore

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Create implements ports.PersonStore.
func (s *Store) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	call := &write{drafts: []domain.Draft{draft}, single: true}
	if err := s.writer.do(ctx, call); err != nil {
		return domain.Person{}, err
	}
	return draft.Person(call.firstID), nil
}

// CreateBatch implements ports.PersonStore.
func (s *Store) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	if len(drafts) == 0 {
		return nil, s.writeLane.usable(ctx)
	}
	call := &write{drafts: drafts, alone: true, proceed: func() error { return domain.ContextError(ctx) }}
	if err := s.writer.do(ctx, call); err != nil {
		return nil, err
	}
	persons := make([]domain.Person, len(drafts))
	for i, draft := range drafts {
		persons[i] = draft.Person(call.firstID + int64(i))
	}
	return persons, nil
}

// Replace implements ports.PersonStore.
func (s *Store) Replace(ctx context.Context, id int64, draft domain.Draft) (domain.Person, error) {
	r := rowOf(draft)
	err := s.writer.do(ctx, &write{single: true, change: func(ctx context.Context, db bun.IDB) error {
		result, err := db.NewUpdate().Model(&r).Column("name", "age").Where("id = ?", id).Exec(ctx)
		return changedOne(id, result, err)
	}})
	if err != nil {
		return domain.Person{}, err
	}
	return draft.Person(id), nil
}

// Patch implements ports.PersonStore. The zero Patch only reads.
func (s *Store) Patch(ctx context.Context, id int64, patch domain.Patch) (domain.Person, error) {
	name, hasName := patch.Name()
	age, hasAge := patch.Age()
	if !hasName && !hasAge {
		return s.Find(ctx, id)
	}
	var patched row
	err := s.writer.do(ctx, &write{change: func(ctx context.Context, db bun.IDB) error {
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
func (s *Store) Delete(ctx context.Context, id int64) error {
	call := &write{single: true}
	call.change = func(ctx context.Context, db bun.IDB) error {
		result, err := db.NewDelete().Model((*row)(nil)).Where("id = ?", id).Exec(ctx)
		if err := changedOne(id, result, err); err != nil {
			return err
		}
		call.deleted = append(call.deleted, id)
		return nil
	}
	return s.writer.do(ctx, call)
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
