package historytest

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// newDraft returns a draft that the domain has checked.
func newDraft(t *testing.T, name string, age int64) domain.Draft {
	t.Helper()
	draft, err := domain.NewDraft(name, age)
	if err != nil {
		t.Fatalf("domain.NewDraft(%+q, %d): got %v, want a draft", name, age, err)
	}
	return draft
}

// newDrafts returns n drafts that differ from one another.
func newDrafts(t *testing.T, n int) []domain.Draft {
	t.Helper()
	drafts := make([]domain.Draft, n)
	for i := range drafts {
		drafts[i] = newDraft(t, fmt.Sprintf("Draft %05d", n-i), int64(n-i))
	}
	return drafts
}

// newAge returns a patch that changes the age only.
func newAge(t *testing.T, age int64) domain.Patch {
	t.Helper()
	patch, err := domain.NewPatch(nil, &age)
	if err != nil {
		t.Fatalf("domain.NewPatch(nil, %d): got %v, want a patch", age, err)
	}
	return patch
}

// newClaim returns the claim of a request.
func newClaim(t *testing.T, key, request string) domain.Claim {
	t.Helper()
	claim, err := domain.NewClaim(key, []byte(request), time.Now())
	if err != nil {
		t.Fatalf("domain.NewClaim(%q): got %v, want a claim", key, err)
	}
	return claim
}

// create saves one person that the case needs.
func create(t *testing.T, store Store, name string, age int64) domain.Person {
	t.Helper()
	person, err := store.Create(t.Context(), newDraft(t, name, age))
	if err != nil {
		t.Fatalf("Create(%+q, %d): got %v, want a person", name, age, err)
	}
	return person
}

// createMany saves n persons that the case needs, together.
func createMany(t *testing.T, store Store, n int) []domain.Person {
	t.Helper()
	persons, err := store.CreateBatch(t.Context(), newDrafts(t, n))
	if err != nil || len(persons) != n {
		t.Fatalf("CreateBatch of %d: got %d persons and %v, want all and nil", n, len(persons), err)
	}
	return persons
}

// setAge makes a person another and returns it.
func setAge(t *testing.T, store Store, person domain.Person, age int64) domain.Person {
	t.Helper()
	person, err := store.Patch(t.Context(), person.ID(), newAge(t, age))
	if err != nil {
		t.Fatalf("Patch(%d): got %v, want a person", person.ID(), err)
	}
	return person
}

// remove deletes persons that the case does not need any more.
func remove(t *testing.T, store Store, persons ...domain.Person) {
	t.Helper()
	for some := range slices.Chunk(persons, 1000) {
		deleted, err := store.DeleteBatch(t.Context(), idsOf(some))
		if err != nil || len(deleted) != len(some) {
			t.Fatalf("DeleteBatch of %d: got %d persons and %v, want all and nil", len(some), len(deleted), err)
		}
	}
}

func idsOf(persons []domain.Person) []int64 {
	ids := make([]int64, len(persons))
	for i, person := range persons {
		ids[i] = person.ID()
	}
	return ids
}

// runningJob makes the nth job with so many chunks of some rows, and begins it.
func runningJob(t *testing.T, store Store, n, chunks int) domain.Job {
	t.Helper()
	now := time.Now()
	job := domain.NewJob(domain.JobID(fmt.Sprintf("019cb000-0000-7000-8000-%012x", n)), domain.JobGenerate, now)
	err := store.CreateJob(t.Context(), job)
	if err == nil {
		list := make([]domain.Chunk, chunks)
		for i := range list {
			list[i] = domain.Chunk{Number: i, First: int64(i) * 1000, Rows: 1000}
		}
		err = store.AddChunks(t.Context(), job.ID, list, now)
	}
	if err == nil {
		_, err = store.SubmitJob(t.Context(), job.ID, nil, now)
	}
	if err == nil {
		job, err = store.ChangeJob(t.Context(), job.ID, func(job domain.Job) (domain.Job, error) { return job.Begin(now) })
	}
	if err != nil {
		t.Fatalf("a job that runs: got %v, want one", err)
	}
	return job
}

// everybody returns all persons.
func everybody(t *testing.T, store Store) []domain.Person {
	t.Helper()
	slice, err := store.Seek(t.Context(), domain.SeekQuery{From: math.MinInt64, Size: math.MaxInt})
	if err != nil {
		t.Fatalf("Seek: got %v, want everybody", err)
	}
	return slice.Persons
}

// changes returns all changes that a query finds page by page, up to an empty one, the earliest first.
func changes(t *testing.T, store Store, query domain.ChangesQuery) []domain.Change {
	t.Helper()
	var all []domain.Change
	for {
		page, err := store.Changes(t.Context(), query)
		if err != nil {
			t.Errorf("Changes(%+v): got %v, want changes", query, err)
			return nil
		}
		all = append(all, page...)
		if len(page) == 0 {
			slices.Reverse(all)
			return all
		}
		last := page[len(page)-1].Number
		if query.Before != 0 && last >= query.Before || last < 1 {
			t.Errorf("Changes(%+v): got a change with the number %d, want one from 1 and below Before", query, last)
			return nil
		}
		query.Before = last
	}
}

// allChanges returns all changes, the earliest first.
func allChanges(t *testing.T, store Store) []domain.Change {
	t.Helper()
	return changes(t, store, domain.ChangesQuery{Size: 1000})
}

// together calls do(0) to do(n-1) at the same time and waits for all of them. do
// must not end the test by t.Fatal.
func together(n int, do func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			do(i)
		})
	}
	done.Wait()
}
