package sqlitestore_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// awaitCensus asks for pages until the store need not count for them.
func awaitCensus(tb testing.TB, store *sqlitestore.Store) {
	tb.Helper()
	for range 1000 {
		if _, err := store.Page(tb.Context(), domain.PageQuery{Number: 1, Size: 1}); err != nil {
			tb.Fatal(err)
		}
		if store.Counted() {
			return
		}
		time.Sleep(time.Millisecond) // the census rests after a count
	}
	tb.Fatal("the census knows nobody, want it to have counted")
}

// wantPages fails the test unless pages of a few sizes show exactly the ids.
func wantPages(t *testing.T, store *sqlitestore.Store, want []int64, why string) {
	t.Helper()
	for _, size := range []int{1, 100, 1023, 1024, 1025, 1 << 40} {
		last := (max(1, len(want)) - 1) / size
		for _, number := range []int{0, 1, last / 2, last - 1, last} {
			if number < 0 || number > last {
				continue
			}
			page, err := store.Page(t.Context(), domain.PageQuery{Number: int64(number) + 1, Size: size})
			if err != nil {
				t.Fatalf("Page %d of %d: got %v, want a page: %s", number+1, size, err, why)
			}
			got := make([]int64, len(page.Persons))
			for i, person := range page.Persons {
				got[i] = person.ID()
			}
			wantIDs := want[min(len(want), number*size):min(len(want), number*size+size)]
			if page.Total != int64(len(want)) || !slices.Equal(got, wantIDs) {
				t.Fatalf("Page %d of %d: got %d of %d persons, want %d of %d, with the right ids: %s",
					number+1, size, len(got), page.Total, len(wantIDs), len(want), why)
			}
		}
	}
}

func idsFrom(first int64, n int) []int64 {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = first + int64(i)
	}
	return ids
}

func TestPagesAreFoundByTheCensus(t *testing.T) {
	t.Parallel()
	for _, config := range []sqlitestore.Config{{}, {Path: newFile(t)}} {
		store, err := openMigrated(config)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		ctx := t.Context()
		wantPages(t, store, nil, "nobody is there")
		awaitCensus(t, store)
		wantPages(t, store, nil, "nobody is there, and the census knows it")

		if _, err := store.CreateBatch(ctx, newDrafts(t, 5000)); err != nil {
			t.Fatal(err)
		}
		want := idsFrom(1, 5000)
		wantPages(t, store, want, "a batch was counted")
		for _, gone := range [][2]int64{{1, 1}, {1023, 1025}, {2048, 3071}, {4999, 5000}} {
			for id := gone[0]; id <= gone[1]; id++ {
				if err := store.Delete(ctx, id); err != nil {
					t.Fatal(err)
				}
			}
			want = slices.DeleteFunc(want, func(id int64) bool { return id >= gone[0] && id <= gone[1] })
			wantPages(t, store, want, fmt.Sprintf("those from %d to %d were deleted", gone[0], gone[1]))
		}
		want = append(want, create(t, store, "after gaps").ID(), create(t, store, "and nobody asked for a page").ID())
		if found, err := store.Found(ctx); err != nil || !found {
			t.Errorf("a page after a write: got %v and %v, want it to be found without counting", found, err)
		}
		wantPages(t, store, want, "somebody came after the gaps")
		if !store.Counted() {
			t.Error("got a census that knows nobody, want one that has counted what this store wrote")
		}
	}
}

func TestAFailedWriteLeavesTheCensusAsItWas(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	execute(t, path, "CREATE UNIQUE INDEX one_of_a_name ON persons_person (name)")
	want := []int64{create(t, store, "Ann").ID()}
	awaitCensus(t, store)
	if _, err := store.Create(t.Context(), newDraft(t, "Ann", 2)); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("Create of a name that is taken: got %v, want a conflict", err)
	}
	failed := errors.New("no")
	_ = store.Change(t.Context(), func(ctx context.Context, db bun.IDB) error {
		if _, err := db.ExecContext(ctx, "DELETE FROM persons_person"); err != nil {
			return err
		}
		return failed
	})
	if err := store.Delete(t.Context(), 99); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("Delete of nobody: got %v, want not found", err)
	}
	wantPages(t, store, want, "what failed was undone")
	if !store.Counted() {
		t.Error("got a census that knows nobody, want one that a failure did not concern")
	}
}

