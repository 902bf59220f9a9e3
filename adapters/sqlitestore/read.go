package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"math"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// walkRows is how many rows All reads at a time.
const walkRows = 500

// Find implements ports.PersonStore.
func (s *Store) Find(ctx context.Context, id int64) (domain.Person, error) {
	found := row{ID: id}
	err := s.readLane.run(ctx, func(db *bun.DB) error {
		// A read of one row is over before it could be interrupted, and a ctx that
		// can end would cost two goroutines.
		ctx := context.WithoutCancel(ctx)
		answer, err := s.find.queryRow(ctx, db, id)
		if err != nil {
			return err
		}
		return foundOne(id, answer.Scan(&found.Name, &found.Age))
	})
	if err != nil {
		return domain.Person{}, err
	}
	return found.person(), nil
}

// foundOne passes on the error of a query for one row: domain.NotFound where
// there is no such row.
func foundOne(id int64, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return domain.NotFound(id)
	}
	return err
}

// Page implements ports.PersonStore.
func (s *Store) Page(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
	var page domain.Page
	err := s.readLane.runTx(ctx, func(tx bun.Tx) error {
		total, err := tx.NewSelect().Model((*row)(nil)).Count(ctx)
		if err != nil {
			return err
		}
		window, err := query.Window(total)
		if err != nil {
			return err
		}
		rows := make([]row, 0, window.Limit)
		err = tx.NewSelect().Model(&rows).Order("id").Limit(int64(window.Limit)).Offset(window.Offset).Scan(ctx)
		page = domain.Page{Persons: personsOf(rows), Number: window.Number, Size: query.Size, Total: total}
		return err
	})
	if err != nil {
		return domain.Page{}, err
	}
	return page, nil
}

// All implements ports.PersonStore. Between two reads it holds no connection, so
// a slow walker is in nobody's way.
func (s *Store) All(ctx context.Context) iter.Seq2[domain.Person, error] {
	return func(yield func(domain.Person, error) bool) {
		lastID := int64(math.MinInt64)
		for {
			rows, err := s.after(ctx, lastID)
			if err != nil {
				yield(domain.Person{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r.person(), nil) {
					return
				}
				if err := s.readLane.usable(ctx); err != nil {
					yield(domain.Person{}, err)
					return
				}
			}
			if len(rows) < walkRows {
				return
			}
			lastID = rows[len(rows)-1].ID
		}
	}
}

// after reads the next rows whose ids are greater than id.
func (s *Store) after(ctx context.Context, id int64) ([]row, error) {
	rows := make([]row, 0, walkRows)
	err := s.readLane.run(ctx, func(db *bun.DB) error {
		return db.NewSelect().Model(&rows).Where("id > ?", id).Order("id").Limit(walkRows).Scan(context.WithoutCancel(ctx))
	})
	return rows, err
}
