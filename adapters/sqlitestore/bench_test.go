package sqlitestore_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func BenchmarkCreate(b *testing.B) {
	store := benchStore(b)
	draft := benchDrafts(b, 1)[0]
	for b.Loop() {
		if _, err := store.Create(b.Context(), draft); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCreateWhileCounted is what it costs a write to keep the census true.
func BenchmarkCreateWhileCounted(b *testing.B) {
	store := filledBenchStore(b)
	awaitCensus(b, store)
	draft := benchDrafts(b, 1)[0]
	for b.Loop() {
		if _, err := store.Create(b.Context(), draft); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreateByManyCallers(b *testing.B) {
	store := benchStore(b)
	draft := benchDrafts(b, 1)[0]
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := store.Create(b.Context(), draft); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkCreateBatch(b *testing.B) {
	store := benchStore(b)
	drafts := benchDrafts(b, 10_000)
	for b.Loop() {
		if _, err := store.CreateBatch(b.Context(), drafts); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	store := filledBenchStore(b)
	for b.Loop() {
		if _, err := store.Find(b.Context(), 5_000); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFindToken is what each request pays where tokens are asked for: compare it to BenchmarkFind.
func BenchmarkFindToken(b *testing.B) {
	store := filledBenchStore(b)
	var key account.APIKey
	for i := range 1000 {
		binary.BigEndian.PutUint64(key[:], uint64(i))
		if _, err := store.AddToken(b.Context(), account.APIToken{Name: "import", Scope: account.ScopeRead, Key: key, Created: noon, Expires: noon, LastUsed: noon}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := store.FindToken(b.Context(), key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPatch(b *testing.B) {
	store := filledBenchStore(b)
	var age int64
	for b.Loop() {
		age++ // SQLite writes nothing when nothing changes
		patch, err := domain.NewPatch(nil, &age)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := store.Patch(b.Context(), 5_000, patch); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPage(b *testing.B) {
	store := filledBenchStore(b)
	awaitCensus(b, store)
	for _, number := range []int64{1, 50, domain.LastPage} {
		b.Run(fmt.Sprintf("number=%d", number), func(b *testing.B) {
			for b.Loop() {
				if _, err := store.Page(b.Context(), domain.PageQuery{Number: number, Size: 100}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSeek reads 100 persons, wherever they stand.
func BenchmarkSeek(b *testing.B) {
	store := filledBenchStore(b)
	for _, query := range []domain.SeekQuery{{From: 0}, {From: 5_000}, {From: 9_900}, {From: math.MaxInt64, Backward: true}} {
		query.Size = 100
		b.Run(fmt.Sprintf("from=%d", query.From), func(b *testing.B) {
			for b.Loop() {
				if _, err := store.Seek(b.Context(), query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchStore(b *testing.B) *sqlitestore.Store {
	b.Helper()
	store, err := openMigrated(sqlitestore.Config{Path: filepath.Join(b.TempDir(), "roster.sqlite3")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	return store
}

func BenchmarkReady(b *testing.B) {
	store := benchStore(b)
	for b.Loop() {
		if err := store.Ready(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// filledBenchStore holds 10,000 persons.
func filledBenchStore(b *testing.B) *sqlitestore.Store {
	b.Helper()
	store := benchStore(b)
	if _, err := store.CreateBatch(b.Context(), benchDrafts(b, 10_000)); err != nil {
		b.Fatal(err)
	}
	return store
}

func benchDrafts(b *testing.B, n int) []domain.Draft {
	b.Helper()
	drafts := make([]domain.Draft, n)
	for i := range drafts {
		draft, err := domain.NewDraft(fmt.Sprintf("Person %d", i), int64(i%100))
		if err != nil {
			b.Fatal(err)
		}
		drafts[i] = draft
	}
	return drafts
}

// BenchmarkBrowse looks for a name among the 50,000 persons at the end of 1,000,000, as a page of
// a search does: with nobody who is found, and with 1,000.
func BenchmarkBrowse(b *testing.B) {
	store := benchStore(b)
	drafts := benchDrafts(b, 10_000)
	for range 100 {
		if _, err := store.CreateBatch(b.Context(), drafts); err != nil {
			b.Fatal(err)
		}
	}
	browse, err := domain.NewBrowse(store, domain.BrowseConfig{PageSize: 100, Look: 50_000})
	if err != nil {
		b.Fatal(err)
	}
	for _, query := range []domain.BrowseQuery{
		{Number: 1, Filter: domain.PersonFilter{Text: "nobody"}},
		{Number: 1, Filter: domain.PersonFilter{Text: "99"}},
		{Number: 1, Order: []domain.SortKey{{Field: domain.ByName}}},
	} {
		b.Run(fmt.Sprintf("text=%s,order=%v", query.Filter.Text, query.Order), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				page, err := browse.Browse(b.Context(), query)
				if err != nil || page.Looked != 50_000 || page.Next == 0 {
					b.Fatalf("Browse: got %d persons looked at and %v, want 50,000 of 1,000,000", page.Looked, err)
				}
			}
		})
	}
}