// TestACommitThatMayHaveFailedIsNotCounted ends the transaction behind the writer's
// back, so that its commit fails and yet everything is on the disk.
func TestACommitThatMayHaveFailedIsNotCounted(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	create(t, store, "Ann")
	awaitCensus(t, store)
	want := []int64{create(t, store, "Bob").ID(), create(t, store, "Cid").ID()}
	err := store.Change(t.Context(), func(ctx context.Context, db bun.IDB) error {
		_, err := db.ExecContext(ctx, "DELETE FROM persons_person WHERE id = 1; COMMIT")
		return err
	})
	wantCode(t, "Change", err, domain.CodeInternal)
	wantPages(t, store, want, "it was committed, whatever the answer")
}

func TestTheCensusCountsAnewWhenAnotherProcessWrote(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	create(t, store, "Ann")
	awaitCensus(t, store)

	execute(t, path, "INSERT INTO persons_person (id, name, age) VALUES (-3000, 'far below', 1), (70000, 'far above', 1)")
	wantPages(t, store, []int64{-3000, 1, 70000}, "another process wrote")
	awaitCensus(t, store)
	wantPages(t, store, []int64{-3000, 1, 70000}, "all were counted anew")

	execute(t, path, "DELETE FROM persons_person WHERE id = 1")
	create(t, store, "Bob")
	wantPages(t, store, []int64{-3000, 70000, 70001}, "another process wrote before this store did")

	awaitCensus(t, store)
	execute(t, path, "DELETE FROM persons_person WHERE id = -3000")
	_ = store.Change(t.Context(), func(context.Context, bun.IDB) error { return errors.New("no") })
	wantPages(t, store, []int64{70000, 70001}, "another process wrote before this store failed to")
}

func TestTheCensusRestsAfterACount(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	store.Rest(time.Now().Add(time.Hour))
	wantPages(t, store, nil, "nobody is there")
	if store.Counted() {
		t.Error("got a census that has counted while it should rest")
	}
}

func TestTheCensusLearnsWhatIsWrittenWhileItCounts(t *testing.T) {
	t.Parallel()
	const persons = 100_000
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	if _, err := store.CreateBatch(t.Context(), newDrafts(t, persons)); err != nil {
		t.Fatal(err)
	}
	total, last := int64(persons), int64(persons)
	for range 5 {
		execute(t, path, "UPDATE persons_person SET age = 7 WHERE id = 9") // so that all are counted anew
		store.Rest(time.Time{})
		if _, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1}); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			last = create(t, store, "during a count").ID()
			total++
		}
		awaitCensus(t, store)
		page, err := store.Page(t.Context(), domain.PageQuery{Number: domain.LastPage, Size: 1})
		if err != nil || page.Total != total || page.Persons[0].ID() != last {
			t.Fatalf("Page: got %v of %d and %v, want id %d of %d: the census has counted what was written meanwhile", page.Persons, page.Total, err, last, total)
		}
	}
}

func TestTheCensusDoesNotCountAnewBecauseOfItsOwnWriter(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	create(t, store, "Ann")
	awaitCensus(t, store)
	counted := store.RestsUntil()
	store.Rest(counted.Add(-time.Hour))
	counted = store.RestsUntil()
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for range 50 {
				person, err := store.Create(t.Context(), newDraft(t, "Bob", 1))
				if err == nil {
					err = store.Delete(t.Context(), person.ID())
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	stopped := make(chan struct{})
	go func() { writers.Wait(); close(stopped) }()
	for reading := true; reading; {
		select {
		case <-stopped:
			reading = false
		default:
		}
		if _, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10}); err != nil {
			t.Fatal(err)
		}
	}
	if !store.Counted() || store.RestsUntil() != counted {
		t.Error("got a census that counted anew, want one that knew of every write")
	}
}

func TestAPageTakesItsTurnAmongWritesThatNeverEnd(t *testing.T) {
	t.Parallel()
	store, err := openMigrated(sqlitestore.Config{Path: newFile(t), Synchronous: sqlitestore.SynchronousNormal})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	awaitCensus(t, store)
	ctx, stop := context.WithCancel(t.Context())
	var writer sync.WaitGroup
	writer.Go(func() {
		for ctx.Err() == nil {
			_, _ = store.Create(ctx, newDraft(t, "Ann", 1))
		}
	})
	most := 0
	for range 100 {
		times := 0
		if _, err := store.Consult(ctx, func() { times++; time.Sleep(2 * time.Millisecond) }); err != nil {
			t.Error(err)
		}
		most = max(most, times)
	}
	stop()
	writer.Wait()
	if most > sqlitestore.Overtaken+1 {
		t.Errorf("a page was read %d times, want at most %d: then it takes its turn", most, sqlitestore.Overtaken+1)
	}
}

