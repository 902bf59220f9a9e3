package sqlitestore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.PersonSource = (*Store)(nil)

// LastID implements ports.PersonSource.
func (s *Store) LastID(ctx context.Context) (id int64, err error) {
	err = s.readLane.run(ctx, func(db *bun.DB) error {
		given, err := lastID(ctx, db, tablePersons)
		if err != nil {
			return err
		}
		// A table that was taken over may not have counted whoever is in it.
		return db.QueryRowContext(ctx, "SELECT max(?, coalesce(max(id), 0)) FROM persons_person", given).Scan(&id)
	})
	return id, err
}
