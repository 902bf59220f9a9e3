package sqlitestore_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestEveryMethodSaysThatTheTableIsMissing(t *testing.T) {
	t.Parallel()
	for name, err := range everyMethod(t, open(t, newFile(t))) {
		wantCode(t, name, err, domain.CodeUnavailable, "run roster migrate")
	}
}

func TestAFileThatCannotBeWrittenIsUnavailableToWritersOnly(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	writable, err := openMigrated(sqlitestore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer writable.Close()
	ann := create(t, writable, "Ann")
	store, err := sqlitestore.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()

	for name, err := range everyMethod(t, store) {
		switch name {
		case "Find", "Page", "Seek", "Seek backward", "Patch of nothing":
			wantCode(t, name, err, "")
		default:
			wantCode(t, name, err, domain.CodeUnavailable, "cannot be written")
		}
	}
	if got := all(t, writable); len(got) != 1 || got[0] != ann {
		t.Errorf("Seek afterwards: got %v, want %v alone", got, ann)
	}
}

func TestAFullDiskIsUnavailableAndSavesNothing(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	ann := create(t, store, "Ann")
	if _, err := store.Writer().ExecContext(t.Context(), "PRAGMA max_page_count = 20"); err != nil {
		t.Fatal(err)
	}
	_, err := store.CreateBatch(t.Context(), newDrafts(t, 10_000))
	wantCode(t, "CreateBatch", err, domain.CodeUnavailable, "full")
	if got := all(t, store); len(got) != 1 || got[0] != ann {
		t.Errorf("Seek afterwards: got %d persons, want %v alone: a batch is saved whole or not at all", len(got), ann)
	}
	if bob := create(t, store, "Bob"); bob.ID() <= ann.ID() {
		t.Errorf("Create afterwards: got id %d, want one above %d", bob.ID(), ann.ID())
	}
}

func TestAnotherProgramsWriteIsWaitedForAndThenUnavailable(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store, err := openMigrated(sqlitestore.Config{Path: path, BusyTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ann := create(t, store, "Ann")
	other := openRaw(t, path)
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}

	start := time.Now()
	_, err = store.Create(t.Context(), newDraft(t, "Bob", 1))
	wantCode(t, "Create", err, domain.CodeUnavailable, "busy")
	if waited := time.Since(start); waited < 40*time.Millisecond {
		t.Errorf("Create: gave up after %v, want it to wait for the busy timeout of 50 ms", waited)
	}
	if got, err := store.Find(t.Context(), ann.ID()); err != nil || got != ann {
		t.Errorf("Find meanwhile: got %v and %v, want %v: a writer does not stop readers", got, err, ann)
	}
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	create(t, store, "Bob")
}

// endless never ends by itself.
const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

func TestAQueryThatIsInterruptedAnswersWhatCtxSays(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]*sqlitestore.Store{"file": open(t, newFile(t)), "memory": open(t, "")} {
		migrate(t, store)
		ann := create(t, store, "Ann")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		wantCode(t, "a query beyond its deadline, "+name, store.Query(ctx, endless), domain.CodeDeadline)
		cancel()
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		wantCode(t, "a query that is cancelled, "+name, store.Query(ctx, endless), domain.CodeCanceled)
		if got := all(t, store); len(got) != 1 || got[0] != ann {
			t.Errorf("Seek afterwards, %s: got %v, want %v: an interrupted query costs nobody anything", name, got, ann)
		}
	}
}

// waitUntilReading waits until a query has begun.
func waitUntilReading(store *sqlitestore.Store) {
	for store.Reading() == 0 {
		time.Sleep(time.Millisecond)
	}
}

func TestWaitingForAPlaceEndsWithCtx(t *testing.T) {
	t.Parallel()
	store := open(t, "") // one connection for everything
	migrate(t, store)
	busy, release := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- store.Query(busy, endless) }()
	waitUntilReading(store)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := store.Create(ctx, newDraft(t, "Ann", 1))
	wantCode(t, "Create behind a long query", err, domain.CodeDeadline)
	release()
	wantCode(t, "the long query", <-done, domain.CodeCanceled)
	create(t, store, "Ann")
}

