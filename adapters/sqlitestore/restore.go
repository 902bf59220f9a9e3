package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/internal/fileowner"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Restore implements ports.Archivist. The copy is made beside the database and renamed
// into its place at the end, so at every moment the path names one of the two, whole.
// The database of before is kept beside it, with the time in its name; what of it was
// still in its WAL is moved into it. Its mode is that of the copy. API tokens that are revoked
// in it are so in the copy.
//
// That nobody has the database open is told by SQLite's exclusive lock, which is held
// until the end. A program that is about to open it waits, and then finds the new one.
func (a *Archivist) Restore(ctx context.Context, file string) (made ports.Restoration, err error) {
	if err := a.refuseMemory(); err != nil {
		return made, err
	}
	if err := checkPath(a.path); err != nil {
		return made, cannotOpen(a.path, err)
	}
	if err := a.refuseUnsound(ctx, file); err != nil {
		return made, err
	}
	if made, err = a.restore(ctx, file); err != nil {
		return ports.Restoration{}, notMade(ctx, "the database was not restored", err)
	}
	return made, nil
}

// refuseUnsound returns an error where a file must not be restored.
func (a *Archivist) refuseUnsound(ctx context.Context, file string) error {
	there, err := os.Stat(file)
	if now, missing := os.Stat(a.path); err == nil && missing == nil && os.SameFile(there, now) {
		return &domain.Error{Code: domain.CodeConflict, Message: "the file is the database itself", Cause: errors.New(file)}
	}
	findings, err := a.Check(ctx, file)
	if err != nil {
		return err
	}
	for _, finding := range findings {
		if finding.Grave {
			return &domain.Error{
				Code:    domain.CodeConflict,
				Message: "the file is not fit to be restored",
				Cause:   fmt.Errorf("%s: (%s) %s", file, finding.ID, finding.Message),
			}
		}
	}
	return nil
}

func (a *Archivist) restore(ctx context.Context, file string) (made ports.Restoration, err error) {
	copied, remove, err := temporary(a.path)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	var found summary
	err = readFile(ctx, file, func(ctx context.Context, db *sql.DB) error {
		if err := os.Truncate(copied, 0); err != nil { // it may be read twice
			return err
		}
		found, err = snapshot(ctx, db, copied)
		return err
	})
	if err != nil {
		return made, err
	}
	made.Persons, made.LastID = found.persons(), found.lastIDs[tablePersons]
	if _, err := os.Stat(a.path); errors.Is(err, os.ErrNotExist) {
		return made, a.putFirst(file, copied)
	}
	old, err := lockAlone(ctx, a.path)
	if err != nil {
		return made, err
	}
	defer old.release()
	made.LastID = max(made.LastID, old.lastIDs[tablePersons])
	if old.lastIDs.exceed(found.lastIDs) || len(old.revoked) > 0 {
		if err := old.carryOver(ctx, copied); err != nil {
			return made, err
		}
	}
	made.Kept = a.path + time.Now().UTC().Format(".20060102T150405.000Z.old")
	return made, a.replace(copied, made.Kept)
}

// putFirst puts the copy where there is no database.
func (a *Archivist) putFirst(file, copied string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if err := os.Chmod(copied, info.Mode().Perm()); err != nil {
		return err
	}
	// What the WAL of a database that is gone says would be taken for the new one's.
	if err := a.setAside(a.path + time.Now().UTC().Format(".20060102T150405.000Z.old")); err != nil {
		return err
	}
	return placeNew(copied, a.path)
}

// replace renames the copy to the path of the database, which is kept under another
// name. The database is locked.
func (a *Archivist) replace(copied, kept string) error {
	info, err := os.Stat(a.path)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Chmod(copied, info.Mode().Perm()), fileowner.Keep(copied, info)); err != nil {
		return err
	}
	if err := os.Link(a.path, kept); err != nil {
		return fmt.Errorf("the database of before cannot be kept: %w", err)
	}
	if err := a.setAside(kept); err != nil {
		return err
	}
	if err := os.Rename(copied, a.path); err != nil {
		return errors.Join(err, os.Remove(kept))
	}
	if err := syncFolder(filepath.Dir(a.path)); err != nil {
		return errors.Join(err, os.Rename(kept, a.path))
	}
	return nil
}

// setAside renames what SQLite would read beside the path as a part of the database:
// it belongs to the one of before. The lock has left nothing, unless that is damaged.
func (a *Archivist) setAside(kept string) error {
	for _, suffix := range []string{"-wal", "-journal"} {
		if err := os.Rename(a.path+suffix, kept+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.Remove(a.path + "-shm"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// carryOver makes sure that a copy gives none of the ids that were given, and that no API token of it is of use which was
// revoked, and brings it to the disk.
func (a *alone) carryOver(ctx context.Context, path string) error {
	err := withConnection(ctx, path, url.Values{"mode": {"rw"}}, func(ctx context.Context, db *sql.DB) error {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		return errors.Join(a.lastIDs.keep(ctx, conn), keepRevoked(ctx, conn, a.revoked), conn.Close())
	})
	return errors.Join(err, finishCopy(path))
}
