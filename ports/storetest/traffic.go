package storetest

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func trafficCases() []storeCase {
	return []storeCase{
		{"pages are exact wherever deleted persons left gaps", pagesWithGaps},
		{"a page read while one caller writes is that of one moment during the read", pagesBesideOneWriter},
		{"pages read while many write are in order, and exact when all is quiet", pagesBesideManyWriters},
	}
}

// pagesWithGaps removes ranges at random, until nobody is left, and saves others.
func pagesWithGaps(t *testing.T, store ports.PersonStore) {
	const rounds = 6
	random := newRandom(t)
	var persons []domain.Person
	for range rounds {
		if len(persons) < 4*stretch {
			persons = append(persons, createMany(t, store, randomBatch(random)+stretch)...)
		}
		wantEveryPage(t, store, persons, "a batch was saved")
		from, to := randomRange(random, persons)
		persons = removeRange(t, store, persons, from, to)
		wantEveryPage(t, store, persons, "a range was removed")
	}
	persons = removeRange(t, store, persons, 0, len(persons))
	wantEveryPage(t, store, persons, "everybody was removed")
	wantEveryPage(t, store, createMany(t, store, stretch+1), "everybody was removed and others saved")
}

// pagesBesideOneWriter compares each page with who was there before and after
// each write that overlaps with the read.
func pagesBesideOneWriter(t *testing.T, store ports.PersonStore) {
	const readers, rounds, writes, reads = 3, 2, 25, 40
	random, drafts := newRandom(t), newDrafts(t, 2*stretch)
	persons := createMany(t, store, 4*stretch+1)
	for range rounds {
		from, to := randomRange(random, persons)
		persons = removeRange(t, store, persons, from, to)
		told := newHistory(persons)
		var done, enough atomic.Int64
		var reading sync.WaitGroup
		for range readers {
			random := child(random)
			reading.Go(func() {
				for read := 1; done.Load() < writes || enough.Load() < readers; read++ {
					if told.read(t, store, random); read == reads {
						enough.Add(1)
					}
				}
			})
		}
		for done.Load() < writes || enough.Load() < readers {
			told.write(func(now []domain.Person) []domain.Person { return writeOnce(t, store, random, drafts, now) })
			done.Add(1)
		}
		reading.Wait()
		persons = told.latest.Load().persons
		wantEveryPage(t, store, persons, "one caller wrote")
	}
}

// tally counts calls of a kind.
type tally struct{ begun, done atomic.Int64 }

func (c *tally) count(n int, do func()) {
	c.begun.Add(int64(n))
	do()
	c.done.Add(int64(n))
}

// rush is a time in which many write.
type rush struct {
	before           []domain.Person // who was there when it began
	staying          []domain.Person // those of them whom nobody touches
	created, deleted tally
}

// pagesBesideManyWriters gives each writer persons of its own, so that in the end
// it is clear who must be there.
func pagesBesideManyWriters(t *testing.T, store ports.PersonStore) {
	const rounds, writers, readers = 2, 6, 2
	random, drafts := newRandom(t), newDrafts(t, 2*stretch)
	persons := createMany(t, store, 3*stretch)
	for range rounds {
		var own [writers + 1][]domain.Person
		for i, person := range persons {
			own[i%len(own)] = append(own[i%len(own)], person)
		}
		now := &rush{before: persons, staying: own[writers]}
		randoms := make([]*rand.Rand, writers+readers)
		for i := range randoms {
			randoms[i] = child(random)
		}
		var writing atomic.Int64
		writing.Store(writers)
		together(writers+readers, func(i int) {
			if i < writers {
				defer writing.Add(-1)
				own[i] = now.write(t, store, randoms[i], drafts, own[i])
				return
			}
			for writing.Load() > 0 {
				now.read(t, store, randoms[i])
			}
		})
		persons = inOrder(own[:]...)
		wantEveryPage(t, store, persons, "many wrote")
		from, to := randomRange(random, persons)
		persons = removeRange(t, store, persons, from, to)
		wantEveryPage(t, store, persons, "many removed a range")
	}
}

