package sqlitestore_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Pages and totals of a file that another program writes too. What is right is
// what that program finds when it reads the whole table.

// wantPagesOf fails the test unless the first page, the last one and some at random are
// those of the table.
func wantPagesOf(t *testing.T, random *rand.Rand, store *sqlitestore.Store, now table, after string) {
	t.Helper()
	queries := []domain.PageQuery{{Number: 1, Size: 10}, {Number: domain.LastPage, Size: 10}}
	for range 4 {
		queries = append(queries, randomQuery(random, len(now)))
	}
	for _, query := range queries {
		page, err := store.Page(t.Context(), query)
		if problem := now.mismatch(query, page, err); problem != "" {
			t.Fatalf("Page%+v after %s: %s", query, after, problem)
		}
	}
}

// writeOwn makes one change at random through the store and returns what it did.
func writeOwn(t *testing.T, random *rand.Rand, store *sqlitestore.Store, other *foreign, now table) string {
	t.Helper()
	draft := newDraft(t, "own", random.Int64N(100))
	switch random.IntN(4) {
	case 0:
		create(t, store, "created")
		return "Create"
	case 1:
		size := other.rows()
		if _, err := store.CreateBatch(t.Context(), newDrafts(t, size)); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("CreateBatch of %d", size)
	case 2:
		if len(now) == 0 {
			return "nothing"
		}
		id := idOf(now[random.IntN(len(now))])
		if _, err := store.Replace(t.Context(), id, draft); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("Replace of %d", id)
	default:
		if len(now) == 0 {
			return "nothing"
		}
		line, _ := slices.BinarySearchFunc(now, other.edge(now)-1, func(line string, id int64) int { return cmp.Compare(idOf(line), id) })
		id := idOf(now[min(line, len(now)-1)])
		if err := store.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("Delete of %d", id)
	}
}

func TestPagesShowWhatAnotherProgramCommitted(t *testing.T) {
	t.Parallel()
	const writes = 100
	random, path := newRandom(t), newFile(t)
	first := openWith(t, sqlitestore.Config{Path: path})
	second := openWith(t, sqlitestore.Config{Path: path})
	other := openForeign(t, path, random)
	var now table
	for i := range writes {
		if i%25 == 24 {
			if err := second.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			second = openWith(t, sqlitestore.Config{Path: path})
		}
		for _, store := range []*sqlitestore.Store{first, second} {
			if random.IntN(2) == 0 {
				awaitCensus(t, store)
			}
		}
		var did string
		switch random.IntN(5) {
		case 0:
			did = writeOwn(t, random, first, other, now)
		case 1:
			did = writeOwn(t, random, second, other, now)
		case 2:
			did = other.remove(now) + " in a transaction"
			other.execute(t, "BEGIN IMMEDIATE; "+strings.TrimSuffix(did, " in a transaction"))
			wantPagesOf(t, random, first, now, did+" that is not committed")
			other.execute(t, []string{"COMMIT", "ROLLBACK"}[random.IntN(2)])
		default:
			did = other.write(t, now)
		}
		now = other.table(t)
		wantPagesOf(t, random, first, now, did)
		wantPagesOf(t, random, second, now, did)
	}
}

// moment is what was in the table after a write and before the next.
type moment struct {
	table table
	begun atomic.Bool   // the next write
	ended chan struct{} // closed when next is set
	next  *moment
}

