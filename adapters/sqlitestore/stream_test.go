package sqlitestore_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// streamLimit is how many drafts a stream hands over at once.
const streamLimit = 10_000

// streamed walks over n made-up drafts through CreateSeq.
func streamed(tb testing.TB, store domain.BatchCreator, n int) {
	tb.Helper()
	executor, err := localexec.New(domain.CreateHandler(store), localexec.Serial(0))
	if err != nil {
		tb.Fatal(err)
	}
	defer executor.Close()
	bulk, err := domain.NewBulkCreate(executor, streamLimit)
	if err != nil {
		tb.Fatal(err)
	}
	var drafts iter.Seq2[domain.Draft, error] = func(yield func(domain.Draft, error) bool) {
		for i := range n {
			if !yield(domain.GeneratedDraft(uint(i)), nil) {
				return
			}
		}
	}
	saved := 0
	for i, outcome := range bulk.CreateSeq(tb.Context(), drafts) {
		if outcome.Err != nil {
			tb.Fatalf("draft %d: %v", i, outcome.Err)
		}
		saved++
	}
	if saved != n {
		tb.Fatalf("got %d persons saved, want %d", saved, n)
	}
}

// heapGauge notes how much of the heap is in use at most, after each batch and
// while the batch and its persons are held.
type heapGauge struct {
	*sqlitestore.Store
	peak uint64
}

func (g *heapGauge) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	persons, err := g.Store.CreateBatch(ctx, drafts)
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	g.peak = max(g.peak, memory.HeapAlloc)
	runtime.KeepAlive(persons)
	return persons, err
}

// keptBatch is less than the bytes of one batch's drafts or persons.
const keptBatch = 24 * streamLimit

func TestMemoryOfAStreamDoesNotGrowWithItsLength(t *testing.T) { //nolint:paralleltest // the heap is shared with other tests
	few, many := 2*streamLimit, 20*streamLimit
	if testing.Short() {
		many = 8 * streamLimit
	}
	store, err := openMigrated(sqlitestore.Config{Path: newFile(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	short, long := &heapGauge{Store: store}, &heapGauge{Store: store}
	streamed(t, short, few)
	streamed(t, long, many)
	if long.peak > short.peak+keptBatch {
		t.Errorf("%d drafts: got a heap of %d bytes, want no more than the %d bytes of %d drafts", many, long.peak, short.peak, few)
	}
}

// BenchmarkCreateSeq also tells the greatest heap, garbage aside.
func BenchmarkCreateSeq(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("drafts=%d", n), func(b *testing.B) {
			store := benchStore(b)
			for b.Loop() {
				streamed(b, store, n)
			}
			b.StopTimer()
			gauge := &heapGauge{Store: store}
			streamed(b, gauge, n)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/draft")
			b.ReportMetric(float64(gauge.peak), "heap-B")
		})
	}
}
