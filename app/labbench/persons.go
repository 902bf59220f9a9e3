package labbench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// openStore makes a database in a folder of its own, which goes with the subject.
func (b Bench) openStore(ctx context.Context, s *subject) (*sqlitestore.Store, error) {
	folder, err := os.MkdirTemp(b.Dir, "roster-lab-")
	if err != nil {
		return nil, fmt.Errorf("cannot make a folder for the lab: %w", err)
	}
	s.closing(func() error { return os.RemoveAll(folder) })
	store, err := sqlitestore.Open(ctx, sqlitestore.Config{
		Path: filepath.Join(folder, "lab.sqlite3"), Readers: b.Readers, Queue: lab.MaxCalls + lab.MaxWorkers,
	})
	if err != nil {
		return nil, err
	}
	s.closing(store.Close)
	_, err = store.Migrate(ctx)
	return store, err
}

// openBulk makes the number of a call's first person that of the persons before: Person 0, 1, 2 … over all calls.
func (b Bench) openBulk(ctx context.Context, s *subject, e lab.Experiment, strategy lab.Strategy, recorder *lab.Recorder) error {
	store, err := b.openStore(ctx, s)
	if err != nil {
		return err
	}
	bad := ""
	if e.Panic > 0 {
		bad = domain.GeneratedDraft(uint((e.Panic - 1) * e.Items)).Name()
	}
	executor, err := newExecutor(s, domain.CreateHandler(store), func(draft domain.Draft) bool { return draft.Name() == bad }, strategy, recorder)
	if err != nil {
		return err
	}
	bulk, err := domain.NewBulkCreate(executor, e.Items)
	if err != nil {
		return err
	}
	s.call = func(ctx context.Context, number int) (int, error) {
		drafts := make([]domain.Draft, e.Items)
		for i := range drafts {
			drafts[i] = domain.GeneratedDraft(uint(number*e.Items + i))
		}
		outcomes, err := bulk.Create(ctx, drafts)
		if err != nil {
			return e.Items, err
		}
		return failures(outcomes)
	}
	return nil
}

// openCheck saves a person for each call.
func (b Bench) openCheck(ctx context.Context, s *subject, e lab.Experiment, strategy lab.Strategy, recorder *lab.Recorder) error {
	store, err := b.openStore(ctx, s)
	if err != nil {
		return err
	}
	drafts := make([]domain.Draft, e.Calls)
	for i := range drafts {
		drafts[i] = domain.GeneratedDraft(uint(i))
	}
	persons, err := store.CreateBatch(ctx, drafts)
	if err != nil {
		return err
	}
	bad := int64(0)
	if e.Panic > 0 {
		bad = persons[e.Panic-1].ID()
	}
	executor, err := newExecutor(s, domain.FindHandler(store), func(id int64) bool { return id == bad }, strategy, recorder)
	if err != nil {
		return err
	}
	check := domain.NewCheck(executor)
	s.call = func(ctx context.Context, number int) (int, error) {
		if _, err := check.Check(ctx, persons[number].ID()); err != nil {
			return 1, err
		}
		return 0, nil
	}
	return nil
}