func TestAPanicOfAPageStopsNoWrite(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	awaitCensus(t, store)
	func() {
		defer func() { _ = recover() }()
		_, _ = store.Consult(t.Context(), func() { panic("page") })
	}()
	written := make(chan error, 1)
	go func() {
		_, err := store.Create(context.Background(), newDraft(t, "Ann", 1))
		written <- err
	}()
	select {
	case err := <-written:
		if err != nil {
			t.Errorf("Create: got %v, want it to be saved", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Create waits for ever, want it to be saved: the page has ended")
	}
}

func TestTheCensusForgetsWhatAMigrationMayChange(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	create(t, store, "Ann")
	awaitCensus(t, store)
	files := withMore(t, "INSERT INTO persons_person (name, age) VALUES ('Bob', 1);")
	if _, err := store.MigrateFrom(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	want := []int64{1, 2, create(t, store, "Cid").ID()}
	wantPages(t, store, want, "a migration saved somebody")
}

func TestATableWithRulesOfItsOwnIsCountedForEachPage(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]string{
		"a trigger":            "CREATE TRIGGER one_only BEFORE INSERT ON persons_person BEGIN DELETE FROM persons_person; END",
		"ids that are too far": "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i < 16500) INSERT INTO persons_person SELECT i << 20, 'far', 1 FROM c",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			store := open(t, path)
			migrate(t, store)
			execute(t, path, rule)
			create(t, store, "Ann")
			before, err := store.Page(t.Context(), domain.PageQuery{Number: domain.LastPage, Size: 10})
			if err != nil {
				t.Fatal(err)
			}
			if store.Counted() {
				t.Error("got a census that knows everybody, want none for this table")
			}
			create(t, store, "Bob")
			after, err := store.Page(t.Context(), domain.PageQuery{Number: domain.LastPage, Size: 10})
			if err != nil || (name == "a trigger") != (after.Total == before.Total) {
				t.Errorf("Page: got a total of %d after %d and %v, want what the rule leaves", after.Total, before.Total, err)
			}
		})
	}
}

func TestAPageShowsWhatCannotBePacked(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	if _, err := store.CreateBatch(t.Context(), newDrafts(t, 12_000)); err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{
		`UPDATE persons_person SET name = 'a "quoted" name' || char(10) || char(0) || '\u0041' WHERE id = 5`,
		"UPDATE persons_person SET name = CAST(x'ff22fe' AS TEXT) WHERE id = 6",
		"UPDATE persons_person SET name = x'4142' WHERE id = 7",
		"UPDATE persons_person SET name = '' WHERE id = 8",
	} {
		execute(t, path, change)
		awaitCensus(t, store)
		for _, size := range []int{10, 12_000} {
			page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: size})
			slice, errSeek := store.Seek(t.Context(), domain.SeekQuery{Size: size})
			if err != nil || errSeek != nil || page.Total != 12_000 || !slices.Equal(page.Persons, slice.Persons) {
				t.Errorf("after %s: got a page of %d of %d and %v, want the %d persons of Seek, who are %q …",
					change, len(page.Persons), page.Total, err, len(slice.Persons), slice.Persons[:10])
			}
		}
	}
	execute(t, path, "UPDATE persons_person SET age = 'x' WHERE id = 9")
	_, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
	wantCode(t, "Page with an age that is none", err, domain.CodeInternal)
}

func TestCountsAgreeWithANaiveModel(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a model needs no secret
	for round := range 20 {
		var counts, since sqlitestore.Counts
		var ids []int64
		for next := int64(-5000); len(ids) < 20_000; {
			n := 1 + random.IntN(4000)
			target := &counts
			if round%2 == 1 && random.IntN(2) == 0 {
				target = &since
			}
			target.AddIDs(next, n)
			ids = append(ids, idsFrom(next, n)...)
			next += int64(n) + random.Int64N(3)*int64(random.IntN(1<<22))
			for range random.IntN(n) {
				i := random.IntN(len(ids))
				target.Remove(ids[i])
				ids = slices.Delete(ids, i, i+1)
			}
		}
		counts.AddAll(&since)
		if counts.Total() != int64(len(ids)) {
			t.Fatalf("round %d: got a total of %d, want %d", round, counts.Total(), len(ids))
		}
		for range 2000 {
			offset := random.IntN(len(ids))
			firstID, skip := counts.Find(int64(offset))
			i, _ := slices.BinarySearch(ids, firstID)
			if got := ids[i+int(skip)]; got != ids[offset] || skip >= 1024 {
				t.Fatalf("round %d, offset %d: got id %d, %d after %d, want id %d within 1024", round, offset, got, skip, firstID, ids[offset])
			}
		}
	}
}
