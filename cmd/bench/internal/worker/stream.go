package worker

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
)

// stream saves drafts as they come through the use case, into a new file in a
// folder of its own below parent, as many at once as the limit. It returns how many
// bytes of the heap were in use at most, above what was before. That all of them
// are there is looked up afterwards.
func stream(ctx context.Context, parent string, rows, limit int) (peak int64, err error) {
	folder, err := os.MkdirTemp(parent, "stream-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	store, err := openMigrated(ctx, filepath.Join(folder, "store.sqlite3"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	runtime.GC() // what a pool holds is garbage for the second only
	start := heapInUse()
	gauge := &heapGauge{store: store}
	if err := streamInto(ctx, gauge, rows, limit); err != nil {
		return 0, err
	}
	page, err := store.Page(ctx, domain.PageQuery{Number: 1, Size: 1})
	if err == nil && page.Total != int64(rows) {
		err = fmt.Errorf("the store holds %d rows, want %d", page.Total, rows)
	}
	return gauge.peak - start, err
}

func streamInto(ctx context.Context, store domain.BatchCreator, rows, limit int) (err error) {
	executor, err := localexec.New(domain.CreateHandler(store), localexec.Serial(0))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, executor.Close()) }()
	bulk, err := domain.NewBulkCreate(executor, limit)
	if err != nil {
		return err
	}
	next := 0
	for place, outcome := range bulk.CreateSeq(ctx, generated(rows)) {
		if outcome.Err != nil {
			return outcome.Err
		}
		if want := domain.GeneratedDraft(uint(place)).Person(int64(place + 1)); place != next || outcome.Value != want {
			return fmt.Errorf("got %v at place %d, want %v at %d", outcome.Value, place, want, next)
		}
		next++
	}
	if next != rows {
		return fmt.Errorf("got %d outcomes, want %d", next, rows)
	}
	return nil
}

// generated makes made-up drafts one after the other, so that nobody holds all.
func generated(rows int) iter.Seq2[domain.Draft, error] {
	return func(yield func(domain.Draft, error) bool) {
		for i := range rows {
			if !yield(domain.GeneratedDraft(uint(i)), nil) {
				return
			}
		}
	}
}

// heapGauge is a store which notes how much of the heap is in use at most, garbage
// aside, after each batch, while the drafts and the persons of it are held.
type heapGauge struct {
	store domain.BatchCreator
	peak  int64
}

func (g *heapGauge) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	persons, err := g.store.CreateBatch(ctx, drafts)
	g.peak = max(g.peak, heapInUse())
	runtime.KeepAlive(persons)
	return persons, err
}

// heapInUse collects the garbage and returns how many bytes of the heap are left.
func heapInUse() int64 {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}
