package sqlitestore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// hold keeps the writer busy, so that writes wait, until it is let go.
func hold(t *testing.T, store *sqlitestore.Store) (letGo func()) {
	t.Helper()
	begun, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- store.Change(t.Context(), func(context.Context, bun.IDB) error {
			close(begun)
			<-end
			return nil
		})
	}()
	<-begun
	letGo = sync.OnceFunc(func() {
		close(end)
		if err := <-ended; err != nil {
			t.Errorf("the write before: got %v, want nil", err)
		}
	})
	t.Cleanup(letGo)
	return letGo
}

// waitUntilWaiting waits until a number of writes are in the queue.
func waitUntilWaiting(t *testing.T, store *sqlitestore.Store, writes int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); store.Waiting() != writes; time.Sleep(20 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Fatalf("got %d writes in the queue after 5s, want %d", store.Waiting(), writes)
		}
	}
}

// together makes calls that wait at the same time, and returns when all are answered.
func together(t *testing.T, store *sqlitestore.Store, calls ...func()) {
	t.Helper()
	letGo := hold(t, store)
	var group sync.WaitGroup
	for i, call := range calls {
		group.Go(call)
		waitUntilWaiting(t, store, i+1) // so that they arrive in this order
	}
	letGo()
	group.Wait()
}

func openWith(t *testing.T, config sqlitestore.Config) *sqlitestore.Store {
	t.Helper()
	store, err := openMigrated(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func TestAFullQueueIsUnavailableAtOnce(t *testing.T) {
	t.Parallel()
	store := openWith(t, sqlitestore.Config{Path: newFile(t), Queue: 3})
	draft, calls := newDraft(t, "Ann", 1), []func(){}
	for range 3 {
		calls = append(calls, func() {
			if _, err := store.Create(t.Context(), draft); err != nil {
				t.Errorf("Create within the queue: got %v, want nil", err)
			}
		})
	}
	refused := func() {
		start := time.Now()
		_, err := store.Create(t.Context(), draft)
		wantCode(t, "Create beyond the queue", err, domain.CodeUnavailable, "too many")
		_, err = store.CreateBatch(t.Context(), newDrafts(t, 2))
		wantCode(t, "CreateBatch beyond the queue", err, domain.CodeUnavailable, "too many")
		if waited := time.Since(start); waited > time.Second {
			t.Errorf("a full queue: got an answer after %v, want it at once", waited)
		}
	}
	letGo := hold(t, store)
	var group sync.WaitGroup
	for i, call := range calls {
		group.Go(call)
		waitUntilWaiting(t, store, i+1)
	}
	refused()
	letGo()
	group.Wait()
	if got := len(all(t, store)); got != 3 {
		t.Errorf("Seek afterwards: got %d persons, want the 3 who waited", got)
	}
}

func TestAWriteWhoseCtxEndsWhileItWaitsIsNotMade(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"file": newFile(t), "memory": ""} {
		store := openWith(t, sqlitestore.Config{Path: path})
		ann := create(t, store, "Ann")
		age := int64(7)
		patch, err := domain.NewPatch(nil, &age)
		if err != nil {
			t.Fatal(err)
		}
		draft := newDraft(t, "Bob", 1)
		ctx, cancel := context.WithCancel(t.Context())
		var calls []func()
		for method, call := range map[string]func() error{
			"Create":      func() error { _, err := store.Create(ctx, draft); return err },
			"CreateBatch": func() error { _, err := store.CreateBatch(ctx, []domain.Draft{draft}); return err },
			"Replace":     func() error { _, err := store.Replace(ctx, ann.ID(), draft); return err },
			"Patch":       func() error { _, err := store.Patch(ctx, ann.ID(), patch); return err },
			"Delete":      func() error { return store.Delete(ctx, ann.ID()) },
		} {
			calls = append(calls, func() { wantCode(t, name+": "+method, call(), domain.CodeCanceled) })
		}
		letGo := hold(t, store)
		var group sync.WaitGroup
		for _, call := range calls {
			group.Go(call)
		}
		waitUntilWaiting(t, store, len(calls))
		cancel()
		letGo() // in a race with those who leave: no write may begin now
		group.Wait()
		create(t, store, "Eve") // after everything that waited
		if got := all(t, store); len(got) != 2 || got[0] != ann {
			t.Errorf("%s: Seek afterwards: got %v, want %v and Eve", name, got, ann)
		}
	}
}

func TestARefusedWriteHurtsOnlyItsCaller(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := openWith(t, sqlitestore.Config{Path: path})
	execute(t, path, `CREATE UNIQUE INDEX one_name ON persons_person (name);
		CREATE TABLE pet (owner REFERENCES persons_person (id) DEFERRABLE INITIALLY DEFERRED)`)
	ann, bob := create(t, store, "Ann"), create(t, store, "Bob")
	execute(t, path, "INSERT INTO pet VALUES (1)")
	awaitCensus(t, store)
	for name, guilty := range map[string]func() error{
		"a name twice":      func() error { _, err := store.Create(t.Context(), newDraft(t, "Ann", 2)); return err },
		"a rename":          func() error { _, err := store.Replace(t.Context(), bob.ID(), newDraft(t, "Ann", 2)); return err },
		"refused on commit": func() error { return store.Delete(t.Context(), ann.ID()) },
		"no such person":    func() error { return store.Delete(t.Context(), 1_000_000) },
		"a fault of a program": func() error {
			return store.Change(t.Context(), func(context.Context, bun.IDB) error { panic("fault") })
		},
	} {
		before := len(all(t, store))
		ids := make([]int64, 49)
		calls := make([]func(), 0, 50)
		for i := range ids {
			draft := newDraft(t, fmt.Sprint(name, i), 1)
			calls = append(calls, func() {
				person, err := store.Create(t.Context(), draft)
				if err != nil {
					t.Errorf("%s: Create beside it: got %v, want nil", name, err)
				}
				ids[i] = person.ID()
			})
		}
		var err error
		together(t, store, slices.Insert(calls, 25, func() { err = guilty() })...)
		want := map[string]domain.Code{"no such person": domain.CodeNotFound, "a fault of a program": domain.CodeInternal}[name]
		if want == "" {
			want = domain.CodeConflict
		}
		wantCode(t, name, err, want)
		for i, id := range ids {
			if found, err := store.Find(t.Context(), id); err != nil || found.Name() != fmt.Sprint(name, i) {
				t.Errorf("%s: Find(%d): got %v and %v, want the person whose Create answered it", name, id, found, err)
			}
		}
		if got := len(all(t, store)) - before; got != 49 {
			t.Errorf("%s: got %d persons more, want 49", name, got)
		}
		page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1})
		if err != nil || page.Total != int64(before+49) || !store.Counted() {
			t.Errorf("%s: got a page of %d and %v, want %d, counted as they were written", name, page.Total, err, before+49)
		}
	}
}

