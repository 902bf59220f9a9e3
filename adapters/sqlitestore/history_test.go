package sqlitestore_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// changesOf returns what the store has written down, the latest first: of one person, or of all for 0.
func changesOf(t *testing.T, store *sqlitestore.Store, id int64) []domain.Change {
	t.Helper()
	changes, err := store.Changes(t.Context(), domain.ChangesQuery{Person: id, Size: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// A number is not less than its time, and two processes write with one clock or with two.
func TestNumbersGrowWhateverTheClockSays(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	create(t, store, "Ann")
	year := (365 * 24 * time.Hour).Microseconds()
	execute(t, path, fmt.Sprintf("UPDATE roster_history SET number = number + %d, at = at + %[1]d", year))
	if _, err := store.DeleteBatch(t.Context(), []int64{1, create(t, store, "Bob").ID()}); err != nil {
		t.Fatal(err)
	}
	changes := changesOf(t, store, 0)
	if len(changes) != 4 {
		t.Fatalf("Changes: got %v, want two created and two deleted", changes)
	}
	if first := changes[3]; first.First != 1 || first.Kind != domain.ChangeCreated {
		t.Errorf("Changes: got %v as the earliest, want how Ann was created: later changes have greater numbers", first)
	}
	for i, change := range changes[1:] {
		if change.Number >= changes[i].Number {
			t.Errorf("Changes: got number %d after %d, want less: the latest comes first", change.Number, changes[i].Number)
		}
	}

	// How Ann was created lies behind the hours asked for, in its number as in its time; how Bob was lies
	// before those of next year, though its number says something else.
	for now, want := range map[time.Time]int64{time.Now(): 1, time.Now().Add(365 * 24 * time.Hour): 1} {
		hours, err := store.CreatedPerHour(t.Context(), now, 2)
		sum := int64(0)
		for _, hour := range hours {
			sum += hour.Count
		}
		if err != nil || len(hours) != 2 || sum != want {
			t.Errorf("CreatedPerHour up to %v: got %v and %v, want %d in two hours", now, hours, err, want)
		}
	}

	// Those written while the clock was right again are removed in their time, though their
	// numbers are those of another year.
	if more, err := store.TidyHistory(t.Context(), time.Now().Add(domain.HistoryLifetime+time.Minute)); more || err != nil {
		t.Errorf("TidyHistory: got %v and %v, want no more to remove", more, err)
	}
	if changes := changesOf(t, store, 0); len(changes) != 1 || changes[0].First != 1 || changes[0].Kind != domain.ChangeCreated {
		t.Errorf("Changes after TidyHistory: got %v, want the one of next year", changes)
	}
}

func TestTidyHistoryRemovesSomeAtATime(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	saved, err := store.CreateBatch(t.Context(), newDrafts(t, 5_000))
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]int64, len(saved))
	for i, person := range saved {
		ids[i] = person.ID()
	}
	if _, err := store.DeleteBatch(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(domain.HistoryLifetime + time.Second)
	for _, want := range []struct {
		more bool
		left int
	}{{true, 3001}, {true, 1001}, {false, 0}, {false, 0}} {
		more, err := store.TidyHistory(t.Context(), later)
		if err != nil || more != want.more {
			t.Errorf("TidyHistory: got %v and %v, want %v", more, err, want.more)
		}
		if left := len(changesOf(t, store, 0)); left != want.left {
			t.Errorf("after TidyHistory: got %d changes, want %d: the oldest 2,000 go at a time", left, want.left)
		}
	}
}

func TestWhatOneHasDoneToManyIsFoundByEachOfThem(t *testing.T) {
	t.Parallel()
	store := open(t, newFile(t))
	migrate(t, store)
	ctx := domain.WithOrigin(t.Context(), domain.Origin{Via: domain.ViaCLI, Who: `A "quoted" Ann`})
	create(t, store, "before")
	if _, err := store.CreateBatch(ctx, newDrafts(t, 1_000)); err != nil {
		t.Fatal(err)
	}
	create(t, store, "after")
	for id, want := range map[int64]int64{1: 1, 2: 1000, 500: 1000, 1001: 1000, 1002: 1, 1003: 0, -1: 0} {
		changes := changesOf(t, store, id)
		if want == 0 {
			if len(changes) > 0 {
				t.Errorf("Changes of %d: got %v, want none", id, changes)
			}
			continue
		}
		if len(changes) != 1 || changes[0].Count != want {
			t.Errorf("Changes of %d: got %v, want one of %d persons", id, changes, want)
		} else if want > 1 && (changes[0].Origin.Who != `A "quoted" Ann` || changes[0].After != domain.Person{}) {
			t.Errorf("Changes of %d: got %+v, want who made it, and nobody in particular", id, changes[0])
		}
	}
}

func TestAFileWithoutAHistoryIsNotWritten(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := open(t, path)
	migrate(t, store)
	execute(t, path, "DROP TABLE roster_history")
	_, err := store.Create(t.Context(), newDraft(t, "Ann", 1))
	wantCode(t, "Create", err, domain.CodeUnavailable, "roster migrate")
	_, err = store.Changes(t.Context(), domain.ChangesQuery{Size: 1})
	wantCode(t, "Changes", err, domain.CodeUnavailable, "roster migrate")
	_, err = store.TidyHistory(t.Context(), time.Now())
	wantCode(t, "TidyHistory", err, domain.CodeUnavailable, "roster migrate")
	_, err = store.CreatedPerHour(t.Context(), time.Now(), 1)
	wantCode(t, "CreatedPerHour", err, domain.CodeUnavailable, "roster migrate")
	if got := all(t, store); len(got) != 0 {
		t.Errorf("Seek: got %v, want nobody: what is not written down is not done", got)
	}
}

func TestASurveyLeavesTheConnectionsOfReadersAlone(t *testing.T) {
	t.Parallel()
	store, err := openMigrated(sqlitestore.Config{Path: newFile(t), Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	create(t, store, "Ann")
	counts, err := store.CountByAge(t.Context())
	if err != nil || len(counts) != 1 || counts[0] != (domain.AgeCount{Age: 1, Count: 1}) {
		t.Errorf("CountByAge: got %v and %v, want one person of 1", counts, err)
	}
	hours, err := store.CreatedPerHour(t.Context(), time.Now(), 24)
	if err != nil || len(hours) != 24 || hours[23].Count+hours[22].Count != 1 {
		t.Errorf("CreatedPerHour: got %v and %v, want Ann in the last hour", hours, err)
	}
	if size, err := store.Size(t.Context()); err != nil || size < 4096 {
		t.Errorf("Size: got %d and %v, want some pages", size, err)
	}
	store.Survey(t, func() {
		if _, err := store.Find(t.Context(), 1); err != nil {
			t.Errorf("Find during a survey: got %v, want Ann", err)
		}
		if _, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1}); err != nil || !store.Counted() {
			t.Errorf("Page during a survey: got %v, want Ann, and the census", err)
		}
	})
}

func TestCloseWaitsForASurvey(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	synctest.Test(t, func(t *testing.T) {
		store := open(t, path)
		migrate(t, store)
		goOn, closed := make(chan struct{}), make(chan error, 1)
		go store.Survey(t, func() { <-goOn })
		synctest.Wait()
		go func() { closed <- store.Close() }()
		synctest.Wait()
		select {
		case err := <-closed:
			t.Errorf("Close during a survey: got %v, want it to wait: the last connection tidies the file up", err)
		default:
		}
		close(goOn)
		synctest.Wait()
		if err := <-closed; err != nil {
			t.Errorf("Close: got %v, want nil", err)
		}
	})
}