// write changes persons of the writer's own and returns who they are then.
func (r *rush) write(t *testing.T, store ports.PersonStore, random *rand.Rand, drafts []domain.Draft, own []domain.Person) []domain.Person {
	t.Helper()
	const writes, why = 10, "writing is safe for concurrent use"
	for range writes {
		var (
			size  = 1 + random.IntN(200)
			batch []domain.Person
			err   error
		)
		switch random.IntN(4) {
		case 0:
			r.created.count(size, func() { batch, err = store.CreateBatch(t.Context(), drafts[:size]) })
			wantCode(t, "CreateBatch", err, "", why)
		case 1:
			batch = make([]domain.Person, 1)
			r.created.count(1, func() { batch[0], err = store.Create(t.Context(), drafts[size]) })
			wantCode(t, "Create", err, "", why)
		case 2:
			if len(own) > 0 {
				i := random.IntN(len(own))
				own[i], err = store.Replace(t.Context(), own[i].ID(), drafts[size])
				wantCode(t, "Replace", err, "", why)
			}
		default:
			from, to := randomRange(random, own)
			to = min(to, from+40)
			if size%2 == 0 {
				r.deleted.count(to-from, func() { wantDeleted(t, store, own[from:to]) })
				own = slices.Concat(own[:from], own[to:])
				break
			}
			for _, person := range own[from:to] {
				r.deleted.count(1, func() { err = store.Delete(t.Context(), person.ID()) })
				wantCode(t, "Delete", err, "", why)
			}
			own = slices.Concat(own[:from], own[to:])
		}
		own = append(own, batch...)
	}
	return own
}

// read asks for a page at random. Nobody knows which writes it shows, but not
// everything is possible.
func (r *rush) read(t *testing.T, store ports.PersonStore, random *rand.Rand) {
	t.Helper()
	created, deleted := r.created.done.Load(), r.deleted.done.Load()
	query := randomQuery(random, len(r.before))
	page, err := store.Page(t.Context(), query)
	least := int64(len(r.before)) + created - r.deleted.begun.Load()
	most := int64(len(r.before)) + r.created.begun.Load() - deleted
	if domain.CodeOf(err) == domain.CodeNotFound {
		if _, err := query.Window(least); err == nil {
			t.Errorf("Page%+v while many write: got not found, want a page: there are at least %d persons", query, least)
		}
		return
	}
	if page.Total < least || page.Total > most {
		t.Errorf("Page%+v while many write: got a total of %d and %v, want one from %d to %d", query, page.Total, err, least, most)
		return
	}
	window, windowErr := query.Window(page.Total)
	if err != nil || windowErr != nil || page.Number != window.Number || page.Size != query.Size || len(page.Persons) != window.Limit {
		t.Errorf("Page%+v while many write: got page %d of %d persons with %d and %v, want %d with %d",
			query, page.Number, page.Total, len(page.Persons), err, window.Number, window.Limit)
		return
	}
	if query.Backward {
		slices.Reverse(page.Persons)
	}
	if window.Limit > 0 {
		r.wantOrder(t, query, window.Offset, page.Persons)
	}
}

// wantOrder fails the test unless the persons of a page come in the order of their
// ids, nobody is missing between them who stays, and as many come before as the
// offset says, as far as one can know.
func (r *rush) wantOrder(t *testing.T, query domain.PageQuery, offset int64, persons []domain.Person) {
	t.Helper()
	first, last := persons[0].ID(), persons[len(persons)-1].ID()
	from, to := position(r.staying, first), position(r.staying, last+1)
	staying := r.staying[from:to]
	previous := first - 1
	for _, person := range persons {
		if person.ID() <= previous {
			t.Errorf("Page%+v while many write: got id %d after %d, want a greater one", query, person.ID(), previous)
			return
		}
		previous = person.ID()
		if len(staying) > 0 && person == staying[0] {
			staying = staying[1:]
		}
	}
	if len(staying) > 0 {
		t.Errorf("Page%+v while many write: got ids from %d to %d without %s, whom nobody touches", query, first, last, show(staying[0]))
	}
	if most := position(r.before, first); offset < int64(from) || first <= r.before[len(r.before)-1].ID() && offset > int64(most) {
		t.Errorf("Page%+v while many write: got id %d at %d of the list, want it between %d and %d", query, first, offset, from, most)
	}
}