func TestCreatesThatWaitTogetherGetIdsInTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	for _, path := range []string{newFile(t), ""} {
		store := openWith(t, sqlitestore.Config{Path: path})
		persons := make([]domain.Person, 700) // more than a group
		calls := make([]func(), len(persons))
		for i, draft := range newDrafts(t, len(persons)) {
			calls[i] = func() {
				var err error
				if persons[i], err = store.Create(t.Context(), draft); err != nil {
					t.Error(err)
				}
			}
		}
		together(t, store, calls...)
		for i, person := range persons {
			if person.ID() != int64(i+1) {
				t.Fatalf("Create no. %d: got id %d, want %d", i+1, person.ID(), i+1)
			}
		}
		if got := all(t, store); !slices.Equal(got, persons) {
			t.Errorf("Seek: got other persons than the %d answered", len(persons))
		}
	}
}

func TestABatchTakesItsTurnAmongSingleWrites(t *testing.T) {
	t.Parallel()
	store := openWith(t, sqlitestore.Config{Path: newFile(t)})
	var ids [7]int64
	calls := make([]func(), len(ids))
	for i := range calls {
		calls[i] = func() {
			if i == 2 || i == 5 { // batches
				persons, err := store.CreateBatch(t.Context(), newDrafts(t, 1_234))
				if err != nil || len(persons) != 1_234 {
					t.Errorf("CreateBatch: got %d persons and %v", len(persons), err)
					return
				}
				ids[i] = persons[0].ID()
				return
			}
			person, err := store.Create(t.Context(), newDraft(t, "Ann", 1))
			if err != nil {
				t.Error(err)
			}
			ids[i] = person.ID()
		}
	}
	together(t, store, calls...)
	if want := [...]int64{1, 2, 3, 1237, 1238, 1239, 2473}; ids != want {
		t.Errorf("got ids %v, want %v: everybody in the order of arrival", ids, want)
	}
}

