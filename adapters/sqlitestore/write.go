package sqlitestore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// insertRows is how many rows CreateBatch puts into one statement. Fewer cost
// more calls, more cost more parsing: see BenchmarkCreateBatch.
const insertRows = 500

// Create implements ports.PersonStore.
func (s *Store) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	var id int64
	err := s.writer.run(ctx, func(db *bun.DB) error {
		lastID, err := insert(context.WithoutCancel(ctx), db, []row{rowOf(draft)})
		id = lastID
		return err
	})
	if err != nil {
		return domain.Person{}, err
	}
	return draft.Person(id), nil
}

// CreateBatch implements ports.PersonStore.
func (s *Store) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	if len(drafts) == 0 {
		return nil, s.writer.usable(ctx)
	}
	persons := make([]domain.Person, 0, len(drafts))
	err := s.writer.runTx(ctx, func(tx bun.Tx) error {
		rows := make([]row, 0, min(len(drafts), insertRows))
		for part := range slices.Chunk(drafts, insertRows) {
			rows = rows[:0]
			for _, draft := range part {
				rows = append(rows, rowOf(draft))
			}
			lastID, err := insert(context.WithoutCancel(ctx), tx, rows)
			if err != nil {
				return err
			}
			// AUTOINCREMENT counts on by one, and nobody else writes during a
			// statement, so the ids of its rows are the last ones up to lastID.
			// Asking for them with RETURNING would double the time.
			firstID := lastID - int64(len(part)) + 1
			for i, draft := range part {
				persons = append(persons, draft.Person(firstID+int64(i)))
			}
			if err := domain.ContextError(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return persons, nil
}

// insert saves rows and returns the id of the last one.
func insert(ctx context.Context, db bun.IDB, rows []row) (lastID int64, err error) {
	result, err := db.NewInsert().Model(&rows).Returning("NULL").Exec(ctx)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// Replace implements ports.PersonStore.
func (s *Store) Replace(ctx context.Context, id int64, draft domain.Draft) (domain.Person, error) {
	err := s.writer.run(ctx, func(db *bun.DB) error {
		r := rowOf(draft)
		result, err := db.NewUpdate().Model(&r).Column("name", "age").Where("id = ?", id).Exec(context.WithoutCancel(ctx))
		return changedOne(id, result, err)
	})
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
	err := s.writer.runTx(ctx, func(tx bun.Tx) error {
		update := tx.NewUpdate().Model((*row)(nil)).Where("id = ?", id)
		if hasName {
			update.Set("name = ?", name)
		}
		if hasAge {
			update.Set("age = ?", age)
		}
		result, err := update.Exec(context.WithoutCancel(ctx))
		if err := changedOne(id, result, err); err != nil {
			return err
		}
		return foundOne(id, tx.NewSelect().Model(&patched).Where("id = ?", id).Scan(context.WithoutCancel(ctx)))
	})
	if err != nil {
		return domain.Person{}, err
	}
	return patched.person(), nil
}

// Delete implements ports.PersonStore.
func (s *Store) Delete(ctx context.Context, id int64) error {
	return s.writer.run(ctx, func(db *bun.DB) error {
		result, err := db.NewDelete().Model((*row)(nil)).Where("id = ?", id).Exec(context.WithoutCancel(ctx))
		return changedOne(id, result, err)
	})
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
