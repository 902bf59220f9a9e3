package sqlitestore_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
)

func TestACommitWaitsForTheDiskUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	for synchronous, want := range map[sqlitestore.Synchronous]string{
		sqlitestore.SynchronousFull:   "2",
		sqlitestore.SynchronousNormal: "1",
		-1:                            "2", // what is no choice is the safe one
		2:                             "2",
	} {
		for _, path := range []string{newFile(t), ":memory:"} {
			store, err := openMigrated(sqlitestore.Config{Path: path, Synchronous: synchronous})
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			wantPragma(t, fmt.Sprintf("writer with %v", synchronous), store.Writer(), "synchronous", want)
			create(t, store, "Ann")
			wantPragma(t, fmt.Sprintf("writer with %v after a write", synchronous), store.Writer(), "synchronous", want)
		}
	}
}

// BenchmarkSynchronous shows what waiting for the disk costs.
func BenchmarkSynchronous(b *testing.B) {
	for _, synchronous := range []sqlitestore.Synchronous{sqlitestore.SynchronousFull, sqlitestore.SynchronousNormal} {
		b.Run(synchronous.String(), func(b *testing.B) {
			store, err := openMigrated(sqlitestore.Config{Path: filepath.Join(b.TempDir(), "roster.sqlite3"), Synchronous: synchronous})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = store.Close() })
			drafts := benchDrafts(b, 10_000)
			b.Run("create by one caller", func(b *testing.B) {
				for b.Loop() {
					if _, err := store.Create(b.Context(), drafts[0]); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("create by many callers", func(b *testing.B) {
				b.SetParallelism(32)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if _, err := store.Create(b.Context(), drafts[0]); err != nil {
							b.Error(err)
						}
					}
				})
			})
			b.Run("a batch of 10,000", func(b *testing.B) {
				for b.Loop() {
					if _, err := store.CreateBatch(b.Context(), drafts); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