func TestAPageReadWhileProgramsWriteIsOfOneMomentOfTheRead(t *testing.T) {
	t.Parallel()
	const writes, readers = 100, 3
	random, path := newRandom(t), newFile(t)
	stores := []*sqlitestore.Store{openWith(t, sqlitestore.Config{Path: path}), openWith(t, sqlitestore.Config{Path: path})}
	other := openForeign(t, path, random)
	other.execute(t, other.insert(nil))

	var latest atomic.Pointer[moment]
	latest.Store(&moment{table: other.table(t), ended: make(chan struct{})})
	stop := make(chan struct{})
	var reading sync.WaitGroup
	stopReading := sync.OnceFunc(func() { close(stop); reading.Wait() })
	defer stopReading()
	for i := range readers {
		random := rand.New(rand.NewPCG(random.Uint64(), 0))
		reading.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					readAtAMoment(t, stores[i%len(stores)], &latest, random, stop)
				}
			}
		})
	}
	for range writes {
		if store := stores[random.IntN(2)]; random.IntN(2) == 0 {
			awaitCensus(t, store)
		}
		now := latest.Load()
		now.begun.Store(true)
		if random.IntN(3) > 0 {
			writeOwn(t, random, stores[random.IntN(2)], other, now.table)
		} else {
			other.write(t, now.table)
		}
		now.next = &moment{table: other.table(t), ended: make(chan struct{})}
		latest.Store(now.next)
		close(now.ended)
	}
	stopReading()
}

// readAtAMoment reads a page, which must be that of a moment between the last write
// that ended before and the last one that began meanwhile.
func readAtAMoment(t *testing.T, store *sqlitestore.Store, latest *atomic.Pointer[moment], random *rand.Rand, stop <-chan struct{}) {
	t.Helper()
	first := latest.Load()
	query := randomQuery(random, len(first.table))
	page, err := store.Page(t.Context(), query)
	last := latest.Load()
	writing := last.begun.Load()
	var problems []string
	for m := first; ; m = m.next {
		problem := m.table.mismatch(query, page, err)
		if problem == "" {
			return
		}
		problems = append(problems, problem)
		if m == last && !writing {
			break
		}
		select {
		case <-m.ended:
		case <-stop:
			return
		}
		if m == last {
			writing, last = false, m.next
		}
	}
	t.Errorf("Page%+v while others write: got the page of no moment between its begin and its end:\n%s", query, strings.Join(problems, "\n"))
}

func TestPagesAreRightAfterProgramsWroteAtTheSameTime(t *testing.T) {
	t.Parallel()
	const rounds, writes = 2, 5
	random, path := newRandom(t), newFile(t)
	store := openWith(t, sqlitestore.Config{Path: path})
	other := openForeign(t, path, random)
	drafts := newDrafts(t, 2*stretch)
	for range rounds {
		awaitCensus(t, store)
		var writing sync.WaitGroup
		for range 8 {
			random := rand.New(rand.NewPCG(random.Uint64(), 0))
			writing.Go(func() {
				for range writes {
					batch, err := store.CreateBatch(t.Context(), drafts[:1+random.IntN(100)])
					wantCode(t, "CreateBatch", err, "")
					person, err := store.Create(t.Context(), drafts[0])
					wantCode(t, "Create", err, "")
					for _, gone := range append(batch[len(batch)/2:], person) {
						if err := store.Delete(t.Context(), gone.ID()); domain.CodeOf(err) != domain.CodeNotFound {
							wantCode(t, "Delete", err, "") // unless another program was faster
						}
					}
				}
			})
		}
		var done atomic.Bool
		reader := rand.New(rand.NewPCG(random.Uint64(), 0))
		writing.Go(func() {
			for !done.Load() {
				wantWhole(t, store, randomQuery(reader, 3*stretch))
			}
		})
		for range writes {
			other.write(t, other.table(t))
		}
		done.Store(true)
		writing.Wait()
		now := other.table(t)
		wantPagesOf(t, random, store, now, "many wrote at the same time")
		awaitCensus(t, store)
		wantPagesOf(t, random, store, now, "all was counted anew")
	}
}

// wantWhole fails the test unless a page is one that could be: as many persons as its
// total makes due, in the order of ids.
func wantWhole(t *testing.T, store *sqlitestore.Store, query domain.PageQuery) {
	t.Helper()
	page, err := store.Page(t.Context(), query)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return
	}
	window, windowErr := query.Window(page.Total)
	if err != nil || windowErr != nil || len(page.Persons) != window.Limit || page.Number != window.Number {
		t.Errorf("Page%+v while others write: got page %d of a total of %d with %d persons and %v, want %d with %d",
			query, page.Number, page.Total, len(page.Persons), err, window.Number, window.Limit)
	}
	for i := 1; i < len(page.Persons); i++ {
		if page.Persons[i-1].ID() >= page.Persons[i].ID() {
			t.Errorf("Page%+v while others write: got id %d before %d, want growing ids", query, page.Persons[i-1].ID(), page.Persons[i].ID())
		}
	}
}

