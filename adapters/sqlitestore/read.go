package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

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
func (s *Store) Page(ctx context.Context, query domain.PageQuery) (page domain.Page, err error) {
	err = s.readLane.run(ctx, func(db *bun.DB) (err error) {
		if err := s.page.prepare(ctx, db); err != nil {
			return err
		}
		var found bool
		// As in Find, nothing is interrupted.
		if page, found, err = s.findPage(context.WithoutCancel(ctx), query); found || err != nil {
			return err
		}
		defer s.census.count() // afterwards, so as not to hold this page up
		page, err = countToPage(ctx, db, query)
		return err
	})
	if err != nil {
		return domain.Page{}, err
	}
	return page, nil
}

// findPage reads a page where the census knows its place and it can be packed.
func (s *Store) findPage(ctx context.Context, query domain.PageQuery) (page domain.Page, found bool, err error) {
	var packed bool
	known, err := s.census.consult(ctx, func(c *counts) error {
		window, err := query.Window(c.total)
		if err != nil {
			packed = true
			return err
		}
		var persons []domain.Person
		persons, packed = s.readPacked(ctx, c, window)
		page = query.Page(window, persons, c.total)
		return nil
	})
	return page, known && packed, err
}

// readPacked reads the persons of a window. It is not ok where there are too many,
// or one of them cannot be packed.
func (s *Store) readPacked(ctx context.Context, c *counts, window domain.Window) (persons []domain.Person, ok bool) {
	if window.Limit == 0 || window.Limit > packedRows {
		return nil, window.Limit == 0
	}
	firstID, skip := c.find(window.Offset)
	var answer string
	if err := s.page.statement.QueryRowContext(ctx, firstID, window.Limit, skip).Scan(&answer); err != nil {
		return nil, false // whoever reads row by row will meet it and tell
	}
	return unpack(answer, window.Limit)
}

// countToPage reads a page by counting all persons and passing over those before it.
func countToPage(ctx context.Context, db *bun.DB, query domain.PageQuery) (page domain.Page, err error) {
	// database/sql would roll a transaction back by itself when ctx ends, and with
	// mattn's driver throw the connection away, and with it a database in memory.
	// Instead, each query looks at ctx.
	err = db.RunInTx(context.WithoutCancel(ctx), nil, func(_ context.Context, tx bun.Tx) error {
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
		page = query.Page(window, personsOf(rows), total)
		return err
	})
	return page, err
}

// Seek implements ports.PersonStore.
func (s *Store) Seek(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
	var slice domain.Slice
	err := s.readLane.run(ctx, func(db *bun.DB) error {
		limit, err := query.Limit()
		if err != nil {
			return err
		}
		direction := &s.seekAfter
		if query.Backward {
			direction = &s.seekBefore
		}
		// As in Find, nothing is interrupted. A long answer looks at ctx on the way.
		rows, err := direction.queryRows(context.WithoutCancel(ctx), db, query.From, limit)
		if err != nil {
			return err
		}
		found, err := scanAll(ctx, rows, limit)
		slice = query.Slice(found)
		return err
	})
	if err != nil {
		return domain.Slice{}, err
	}
	return slice, nil
}
