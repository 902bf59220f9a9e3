package localexec_test

import (
	"context"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
)

func nothing(_ context.Context, batch []int) []domain.Outcome[int] {
	return make([]domain.Outcome[int], len(batch))
}

func openFor(b *testing.B, config localexec.Config) *localexec.Executor[int, int] {
	b.Helper()
	executor, err := localexec.New(nothing, config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { executor.Close() })
	return executor
}

// benchmarkItems measures what an item costs beyond its work.
func benchmarkItems(b *testing.B, config localexec.Config, count int) {
	b.Helper()
	executor, items := openFor(b, config), make([]int, count)
	b.ReportAllocs()
	for b.Loop() {
		executor.Execute(b.Context(), items)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/item")
}

func BenchmarkSerial(b *testing.B)  { benchmarkItems(b, localexec.Serial(0), 10_000) }
func BenchmarkBatched(b *testing.B) { benchmarkItems(b, localexec.Batched(500, 0), 10_000) }
func BenchmarkPooled(b *testing.B)  { benchmarkItems(b, localexec.Pooled(8, 0), 10_000) }
func BenchmarkPerItem(b *testing.B) { benchmarkItems(b, localexec.PerItem(50, 0), 10_000) }

// BenchmarkOneItem is what a lookup of one person pays for going through an executor.
func BenchmarkOneItem(b *testing.B) { benchmarkItems(b, localexec.Pooled(8, 0), 1) }

// BenchmarkOneItemContended is the same with many callers at once.
func BenchmarkOneItemContended(b *testing.B) {
	executor := openFor(b, localexec.Pooled(8, 1_024))
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		items := make([]int, 1)
		for pb.Next() {
			executor.Execute(b.Context(), items)
		}
	})
}