// Another program may have made triggers, so that a write does more than it says, or less.
func TestPagesAreRightWhereTriggersAddAndRemovePersons(t *testing.T) {
	t.Parallel()
	const ofOwn = "WHEN NEW.name NOT LIKE 'by trigger%' BEGIN "
	for name, trigger := range map[string]string{
		"an insert removes the oldest": `AFTER INSERT ON persons_person BEGIN
			DELETE FROM persons_person WHERE id = (SELECT min(id) FROM persons_person); END`,
		"a trigger names the table in capitals": `AFTER INSERT ON PERSONS_PERSON BEGIN
			DELETE FROM persons_person WHERE id = (SELECT min(id) FROM persons_person); END`,
		"an insert removes what it inserted": `AFTER INSERT ON persons_person WHEN NEW.age % 2 = 0 BEGIN
			DELETE FROM persons_person WHERE id = NEW.id; END`,
		"an insert adds another person":        "AFTER INSERT ON persons_person " + ofOwn + "INSERT INTO persons_person (name, age) VALUES ('by trigger', 1); END",
		"an insert adds a person before":       "BEFORE INSERT ON persons_person " + ofOwn + "INSERT INTO persons_person (name, age) VALUES ('by trigger', 1); END",
		"an insert adds a person far away":     "AFTER INSERT ON persons_person " + ofOwn + "INSERT OR IGNORE INTO persons_person (id, name, age) VALUES (-NEW.id * 5000, 'by trigger', 1); END",
		"an insert is left out in silence":     "BEFORE INSERT ON persons_person WHEN NEW.age % 3 = 0 BEGIN SELECT RAISE(IGNORE); END",
		"a removal removes the next person":    "AFTER DELETE ON persons_person BEGIN DELETE FROM persons_person WHERE id = OLD.id + 1; END",
		"a removal is left out in silence":     "BEFORE DELETE ON persons_person WHEN OLD.id % 2 = 0 BEGIN SELECT RAISE(IGNORE); END",
		"a removal adds a person":              "AFTER DELETE ON persons_person BEGIN INSERT INTO persons_person (name, age) VALUES ('by trigger', 1); END",
		"a removal fails":                      "BEFORE DELETE ON persons_person WHEN OLD.id % 2 = 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
		"a change moves the person":            "AFTER UPDATE ON persons_person WHEN OLD.id = NEW.id BEGIN UPDATE OR IGNORE persons_person SET id = id + 5000 WHERE id = NEW.id; END",
		"a change removes the person":          "AFTER UPDATE ON persons_person BEGIN DELETE FROM persons_person WHERE id = NEW.id; END",
		"a change adds a person":               "AFTER UPDATE ON persons_person BEGIN INSERT INTO persons_person (name, age) VALUES ('by trigger', 1); END",
		"an insert of a batch removes a range": "AFTER INSERT ON persons_person WHEN NEW.id % 50 = 0 BEGIN DELETE FROM persons_person WHERE id BETWEEN NEW.id - 1500 AND NEW.id - 400; END",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			store := openWith(t, sqlitestore.Config{Path: path})
			other := openForeign(t, path, newRandom(t))
			if _, err := store.CreateBatch(t.Context(), newDrafts(t, 2*stretch+100)); err != nil {
				t.Fatal(err)
			}
			awaitCensus(t, store)
			wantPagesOf(t, other.random, store, other.table(t), "everything was as usual")
			other.execute(t, "CREATE TRIGGER planted "+trigger)
			writeUnderTrigger(t, store, other)
			other.execute(t, "DROP TRIGGER planted")
			create(t, store, "Ann")
			wantPagesOf(t, other.random, store, other.table(t), "the trigger was dropped")
			store.Rest(time.Time{}) // it would rest for a second
			awaitCensus(t, store)
			wantPagesOf(t, other.random, store, other.table(t), "the trigger was dropped and all was counted")
		})
	}
}

