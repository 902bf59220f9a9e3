package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Backup implements ports.Archivist. The copy may be read by whoever may read the
// database. It takes as long as reading the database three times and writing it once,
// and keeps the WAL from being moved into the database meanwhile; it waits for nobody,
// and writers do not wait for it.
func (a *Archivist) Backup(ctx context.Context, file string) (made ports.Backup, err error) {
	if err := a.refuseMemory(); err != nil {
		return made, err
	}
	if _, err := os.Lstat(file); err == nil {
		return made, alreadyThere(file)
	}
	if err := checkPath(a.path); err != nil {
		return made, cannotOpen(a.path, err)
	}
	if wasEmptied(a.path) {
		return made, cannotOpen(a.path, errEmptied)
	}
	info, err := os.Stat(a.path)
	if err != nil {
		return made, cannotOpen(a.path, errors.New("there is no such file"))
	}
	if made, err = a.backup(ctx, file, info.Mode().Perm()); err != nil {
		return ports.Backup{}, notMade(ctx, "the backup was not made", err)
	}
	return made, nil
}

func (a *Archivist) backup(ctx context.Context, file string, mode os.FileMode) (made ports.Backup, err error) {
	copied, remove, err := temporary(file)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	var found summary
	// As everybody reads it, so that SQLite knows of others who write.
	err = withConnection(ctx, a.path, url.Values{"mode": {"rw"}}, func(ctx context.Context, db *sql.DB) error {
		found, err = snapshot(ctx, db, copied)
		return err
	})
	if err != nil {
		return made, err
	}
	if err := os.Chmod(copied, mode); err != nil {
		return made, err
	}
	info, err := os.Stat(copied)
	if err != nil {
		return made, err
	}
	return ports.Backup{Persons: found.persons(), Bytes: info.Size()}, placeNew(copied, file)
}

// notMade returns the error of a backup or a restore, with a reason that is not
// SQLite's.
func notMade(ctx context.Context, message string, err error) error {
	known := (*domain.Error)(nil)
	switch {
	case err == nil:
		return nil
	case domain.ContextError(ctx) != nil:
		return domain.ContextError(ctx)
	case errors.As(err, &known):
		return err
	case isDamage(resultCode(err)):
		return damaged(err.Error())
	case resultCode(err) == codeFull:
		err = fmt.Errorf("the disk is full: %w", err)
	}
	return &domain.Error{Code: domain.CodeUnavailable, Message: message, Cause: err}
}
