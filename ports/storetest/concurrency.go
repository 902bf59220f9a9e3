package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func concurrencyCases() []storeCase {
	return []storeCase{
		{"what a call did is seen by calls that start later, from other goroutines", laterCallsSee},
		{"a person who is written all the time is never seen older or newer than it is", readsAreInTime},
		{"patches of different fields at the same time all take effect", patchesAllTakeEffect},
		{"twenty patchers of one person each get back what they saved", patchersGetTheirOwn},
		{"what many callers of every method were answered adds up", answersAddUp},
	}
}

func laterCallsSee(t *testing.T, store ports.PersonStore) {
	elsewhere := func(see func()) { together(3, func(int) { see() }) }
	const why = "a call that has returned is seen by every call that starts later"
	first := newDraft(t, "replaced", 2)
	wantTotal := func(want int64) {
		page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1})
		if err != nil || page.Total != want {
			t.Errorf("Page: got a total of %d and %v, want %d: %s", page.Total, err, want, why)
		}
	}
	for round := range int64(20) {
		kept := round * 2
		person := create(t, store, "Ann", round)
		elsewhere(func() { wantFound(t, store, person, why); wantTotal(kept + 1) })

		person, err := store.Patch(t.Context(), person.ID(), newName(t, "patched"))
		wantCode(t, "Patch", err, "", "the person is there")
		elsewhere(func() { wantFound(t, store, person, why) })

		person, err = store.Replace(t.Context(), person.ID(), first)
		wantCode(t, "Replace", err, "", "the person is there")
		elsewhere(func() { wantFound(t, store, person, why) })

		remove(t, store, person.ID())
		elsewhere(func() {
			_, err := store.Find(t.Context(), person.ID())
			wantCode(t, "Find after Delete", err, domain.CodeNotFound, why)
			wantTotal(kept)
		})

		batch := createMany(t, store, 2)
		elsewhere(func() {
			wantFound(t, store, batch[0], why)
			wantFound(t, store, batch[1], why)
			wantTotal(kept + 2)
		})
	}
}

// readsAreInTime counts a person's age up, with reads between the steps. A reader
// that knows which age was saved last before its call, and which was begun last
// after it, must see an age between the two.
func readsAreInTime(t *testing.T, store ports.PersonStore) {
	id := create(t, store, "Ann", 0).ID()
	wantInTime(t, store, id, "Find", func() (domain.Person, error) {
		return store.Find(t.Context(), id)
	})
	wantInTime(t, store, id, "Page", func() (domain.Person, error) {
		page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 5})
		return append(page.Persons, domain.Person{})[0], err
	})
	wantInTime(t, store, id, "Seek", func() (domain.Person, error) {
		slice, err := store.Seek(t.Context(), domain.SeekQuery{From: id - 1, Size: 5})
		return append(slice.Persons, domain.Person{})[0], err
	})
}

func wantInTime(t *testing.T, store ports.PersonStore, id int64, call string, read func() (domain.Person, error)) {
	t.Helper()
	const writes, readers = 60, 2
	var patches []domain.Patch
	for age := range int64(writes) {
		patches = append(patches, newAge(t, age))
	}
	if _, err := store.Patch(t.Context(), id, patches[0]); err != nil {
		t.Fatalf("Patch: got %v, want nil", err)
	}
	var begun, saved atomic.Int64
	reads := make(chan struct{})
	going, stop := context.WithCancel(t.Context())
	defer stop()
	writer := func() {
		defer stop()
		for age := int64(1); age < writes; age++ {
			// Of so many reads at least one began after the last write.
			for range readers + 1 {
				select {
				case <-reads:
				case <-going.Done():
					return
				}
			}
			begun.Store(age)
			_, err := store.Patch(t.Context(), id, patches[age])
			wantCode(t, "Patch", err, "", "readers do not stop writers")
			saved.Store(age)
		}
	}
	reader := func() {
		for going.Err() == nil {
			oldest := saved.Load()
			person, err := read()
			newest := begun.Load()
			if age := int64(person.Age()); err != nil || age < oldest || age > newest {
				t.Errorf("%s: got age %d and %v, want one between %d (saved before the call) and %d (begun before its end)", call, age, err, oldest, newest)
				stop()
			}
			select {
			case reads <- struct{}{}:
			case <-going.Done():
			}
		}
	}
	together(1+readers, func(i int) {
		if i == 0 {
			writer()
		} else {
			reader()
		}
	})
}

