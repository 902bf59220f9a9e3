package worker

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// fill makes sure that a file holds the made-up persons 0 to rows-1 and the newest
// schema. One that is whole already is left alone; any other is made again.
func fill(ctx context.Context, path string, rows int) error {
	if isFilled(ctx, path, rows) {
		return nil
	}
	// What is half done has another name.
	unfinished := path + ".unfinished"
	for _, name := range []string{path, unfinished} {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			if err := os.Remove(name + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	store, err := openMigrated(ctx, unfinished)
	if err != nil {
		return err
	}
	if err := store.Close(); err != nil {
		return err
	}
	if err := insertGenerated(ctx, unfinished, rows); err != nil {
		return err
	}
	if err := flush(unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return err
	}
	if !isFilled(ctx, path, rows) {
		return fmt.Errorf("the file does not hold the %d persons that were written", rows)
	}
	return nil
}

// isFilled tells whether a file has the newest schema, so many rows, and the last
// person at its end. What cannot be read is not filled.
func isFilled(ctx context.Context, path string, rows int) bool {
	if _, err := os.Stat(path); err != nil {
		return false
	}
	store, err := sqlitestore.Open(ctx, sqlitestore.Config{Path: path})
	if err != nil {
		return false
	}
	defer func() { _ = store.Close() }() // nothing was written
	migrations, err := store.Migrations(ctx)
	if err != nil {
		return false
	}
	for _, migration := range migrations {
		if migration.AppliedAt.IsZero() {
			return false
		}
	}
	page, err := store.Page(ctx, domain.PageQuery{Number: domain.LastPage, Size: 100})
	if err != nil || page.Total != int64(rows) {
		return false
	}
	return page.Persons[len(page.Persons)-1] == domain.GeneratedDraft(uint(rows-1)).Person(int64(rows))
}

// insertGenerated writes the made-up persons as fast as SQLite can: nothing is
// safe until flush.
func insertGenerated(ctx context.Context, path string, rows int) error {
	db, conn, err := openConnection(path)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"PRAGMA journal_mode = OFF",
		"PRAGMA synchronous = OFF",
		fmt.Sprintf(`WITH RECURSIVE numbers (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < %d)
			INSERT INTO persons_person (name, age) SELECT 'Person ' || n, n %% 100 FROM numbers`, rows),
		"PRAGMA journal_mode = WAL",
	} {
		if _, err = conn.ExecContext(ctx, statement); err != nil {
			break
		}
	}
	return errors.Join(err, conn.Close(), db.Close())
}

// flush writes a file to the disk, so that the system does not do it during a
// measurement.
func flush(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
