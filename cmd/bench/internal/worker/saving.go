package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/repeat"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// saving is the store and the floor, each over a file of its own with the same
// schema. Both only grow, so each is compared with the other at its own size.
type saving struct {
	folder string
	store  *sqlitestore.Store
	// counted is store with its calls counted.
	counted ports.PersonStore
	floor   *floor
	// How many rows each must hold.
	inStore, inFloor int
}

// newSaving makes two empty files in a new folder below parent.
func newSaving(ctx context.Context, parent string) (*saving, error) {
	folder, err := os.MkdirTemp(parent, "saving-")
	if err != nil {
		return nil, err
	}
	s := &saving{folder: folder}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *saving) open(ctx context.Context) (err error) {
	if s.store, err = openMigrated(ctx, filepath.Join(s.folder, "store.sqlite3")); err != nil {
		return err
	}
	s.counted = counting(s.store)
	s.floor, err = openFloor(ctx, filepath.Join(s.folder, "floor.sqlite3"))
	return err
}

// bulk saves drafts once and returns how long that took. That all of them are
// there is looked up afterwards.
func (s *saving) bulk(ctx context.Context, way Way, drafts []domain.Draft) (time.Duration, error) {
	var do func() error
	switch way {
	case Store:
		s.inStore += len(drafts)
		do = func() error { _, err := s.store.CreateBatch(ctx, drafts); return err }
	case StoreCounted:
		s.inStore += len(drafts)
		do = func() error { _, err := s.counted.CreateBatch(ctx, drafts); return err }
	case Loop:
		s.inFloor += len(drafts)
		do = func() error { return s.floor.loop(drafts) }
	case Statements:
		s.inFloor += len(drafts)
		do = func() error { return s.floor.statements(drafts) }
	default:
		return 0, errors.New("no bulk is saved that way")
	}
	runtime.GC()
	begin := time.Now()
	if err := do(); err != nil {
		return 0, err
	}
	took := time.Since(begin)
	return took, s.count(ctx)
}

// create saves one person after the other, by so many callers at once, until the
// time is over. That all of them are there is looked up afterwards.
func (s *saving) create(ctx context.Context, way Way, callers int, slice time.Duration) (repeat.Result, error) {
	draft := domain.GeneratedDraft(1234)
	var step repeat.Step
	var total *int
	switch way {
	case Store:
		total = &s.inStore
		step = func(int) error { _, err := s.store.Create(ctx, draft); return err }
	case StoreCounted:
		total = &s.inStore
		step = func(int) error { _, err := s.counted.Create(ctx, draft); return err }
	case Transactions:
		total = &s.inFloor
		step = func(int) error { return s.floor.create(draft) }
	default:
		return repeat.Result{}, errors.New("no person is saved that way")
	}
	result, err := during(ctx, slice, callers, step)
	if err != nil {
		return repeat.Result{}, err
	}
	*total += result.Count
	return result, s.count(ctx)
}

// count returns an error when the files do not hold what was saved.
func (s *saving) count(ctx context.Context) error {
	page, err := s.store.Page(ctx, domain.PageQuery{Number: 1, Size: 1})
	if err != nil {
		return err
	}
	inFloor, err := s.floor.count()
	if err != nil {
		return err
	}
	if page.Total != int64(s.inStore) || inFloor != s.inFloor {
		return fmt.Errorf("the store holds %d rows and the floor %d, want %d and %d", page.Total, inFloor, s.inStore, s.inFloor)
	}
	return nil
}

func (s *saving) close() error {
	var errs []error
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.floor != nil {
		errs = append(errs, s.floor.close())
	}
	return errors.Join(append(errs, os.RemoveAll(s.folder))...)
}

// openMigrated opens a file with the newest schema.
func openMigrated(ctx context.Context, path string) (*sqlitestore.Store, error) {
	store, err := sqlitestore.Open(ctx, sqlitestore.Config{Path: path})
	if err != nil {
		return nil, err
	}
	if _, err := store.Migrate(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}
