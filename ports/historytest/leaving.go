package historytest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func leavingCases() []storeCase {
	return []storeCase{
		{"a create leaves who was created", createLeaves},
		{"a replace leaves the person before and after", replaceLeaves},
		{"a patch leaves the person before and after", patchLeaves},
		{"a delete leaves the person as it was", deleteLeaves},
		{"a batch of deletes leaves a change for each person who was deleted", deleteBatchLeaves},
	}
}

func createLeaves(t *testing.T, store Store) {
	for _, name := range []string{"Ann", "a\r\nb", "Zoë", "Zoe\u0308", "\U0001F600"} {
		for _, age := range []int64{0, 31, domain.MaxAge} {
			leaves(t, store, "Create", func(ctx context.Context) []domain.Change {
				person, err := store.Create(ctx, newDraft(t, name, age))
				wantCode(t, "Create", err, "", "nothing speaks against it")
				return []domain.Change{{Kind: domain.ChangeCreated, First: person.ID(), Count: 1, After: person}}
			}, "a create leaves one change, with After")
		}
	}
}

func replaceLeaves(t *testing.T, store Store) {
	person := createMany(t, store, 3)[1]
	for _, draft := range []domain.Draft{newDraft(t, "Ann", 31), newDraft(t, "Ann", 32), newDraft(t, "ann", 32)} {
		leaves(t, store, "Replace", func(ctx context.Context) []domain.Change {
			before := person
			after, err := store.Replace(ctx, person.ID(), draft)
			wantCode(t, "Replace", err, "", "the person is there")
			person = after
			return edited(before, after)
		}, "a replace leaves one change, with Before and After")
	}
}

func edited(before, after domain.Person) []domain.Change {
	return []domain.Change{{Kind: domain.ChangeEdited, First: before.ID(), Count: 1, Before: before, After: after}}
}

func patchLeaves(t *testing.T, store Store) {
	person := createMany(t, store, 3)[1]
	name := "Ann"
	rename, err := domain.NewPatch(&name, nil)
	wantCode(t, "domain.NewPatch", err, "", "it is a name")
	for _, patch := range []domain.Patch{newAge(t, 77), rename, newAge(t, 0)} {
		leaves(t, store, "Patch", func(ctx context.Context) []domain.Change {
			before := person
			after, err := store.Patch(ctx, person.ID(), patch)
			wantCode(t, "Patch", err, "", "the person is there")
			person = after
			return edited(before, after)
		}, "a patch leaves one change, with Before and After")
	}
}

func deleteLeaves(t *testing.T, store Store) {
	persons := createMany(t, store, 5)
	persons[2] = setAge(t, store, persons[2], 77)
	for _, i := range []int{4, 2, 0} {
		leaves(t, store, "Delete", func(ctx context.Context) []domain.Change {
			wantCode(t, "Delete", store.Delete(ctx, persons[i].ID()), "", "the person is there")
			return removed(persons[i])
		}, "a delete leaves one change, with Before")
	}
}

func removed(persons ...domain.Person) []domain.Change {
	var want []domain.Change
	for _, person := range persons {
		want = append(want, domain.Change{Kind: domain.ChangeDeleted, First: person.ID(), Count: 1, Before: person})
	}
	return want
}

func deleteBatchLeaves(t *testing.T, store Store) {
	persons := createMany(t, store, 1020)
	a, b, c := persons[3], persons[4], setAge(t, store, persons[8], 7777)
	old := func(person domain.Person) bool { return person.Age() >= 900 }
	young := persons[1010]
	leaves(t, store, "DeleteBatch", func(ctx context.Context) []domain.Change {
		_, err := store.DeleteBatch(ctx, []int64{c.ID(), 99_999, a.ID(), young.ID(), c.ID(), b.ID(), -1}, old)
		wantCode(t, "DeleteBatch", err, "", "nothing speaks against it")
		return removed(a, b, c)
	}, "one change for each person who was deleted")
	leaves(t, store, "DeleteBatch of 1,000", func(ctx context.Context) []domain.Change {
		_, err := store.DeleteBatch(ctx, idsOf(persons[10:1010]))
		wantCode(t, "DeleteBatch", err, "", "nothing speaks against it")
		return removed(persons[10:1010]...)
	}, "one change for each person who was deleted")
}

