package sqlitestore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Ready implements ports.Prober: no write was lost (see Store), the file is still the
// one that was opened, a transaction that writes can begin, and the table of persons
// can be read. It waits its turn among
// the writes, and for one of another process no longer than Config.BusyTimeout, which
// does not end with ctx. It costs some 10 µs of the writer's time, a twentieth of a
// durable write, and writes nothing.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.fault.err(); err != nil {
		return err
	}
	err := s.writeLane.run(ctx, func(db *bun.DB) error {
		// With ctx, database/sql would end the transaction behind the scenes.
		tx, err := db.DB.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return err
		}
		return tx.Rollback()
	})
	if err != nil {
		return err
	}
	if _, err = s.Find(ctx, 0); domain.CodeOf(err) == domain.CodeNotFound {
		return nil // nobody has this id
	}
	return err
}