// patchesAllTakeEffect has ten persons, each with one patcher of the name and one
// of the age at the same time, over and over.
func patchesAllTakeEffect(t *testing.T, store ports.PersonStore) {
	const rounds = 10
	persons := createMany(t, store, 10)
	for round := range rounds {
		name, age := newName(t, fmt.Sprintf("name of round %d", round)), newAge(t, int64(1000+round))
		together(2*len(persons), func(i int) {
			patch := []domain.Patch{name, age}[i%2]
			_, err := store.Patch(t.Context(), persons[i/2].ID(), patch)
			wantCode(t, "Patch", err, "", "patching is safe for concurrent use")
		})
		for i, person := range persons {
			persons[i] = person.With(name).With(age)
			wantFound(t, store, persons[i], "a patch of one field never undoes a patch of another")
		}
	}
}

func patchersGetTheirOwn(t *testing.T, store ports.PersonStore) {
	const patchers, rounds = 20, 10
	person := create(t, store, "Ann", 1)
	for round := range rounds {
		patches := make([]domain.Patch, patchers)
		for i := range patches {
			if i%2 == 0 {
				patches[i] = newName(t, fmt.Sprintf("name %d of round %d", i, round))
			} else {
				patches[i] = newAge(t, int64(round*100+i))
			}
		}
		together(patchers, func(i int) {
			got, err := store.Patch(t.Context(), person.ID(), patches[i])
			wantPerson(t, "Patch", got, err, got.With(patches[i]), "a patch returns the person as it saved it")
			if got.ID() != person.ID() {
				t.Errorf("Patch: got id %d, want %d: a patch keeps the id", got.ID(), person.ID())
			}
		})
		got, err := store.Find(t.Context(), person.ID())
		ofRound := strings.HasSuffix(got.Name(), fmt.Sprintf(" of round %d", round)) && got.Age()/100 == round
		if err != nil || !ofRound {
			t.Errorf("Find after 20 patches of round %d: got %s and %v, want name and age of that round: all patches take effect", round, show(got), err)
		}
	}
}

// answersAddUp lets many callers create, change, delete and read at once, each
// keeping to persons of its own, and compares what they were told with what is there.
func answersAddUp(t *testing.T, store ports.PersonStore) {
	const callers, rounds = 8, 15
	var saved [callers][]domain.Person
	drafts, renamed := newDrafts(t, 5), newName(t, "renamed")
	together(callers, func(i int) {
		var err error
		if saved[i], err = mixedWork(t.Context(), store, drafts, renamed, rounds); err != nil {
			t.Errorf("caller %d: got %v, want no error: every method is safe for concurrent use", i, err)
		}
	})
	wantEverybody(t, store, inOrder(saved[:]...), "every person that a caller was answered, and did not delete, is there as answered")
}

// mixedWork calls every method in turn and returns who must be there afterwards.
func mixedWork(ctx context.Context, store ports.PersonStore, drafts []domain.Draft, renamed domain.Patch, rounds int) ([]domain.Person, error) {
	var own []domain.Person
	for range rounds {
		batch, err := store.CreateBatch(ctx, drafts)
		if err != nil {
			return own, err
		}
		if err := store.Delete(ctx, batch[0].ID()); err != nil {
			return own, err
		}
		if batch[1], err = store.Patch(ctx, batch[1].ID(), renamed); err != nil {
			return own, err
		}
		if batch[2], err = store.Replace(ctx, batch[2].ID(), drafts[4]); err != nil {
			return own, err
		}
		if batch[3], err = store.Find(ctx, batch[3].ID()); err != nil {
			return own, err
		}
		if batch[0], err = store.Create(ctx, drafts[0]); err != nil {
			return own, err
		}
		if _, err := store.Page(ctx, domain.PageQuery{Number: domain.LastPage, Size: 10}); err != nil {
			return own, err
		}
		if _, err := store.Seek(ctx, domain.SeekQuery{From: batch[1].ID(), Backward: true, Size: 10}); err != nil {
			return own, err
		}
		gone, err := store.DeleteBatch(ctx, []int64{batch[4].ID(), batch[4].ID()})
		if err != nil || len(gone) != 1 || gone[0] != batch[4] {
			return own, errors.Join(err, fmt.Errorf("a batch of deletes of one person: got %d persons", len(gone)))
		}
		own = append(own, batch[:4]...)
	}
	return own, nil
}
