package pgstore

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Create implements ports.PersonStore.
func (s *Store) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	drafts := []domain.Draft{draft}
	claim, claimed, err := domain.ClaimOf(drafts)
	if err != nil {
		return domain.Person{}, err
	}
	if claimed {
		saved, err := s.save(ctx, drafts, func(tx pgx.Tx) ([]int64, error) { return saveClaimed(ctx, tx, claim, drafts) })
		if err != nil {
			return domain.Person{}, err
		}
		return saved[0], nil
	}
	var id int64
	err = s.write(ctx, func(pool *pgxpool.Pool) error {
		origin := domain.OriginOf(ctx)
		return pool.QueryRow(ctx, createSQL, draft.Name(), draft.Age(), origin.Via, origin.Who, origin.Job).Scan(&id)
	})
	if err != nil {
		return domain.Person{}, err
	}
	s.folder.wrote()
	return draft.Person(id), nil
}

// CreateBatch implements ports.PersonStore.
func (s *Store) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	claim, claimed, err := domain.ClaimOf(drafts)
	switch {
	case err != nil:
		return nil, err
	case len(drafts) == 0:
		if err := s.enter(ctx); err != nil {
			return nil, err
		}
		s.leave()
		return nil, nil
	}
	return s.save(ctx, drafts, func(tx pgx.Tx) ([]int64, error) {
		if claimed {
			return saveClaimed(ctx, tx, claim, drafts)
		}
		return insertAll(ctx, tx, drafts)
	})
}

// save saves drafts in a transaction and returns them with the ids that call gives them.
func (s *Store) save(ctx context.Context, drafts []domain.Draft, call func(tx pgx.Tx) ([]int64, error)) (saved []domain.Person, err error) {
	err = s.transact(ctx, func(tx pgx.Tx) error {
		ids, err := call(tx)
		if err == nil {
			saved = personsOf(drafts, ids)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.folder.wrote()
	return saved, nil
}

func personsOf(drafts []domain.Draft, ids []int64) []domain.Person {
	saved := make([]domain.Person, len(ids))
	for i, id := range ids {
		saved[i] = drafts[i].Person(id)
	}
	return saved
}

// insertAll saves drafts by one statement, writes that down by another, and returns their ids, which grow. The error is
// domain.CodeConflict where a trigger has saved others, which tx then undoes. COPY would
// take longer, a half more for 10,000: it does not tell the ids, so they are to be had first.
func insertAll(ctx context.Context, tx pgx.Tx, drafts []domain.Draft) ([]int64, error) {
	names, ages := make([]string, len(drafts)), make([]int32, len(drafts))
	for i, draft := range drafts {
		names[i], ages[i] = draft.Name(), int32(draft.Age()) //nolint:gosec // domain.MaxAge
	}
	rows, err := tx.Query(ctx, `INSERT INTO persons_person (name, age)
		SELECT name, age FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY AS draft (name, age, place) ORDER BY place
		RETURNING id`, names, ages)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, err
	}
	if len(ids) != len(drafts) || !slices.IsSorted(ids) {
		return nil, errRule
	}
	return ids, recordCreated(ctx, tx, personsOf(drafts, ids))
}

// Replace implements ports.PersonStore.
func (s *Store) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	return s.change(ctx, id, conditions, replaceSQL, draft.Name(), draft.Age())
}

// Patch implements ports.PersonStore. The zero Patch only reads.
func (s *Store) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	name, hasName := patch.Name()
	age, hasAge := patch.Age()
	if !hasName && !hasAge {
		return s.findOn(ctx, id, conditions)
	}
	return s.change(ctx, id, conditions, patchSQL, hasName, name, hasAge, age)
}

// Delete implements ports.PersonStore.
func (s *Store) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	_, err := s.change(ctx, id, conditions, deleteSQL)
	if err == nil {
		s.folder.wrote()
	}
	return err
}

// DeleteBatch implements ports.PersonStore.
func (s *Store) DeleteBatch(ctx context.Context, ids []int64, conditions ...domain.Condition) (deleted []domain.Person, err error) {
	origin := domain.OriginOf(ctx)
	err = s.transact(ctx, func(tx pgx.Tx) error {
		deleted = nil
		rows, err := tx.Query(ctx, "SELECT id, name, age FROM persons_person WHERE id = ANY ($1) ORDER BY id FOR UPDATE", ids)
		if err != nil {
			return err
		}
		var r record
		var holding []int64
		_, err = pgx.ForEachRow(rows, []any{&r.id, &r.name, &r.age}, func() error {
			if person := r.person(); domain.CheckConditions(person, conditions) == nil {
				deleted, holding = append(deleted, person), append(holding, person.ID())
			}
			return nil
		})
		if err != nil || len(holding) == 0 {
			return err
		}
		_, err = tx.Exec(ctx, deletesSQL, holding, origin.Via, origin.Who, origin.Job)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.folder.wrote()
	return deleted, nil
}

// change makes a statement about the person with an id, $1, if all conditions hold, and
// returns what it returns. It writes down who changed the person, $2 to $4.
func (s *Store) change(ctx context.Context, id int64, conditions []domain.Condition, statement string, args ...any) (person domain.Person, err error) {
	origin := domain.OriginOf(ctx)
	args = append([]any{id, origin.Via, origin.Who, origin.Job}, args...)
	if len(conditions) == 0 {
		err = s.write(ctx, func(pool *pgxpool.Pool) (err error) {
			person, err = onePerson(id, pool.QueryRow(ctx, statement, args...))
			return err
		})
		return person, err
	}
	err = s.transact(ctx, func(tx pgx.Tx) error {
		current, err := onePerson(id, tx.QueryRow(ctx, "SELECT id, name, age FROM persons_person WHERE id = $1 FOR UPDATE", id))
		if err == nil {
			err = domain.CheckConditions(current, conditions)
		}
		if err == nil {
			person, err = onePerson(id, tx.QueryRow(ctx, statement, args...))
		}
		return err
	})
	if err != nil {
		return domain.Person{}, err
	}
	return person, nil
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