func batchCases() []storeCase {
	var cases []storeCase
	for _, c := range []struct {
		name string
		size int
	}{
		{"a batch of 1 leaves who was created", 1},
		{"a batch of 2 leaves a change for each run of ids", 2},
		{"a batch of 501 leaves a change for each run of ids", 501},
		{"a batch of 10000 leaves a change for each run of ids", 10_000},
	} {
		cases = append(cases, storeCase{c.name, func(t *testing.T, store Store) { batchLeaves(t, store, c.size) }})
	}
	return append(cases, []storeCase{
		{"a batch with a claim leaves a change for each run of ids", claimLeaves},
		{"chunks that end leave a change for each run of ids", chunksLeave},
		{"a chunk of one person leaves who was created", chunkOfOneLeaves},
	}...)
}

// runs returns what is left of persons who were saved together.
func runs(persons []domain.Person) []domain.Change {
	var want []domain.Change
	for begin := 0; begin < len(persons); {
		end := begin + 1
		for end < len(persons) && persons[end].ID() == persons[end-1].ID()+1 {
			end++
		}
		change := domain.Change{Kind: domain.ChangeCreated, First: persons[begin].ID(), Count: int64(end - begin)}
		if change.Count == 1 {
			change.After = persons[begin]
		}
		want, begin = append(want, change), end
	}
	return want
}

func batchLeaves(t *testing.T, store Store, size int) {
	create(t, store, "Ann", 31)
	for range 2 {
		leaves(t, store, "CreateBatch", func(ctx context.Context) []domain.Change {
			persons, err := store.CreateBatch(ctx, newDrafts(t, size))
			wantCode(t, "CreateBatch", err, "", "nothing speaks against it")
			return runs(persons)
		}, "one change for each run of ids, and of one person with After")
	}
}

func claimLeaves(t *testing.T, store Store) {
	leaves(t, store, "CreateBatch", func(ctx context.Context) []domain.Change {
		persons, err := store.CreateBatch(ctx, newClaim(t, "key", "request").On(newDrafts(t, 30)...))
		wantCode(t, "CreateBatch", err, "", "the key is new")
		return runs(persons)
	}, "a claim that is new leaves what any batch leaves")
}

func chunksLeave(t *testing.T, store Store) {
	create(t, store, "Ann", 31)
	job := runningJob(t, store, 1, 4)
	for _, ends := range [][]domain.ChunkEnd{
		{{Number: 0, Drafts: newDrafts(t, 700)}, {Number: 1}, {Number: 2, Drafts: newDrafts(t, 2)}},
		{{Number: 3, Drafts: newDrafts(t, 5)}},
	} {
		leaves(t, store, "EndChunks", func(ctx context.Context) []domain.Change {
			before := len(everybody(t, store))
			_, err := store.EndChunks(ctx, job.ID, ends, time.Now())
			wantCode(t, "EndChunks", err, "", "the job runs")
			return runs(everybody(t, store)[before:])
		}, "one change for each run of ids")
	}
}

func chunkOfOneLeaves(t *testing.T, store Store) {
	job := runningJob(t, store, 1, 1)
	leaves(t, store, "EndChunks", func(ctx context.Context) []domain.Change {
		_, err := store.EndChunks(ctx, job.ID, []domain.ChunkEnd{{Drafts: newDrafts(t, 1)}}, time.Now())
		wantCode(t, "EndChunks", err, "", "the job runs")
		return runs(everybody(t, store))
	}, "a change of one person has After")
}