func TestAnAnsweredWriteIsCommitted(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := openWith(t, sqlitestore.Config{Path: path})
	other := openWith(t, sqlitestore.Config{Path: path})
	calls := make([]func(), 64)
	for i := range calls {
		calls[i] = func() {
			person, err := store.Create(t.Context(), newDraft(t, "Ann", 1))
			if err != nil {
				t.Error(err)
			} else if _, err := other.Find(t.Context(), person.ID()); err != nil {
				t.Errorf("Find of an answered person through another store: got %v", err)
			}
		}
	}
	for range 10 {
		together(t, store, calls...)
	}
}

func TestATransactionThatCannotBeginIsEverybodysError(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := openWith(t, sqlitestore.Config{Path: path, BusyTimeout: 50 * time.Millisecond})
	other := openRaw(t, path)
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	calls := make([]func(), 20)
	for i := range calls {
		calls[i] = func() {
			_, err := store.Create(t.Context(), newDraft(t, "Ann", 1))
			wantCode(t, "Create", err, domain.CodeUnavailable, "busy")
		}
	}
	start := time.Now()
	var group sync.WaitGroup
	for _, call := range calls {
		group.Go(call)
	}
	group.Wait()
	if waited := time.Since(start); waited > 900*time.Millisecond {
		t.Errorf("got the answers after %v, want them after one busy timeout of 50 ms, not %d", waited, len(calls))
	}
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	create(t, store, "Ann")
}

func TestAChangeThatWasMadeTwiceTookEffectOnce(t *testing.T) {
	t.Parallel()
	store := openWith(t, sqlitestore.Config{Path: newFile(t)})
	failure, runs := errors.New("fault"), 0
	together(t, store,
		func() { create(t, store, "Ann") },
		func() {
			err := store.Change(t.Context(), func(context.Context, bun.IDB) error { runs++; return failure })
			if !errors.Is(err, failure) {
				t.Errorf("Change: got %v, want %v", err, failure)
			}
		})
	if got := len(all(t, store)); got != 1 || runs != 2 {
		t.Errorf("got %d persons after %d runs, want 1 after 2", got, runs)
	}
}

func TestAWriteThatHasBegunAnswersWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	store := openWith(t, sqlitestore.Config{Path: newFile(t)})
	ctx, cancel := context.WithCancel(t.Context())
	err := store.Change(ctx, func(context.Context, bun.IDB) error {
		cancel()
		time.Sleep(5 * time.Millisecond)
		return nil
	})
	wantCode(t, "a write whose ctx ends after it began", err, "")
}

func TestABatchBehindSingleWritesIsUndoneAlone(t *testing.T) {
	t.Parallel()
	store := openWith(t, sqlitestore.Config{Path: newFile(t)})
	single := func() { create(t, store, "Ann") }
	together(t, store, single, func() {
		_, err := store.CreateBatch(&endsAfter{t.Context(), 2}, newDrafts(t, 2_000))
		wantCode(t, "CreateBatch whose ctx ends after two statements", err, domain.CodeCanceled)
	}, single)
	if got := len(all(t, store)); got != 2 {
		t.Errorf("Seek afterwards: got %d persons, want the 2 beside the batch", got)
	}
}

func TestATriggerThatSavesPersonsTakesNobodysID(t *testing.T) {
	t.Parallel()
	for _, moment := range []string{"BEFORE", "AFTER"} {
		path := newFile(t)
		store := openWith(t, sqlitestore.Config{Path: path})
		execute(t, path, `CREATE TRIGGER shadow `+moment+` INSERT ON persons_person WHEN NEW.name LIKE 'odd%'
			BEGIN INSERT INTO persons_person (name, age) VALUES ('shadow of ' || NEW.name, 0); END`)
		var calls []func()
		for i := range 40 {
			draft := newDraft(t, fmt.Sprint([]string{"odd ", "even "}[i%2], i), 1)
			calls = append(calls, func() {
				person, err := store.Create(t.Context(), draft)
				if found, errFind := store.Find(t.Context(), person.ID()); err != nil || errFind != nil || found != person {
					t.Errorf("%s: Create: got %v and %v, want the person who is found with that id, not %v", moment, person, err, found)
				}
			})
		}
		together(t, store, calls...)
		if got := len(all(t, store)); got != 60 {
			t.Errorf("%s: got %d persons, want 40 and the shadows of 20", moment, got)
		}
		_, err := store.CreateBatch(t.Context(), []domain.Draft{newDraft(t, "even", 1), newDraft(t, "odd", 1), newDraft(t, "even", 1)})
		wantCode(t, "CreateBatch", err, domain.CodeConflict, "save one at a time")
		if got := len(all(t, store)); got != 60 {
			t.Errorf("%s: got %d persons after a batch that was refused, want 60", moment, got)
		}
	}
}