// endsAfter is a ctx that ends when it has been looked at a number of times.
type endsAfter struct {
	context.Context //nolint:containedctx // it is a context itself
	looks           int
}

func (c *endsAfter) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

func TestABatchWhoseCtxEndsBetweenStatementsIsUndone(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	for looks := range 5 { // on entering, and after each of 4 statements
		_, err := store.CreateBatch(&endsAfter{t.Context(), looks}, newDrafts(t, 2_000))
		wantCode(t, "CreateBatch", err, domain.CodeCanceled)
		if got := len(all(t, store)); got != 0 {
			t.Errorf("Seek after a batch whose ctx ended at look %d: got %d persons, want none", looks+1, got)
		}
	}
	if _, err := store.CreateBatch(&endsAfter{t.Context(), 5}, newDrafts(t, 2_000)); err != nil {
		t.Errorf("CreateBatch whose ctx ends after it: got %v, want nil", err)
	}
}

func TestCloseWaitsForTheCallsUnderWay(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"file": newFile(t), "memory": ""} {
		store := open(t, path)
		ctx, cancel := context.WithCancel(t.Context())
		query, closing := make(chan error, 1), make(chan error, 1)
		go func() { query <- store.Query(ctx, endless) }()
		waitUntilReading(store)
		go func() { closing <- store.Close() }()
		select {
		case err := <-closing:
			t.Errorf("%s: Close: got %v while a query was under way, want it to wait", name, err)
		case <-time.After(20 * time.Millisecond):
		}
		cancel()
		wantCode(t, name+": the query", <-query, domain.CodeCanceled)
		if err := <-closing; err != nil {
			t.Errorf("%s: Close: got %v, want nil", name, err)
		}
	}
}

func TestCloseReleasesWhoeverWaits(t *testing.T) {
	t.Parallel()
	store := open(t, "") // one connection for everything
	migrate(t, store)
	busy, release := context.WithCancel(t.Context())
	defer release()
	query, waiter, closing := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { query <- store.Query(busy, endless) }()
	waitUntilReading(store)
	draft := newDraft(t, "Ann", 1)
	go func() {
		_, err := store.Create(t.Context(), draft)
		waiter <- err
	}()
	time.Sleep(20 * time.Millisecond) // Create has come as far as the queue
	go func() { closing <- store.Close() }()
	select {
	case err := <-waiter:
		wantCode(t, "Create in the queue", err, domain.CodeUnavailable, "closed")
	case <-time.After(5 * time.Second):
		t.Error("Create in the queue: got no answer in 5s, want it refused: it has no deadline and its turn may never come")
	}
	release()
	wantCode(t, "the query", <-query, domain.CodeCanceled)
	if err := <-closing; err != nil {
		t.Errorf("Close: got %v, want nil", err)
	}
}

func TestARuleOfTheTablesOwnIsAConflict(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	migrate(t, open(t, path))
	execute(t, path, "CREATE UNIQUE INDEX one_name ON persons_person (name)")
	store := open(t, path)
	ann := create(t, store, "Ann")
	_, err := store.Create(t.Context(), newDraft(t, "Ann", 2))
	wantCode(t, "Create against a constraint", err, domain.CodeConflict)
	_, err = store.CreateBatch(t.Context(), append(newDrafts(t, 700), newDraft(t, "Ann", 2)))
	wantCode(t, "CreateBatch against a constraint", err, domain.CodeConflict)
	if got := all(t, store); len(got) != 1 || got[0] != ann {
		t.Errorf("Seek afterwards: got %d persons, want %v alone: the first statement of the batch is undone too", len(got), ann)
	}
}

func TestADamagedFileIsNoticedAndNotServedAsEmpty(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store, err := openMigrated(sqlitestore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.CreateBatch(t.Context(), newDrafts(t, 5_000)); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	// The last pages are those of the persons who came last; the list of tables is before them.
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	const damaged = 20 * 4096
	writeAt(t, path, make([]byte, damaged), info.Size()-damaged)

	store = open(t, path)
	_, err = store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
	wantCode(t, "Page", err, domain.CodeInternal)
	_, err = store.Seek(t.Context(), everybody)
	wantCode(t, "Seek", err, domain.CodeInternal)
}