// Foreign keys of another program's may remove more persons than a write says.
func TestPagesAreRightWhereForeignKeysRemovePersons(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]string{
		"who goes takes others along": `ALTER TABLE persons_person ADD COLUMN boss integer REFERENCES persons_person (id) ON DELETE CASCADE;
			UPDATE persons_person SET boss = id - 1 WHERE id % 3 = 0`,
		"who goes takes a pet along, and that somebody else": `CREATE TABLE pet (owner integer REFERENCES persons_person (id) ON DELETE CASCADE);
			INSERT INTO pet SELECT id FROM persons_person;
			CREATE TRIGGER planted AFTER DELETE ON pet BEGIN DELETE FROM persons_person WHERE id = OLD.owner + 1000; END`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			store := openWith(t, sqlitestore.Config{Path: path})
			other := openForeign(t, path, newRandom(t))
			if _, err := store.CreateBatch(t.Context(), newDrafts(t, 2*stretch+100)); err != nil {
				t.Fatal(err)
			}
			awaitCensus(t, store)
			other.execute(t, rule)
			writeUnderTrigger(t, store, other)
		})
	}
}

// writeUnderTrigger writes in every way, alone and together, and looks at pages in between.
// What the writes answer is not looked at: a trigger may refuse them.
func writeUnderTrigger(t *testing.T, store *sqlitestore.Store, other *foreign) {
	t.Helper()
	drafts := newDrafts(t, 120)
	ids := []int64{1, 2, 3, stretch - 1, stretch, stretch + 1, 2 * stretch}
	for round := range 2 {
		for _, id := range ids {
			id += int64(10 * round)
			_, _ = store.Create(t.Context(), drafts[id%7])
			_, _ = store.Replace(t.Context(), id, drafts[1])
			_ = store.Delete(t.Context(), id+3)
			wantPagesOf(t, other.random, store, other.table(t), fmt.Sprintf("writes near %d", id))
		}
		_, _ = store.CreateBatch(t.Context(), drafts)
		wantPagesOf(t, other.random, store, other.table(t), "CreateBatch")
		var group sync.WaitGroup
		for i := range 40 {
			group.Go(func() {
				_, _ = store.Create(t.Context(), drafts[i])
				_ = store.Delete(t.Context(), int64(20+i+100*round))
			})
		}
		group.Wait()
		wantPagesOf(t, other.random, store, other.table(t), "writes together")
	}
}

func TestPagesHoldTheFirstAndTheLastIDThereIs(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store := openWith(t, sqlitestore.Config{Path: path})
	other := openForeign(t, path, newRandom(t))
	for _, id := range []int64{0, -1, math.MinInt64, 1, math.MaxInt64, math.MinInt64 + 1, math.MaxInt64 - 1, -stretch, stretch, math.MinInt64 + stretch, math.MaxInt64 - stretch} {
		other.execute(t, fmt.Sprintf("INSERT INTO persons_person (id, name, age) VALUES (%d, 'far', 1)", id))
		now := other.table(t)
		wantPagesOf(t, other.random, store, now, fmt.Sprintf("id %d was inserted", id))
		awaitCensus(t, store)
		wantPagesOf(t, other.random, store, now, fmt.Sprintf("id %d was inserted and counted", id))
		wantPagesOf(t, other.random, openWith(t, sqlitestore.Config{Path: path}), now, "the file was opened")
	}
	for _, line := range other.table(t) {
		id, _, _ := strings.Cut(line, " ")
		other.execute(t, "DELETE FROM persons_person WHERE id = "+id)
		wantPagesOf(t, other.random, store, other.table(t), "id "+id+" was removed")
	}
}
