package sqlitestore_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/ports"
)

// BenchmarkFindObserved is what a Find costs while somebody is told of queries, against one of which nobody is.
func BenchmarkFindObserved(b *testing.B) {
	for name, observe := range map[string]ports.QueryObserver{"nobody": nil, "somebody": func(context.Context, ports.Query) {}} {
		b.Run(name, func(b *testing.B) {
			store, err := openMigrated(sqlitestore.Config{Path: filepath.Join(b.TempDir(), "a.db"), Observe: observe})
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			b.ReportAllocs()
			for b.Loop() {
				_, _ = store.Find(b.Context(), 1)
			}
		})
	}
}
