package sqlitestore

import (
	"context"
	"database/sql"
	"io/fs"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// OpenRaw opens a file as any other program would, without this package's settings.
func OpenRaw(path string) (*sql.DB, error) {
	return sql.Open(sqlitedriver.Name, databaseURI(Config{Path: path}))
}

// OpenAlone opens a file as a program does that keeps all others out from its first
// read on: see leaveWAL.
func OpenAlone(ctx context.Context, path string) (*sql.DB, error) {
	db, err := sql.Open(sqlitedriver.Name, databaseURI(Config{Path: path})+"?_locking_mode=EXCLUSIVE")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK")
	return db, err
}

// OpenReadOnly opens a file that cannot be written.
func OpenReadOnly(path string) (*Store, error) {
	readOnly := databaseURI(Config{Path: path}) + "?mode=ro"
	return newStore(readOnly, readOnly, Config{Readers: 1, Queue: defaultQueue})
}

// Writer returns the pool of the one connection that writes.
func (s *Store) Writer() *sql.DB { return s.writeLane.db.DB }

// Reader returns the pool of the connections that read.
func (s *Store) Reader() *sql.DB { return s.readLane.db.DB }

// Reading is how many calls are reading.
func (s *Store) Reading() int { return len(s.readLane.places) }

// SeekQueries returns what Seek sends, after and before a place.
func (s *Store) SeekQueries() []string { return []string{s.seekAfter.query, s.seekBefore.query} }

// Query runs a query as the methods do, and returns its error as they do.
func (s *Store) Query(ctx context.Context, query string) error {
	return s.readLane.run(ctx, func(db *bun.DB) error {
		var count int64
		return db.QueryRowContext(ctx, query).Scan(&count)
	})
}

// MigrateFrom is Migrate with other files.
func (s *Store) MigrateFrom(ctx context.Context, files fs.FS) ([]ports.Migration, error) {
	return s.migrateFrom(ctx, files)
}

// MigrationsOf is Migrations with other files.
func (s *Store) MigrationsOf(ctx context.Context, files fs.FS) ([]ports.Migration, error) {
	return s.migrationsOf(ctx, files)
}

// Change waits for the writer and makes a change, in a group with others.
func (s *Store) Change(ctx context.Context, change func(ctx context.Context, db bun.IDB) error) error {
	return s.writer.wait(ctx, &write{change: change, answer: make(chan error, 1)})
}

// Waiting is how many writes wait in the queue.
func (s *Store) Waiting() int { return len(s.writer.queue) }

// Counted tells whether the census knows everybody, after the count under way.
func (s *Store) Counted() bool {
	s.census.done.Wait()
	s.census.mu.RLock()
	defer s.census.mu.RUnlock()
	return s.census.counts != nil
}

// Found tells whether the census knows where page 1 is, without counting.
func (s *Store) Found(ctx context.Context) (found bool, err error) {
	err = s.readLane.run(ctx, func(db *bun.DB) error {
		if err := s.page.prepare(ctx, db); err != nil {
			return err
		}
		_, found, err = s.findPage(ctx, domain.PageQuery{Number: 1, Size: 10})
		return err
	})
	return found, err
}

// Consult asks the census as Page does, with what Page would do in between.
func (s *Store) Consult(ctx context.Context, read func()) (known bool, err error) {
	return s.census.consult(ctx, func(*counts) error {
		read()
		return nil
	})
}

// Overtaken is how often a page lets writes overtake it.
const Overtaken = overtaken

// BreakCount makes the census panic when it counts, until it is mended.
func (s *Store) BreakCount() (mend func()) {
	reader := s.census.reader
	s.census.reader = nil
	return func() { s.census.reader = reader }
}

// RestsUntil is when the census may count again. It changes with each count.
func (s *Store) RestsUntil() time.Time {
	s.census.mu.RLock()
	defer s.census.mu.RUnlock()
	return s.census.rested
}

// Rest keeps the census from counting until then.
func (s *Store) Rest(until time.Time) {
	s.census.mu.Lock()
	defer s.census.mu.Unlock()
	s.census.rested = until
}

// LostWrites are the extended result codes after which nothing is written.
func LostWrites() (lost []int) {
	for code := range 1 << 16 {
		if isLostWrite(code) {
			lost = append(lost, code)
		}
	}
	return lost
}

// Counts are what the census keeps.
type Counts = counts

// AddIDs counts n more persons, whose ids follow each other.
func (c *counts) AddIDs(firstID int64, n int) { c.addIDs(firstID, n) }

// Remove counts one person fewer.
func (c *counts) Remove(id int64) { c.add(blockOf(id), -1) }

// AddAll counts what others counts too.
func (c *counts) AddAll(others *Counts) { c.addAll(others) }

// Total is how many are counted.
func (c *counts) Total() int64 { return c.total }

// Find returns where to look for the person before whom there are offset others.
func (c *counts) Find(offset int64) (firstID, skip int64) { return c.find(offset) }

// Survey calls during while a survey goes on.
func (s *Store) Survey(t *testing.T, during func()) {
	t.Helper()
	err := s.survey(t.Context(), func(context.Context, querier) error {
		during()
		return nil
	})
	if err != nil {
		t.Errorf("survey: %v", err)
	}
}
