package historytest_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Faults of what changes keep.

func cutWhoAt255Bytes(change *domain.Change) {
	if len(change.Origin.Who) > 255 {
		change.Origin.Who = change.Origin.Who[:255]
	}
}

func jobAlone(change *domain.Change) {
	if change.Origin.Job != "" {
		change.Origin.Via, change.Origin.Who = "job", string(change.Origin.Job)
	}
}

func refuseBadWho(broken brokenStore, store *memstore.Store) {
	broken.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		if strings.ContainsRune(domain.OriginOf(ctx).Who, '\uFFFD') {
			return domain.Person{}, &domain.Error{Code: domain.CodeInternal, Message: "that is no text"}
		}
		return store.Create(ctx, draft)
	}
}

func loseOriginOfChunks(broken brokenStore, store *memstore.Store) {
	broken.EndChunksFunc = func(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
		return store.EndChunks(domain.WithOrigin(ctx, domain.Origin{}), id, ends, now)
	}
}

func loseOriginOfDeletes(broken brokenStore, store *memstore.Store) {
	broken.DeleteBatchFunc = func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
		return store.DeleteBatch(domain.WithOrigin(ctx, domain.Origin{}), ids, conditions...)
	}
}

// oneOriginForAll gives a change the origin of the call before it.
func oneOriginForAll(broken brokenStore, store *memstore.Store) {
	var (
		mu   sync.Mutex
		last domain.Origin
	)
	broken.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		mu.Lock()
		defer mu.Unlock()
		before := last
		last = domain.OriginOf(ctx)
		return store.Create(domain.WithOrigin(ctx, before), draft)
	}
}

func loseAfter(change *domain.Change) {
	if change.Kind == domain.ChangeCreated {
		change.After = domain.Person{}
	}
}

func loseBefore(change *domain.Change) { change.Before = domain.Person{} }

func editedIsDeleted(change *domain.Change) {
	if change.Kind == domain.ChangeEdited {
		change.Kind = domain.ChangeDeleted
	}
}

func onlyAgeChanged(change domain.Change) bool {
	return change.Kind == domain.ChangeEdited && change.Before.Name() == change.After.Name()
}

func countAtMost(most int64) plant {
	return each(func(change *domain.Change) { change.Count = min(change.Count, most) })
}

// joinDeletes makes deletes of ids that follow one another one change.
func joinDeletes(all []domain.Change) []domain.Change {
	var joined []domain.Change
	for _, change := range all {
		if last := len(joined) - 1; last >= 0 && change.Kind == domain.ChangeDeleted && joined[last].Kind == change.Kind && change.First+1 == joined[last].First {
			joined[last].First, joined[last].Count = change.First, joined[last].Count+1
			continue
		}
		joined = append(joined, change)
	}
	return joined
}

func claimsLeaveNone(c *curtain, broken brokenStore, store *memstore.Store) {
	broken.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) (persons []domain.Person, err error) {
		c.hide(store, func() bool {
			_, claimed, _ := domain.ClaimOf(drafts)
			persons, err = store.CreateBatch(ctx, drafts)
			return claimed
		})
		return persons, err
	}
}

func chunksLeaveNone(c *curtain, broken brokenStore, store *memstore.Store) {
	broken.EndChunksFunc = func(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (job domain.Job, err error) {
		c.hide(store, func() bool {
			job, err = store.EndChunks(ctx, id, ends, now)
			return true
		})
		return job, err
	}
}

// Faults of what leaves no change.

func repeatsLeaveOne(broken brokenStore, store *memstore.Store) {
	broken.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		before, _ := store.LastID(ctx)
		person, err := store.Create(ctx, draft)
		if after, _ := store.LastID(ctx); err == nil && before == after {
			leaveMore(ctx, store)
		}
		return person, err
	}
}

func equalPatchLeavesOne(broken brokenStore, store *memstore.Store) {
	broken.PatchFunc = func(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
		before, _ := store.Find(ctx, id)
		after, err := store.Patch(ctx, id, patch, conditions...)
		if err == nil && before == after {
			leaveMore(ctx, store)
		}
		return after, err
	}
}

func nobodyLeavesOne(broken brokenStore, store *memstore.Store) {
	broken.DeleteBatchFunc = func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
		deleted, err := store.DeleteBatch(ctx, ids, conditions...)
		if err == nil && len(deleted) == 0 {
			leaveMore(ctx, store)
		}
		return deleted, err
	}
}

func dryRunLeavesOne(broken brokenStore, store *memstore.Store) {
	broken.EndChunksFunc = func(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
		job, err := store.EndChunks(ctx, id, ends, now)
		if err == nil && len(ends[0].Drafts) == 0 {
			leaveMore(ctx, store)
		}
		return job, err
	}
}

func refusedLeavesOne(broken brokenStore, store *memstore.Store) {
	broken.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
		err := store.Delete(ctx, id, conditions...)
		if domain.CodeOf(err) == domain.CodePrecondition {
			leaveMore(ctx, store)
		}
		return err
	}
}

func endedIsMade(broken brokenStore, store *memstore.Store) {
	broken.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		if err := domain.ContextError(ctx); err != nil {
			_, _ = store.Create(context.WithoutCancel(ctx), draft)
			return domain.Person{}, err
		}
		return store.Create(ctx, draft)
	}
}

// Faults of what belongs together.

// loseWhenEnded saves a batch first and its change later, unless ctx has ended by then.
func loseWhenEnded(c *curtain, broken brokenStore, store *memstore.Store) {
	broken.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) (persons []domain.Person, err error) {
		c.hide(store, func() bool {
			persons, err = store.CreateBatch(context.WithoutCancel(ctx), drafts)
			time.Sleep(time.Millisecond)
			return ctx.Err() != nil
		})
		return persons, err
	}
}

// changeLater shows the change of a create a moment after the person.
func changeLater(broken brokenStore, store *memstore.Store) {
	var hidden atomic.Int64
	without(func(change domain.Change) bool {
		return change.First == hidden.Load() && change.Kind == domain.ChangeCreated
	})(broken, store)
	broken.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		last, _ := store.LastID(ctx)
		hidden.Store(last + 1)
		person, err := store.Create(ctx, draft)
		time.Sleep(time.Millisecond)
		hidden.Store(0)
		return person, err
	}
}

// personLater finds a person a moment after its change.
func personLater(broken brokenStore, store *memstore.Store) {
	var hidden atomic.Int64
	broken.FindFunc = func(ctx context.Context, id int64) (domain.Person, error) {
		if id == hidden.Load() {
			return domain.Person{}, domain.NotFound(id)
		}
		return store.Find(ctx, id)
	}
	broken.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		last, _ := store.LastID(ctx)
		hidden.Store(last + 1)
		person, err := store.Create(ctx, draft)
		time.Sleep(time.Millisecond)
		hidden.Store(0)
		return person, err
	}
}

// withoutLatest writes each change down with the next one.
func withoutLatest(all []domain.Change) []domain.Change { return all[min(1, len(all)):] }

func eachTenth(change domain.Change) bool { return change.Number%10 == 0 }

// swapNeighbors gives two changes that follow one another each other's number.
func swapNeighbors(all []domain.Change) []domain.Change {
	for i := range len(all) / 2 {
		a, b := &all[2*i], &all[2*i+1]
		*a, *b = *b, *a
		a.Number, b.Number = b.Number, a.Number
	}
	return all
}

// renumber numbers the changes that are left from 1.
func renumber(all []domain.Change) []domain.Change {
	for i := range all {
		all[i].Number = int64(len(all) - i)
	}
	return all
}

// Faults of reading.

func inventOne(all []domain.Change) []domain.Change {
	return append(all, domain.Change{Number: -1, Kind: domain.ChangeCreated, First: 1, Count: 1})
}

func earliestFirst(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	slices.Reverse(all)
	return pick(all, query)
}

func oneMore(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	query.Size = max(query.Size, query.Size+1)
	return pick(all, query)
}

func atMost10(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	query.Size = min(query.Size, 10)
	return pick(all, query)
}

func numberToo(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	query.Before = max(query.Before, query.Before+1)
	return pick(all, query)
}

func personOrNumber(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	if query.Person != 0 {
		query.Before = math.MaxInt64
	}
	return pick(all, query)
}

func neighborsToo(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	if query.Person != 0 {
		all = slices.DeleteFunc(all, func(change domain.Change) bool {
			return !change.Concerns(query.Person) && !change.Concerns(query.Person-1)
		})
		query.Person = 0
	}
	return pick(all, query)
}

func byFirst(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	if query.Person != 0 {
		all = slices.DeleteFunc(all, func(change domain.Change) bool { return change.First != query.Person })
	}
	return pick(all, query)
}

func amongTheLast(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	return pick(all[:min(1_000, len(all))], query)
}

func nobodyIsAll(all []domain.Change, query domain.ChangesQuery) []domain.Change {
	query.Person = max(query.Person, 0)
	return pick(all, query)
}

func sizeAtLeastOne(broken brokenStore, store *memstore.Store) {
	broken.ChangesFunc = func(ctx context.Context, query domain.ChangesQuery) ([]domain.Change, error) {
		query.Size = max(query.Size, 1)
		return store.Changes(ctx, query)
	}
}

// Faults of tidying.

func tidyLater(late time.Duration) plant {
	return func(broken brokenStore, store *memstore.Store) {
		broken.TidyHistoryFunc = func(ctx context.Context, now time.Time) (bool, error) { return store.TidyHistory(ctx, now.Add(late)) }
	}
}

func tidyNothing(broken brokenStore, _ *memstore.Store) {
	broken.TidyHistoryFunc = func(context.Context, time.Time) (bool, error) { return false, nil }
}

func alwaysMore(broken brokenStore, store *memstore.Store) {
	broken.TidyHistoryFunc = func(ctx context.Context, now time.Time) (bool, error) {
		_, err := store.TidyHistory(ctx, now)
		return true, err
	}
}

func tidyPersons(broken brokenStore, store *memstore.Store) {
	broken.TidyHistoryFunc = func(ctx context.Context, now time.Time) (bool, error) {
		_, _ = store.DeleteBatch(ctx, []int64{1, 2, 3})
		return store.TidyHistory(ctx, now)
	}
}

// Faults of counting.

func oldestFirst(broken brokenStore, store *memstore.Store) {
	broken.CountByAgeFunc = func(ctx context.Context) ([]domain.AgeCount, error) {
		counts, err := store.CountByAge(ctx)
		slices.Reverse(counts)
		return counts, err
	}
}

func hoursFrom(off time.Duration) plant {
	return func(broken brokenStore, store *memstore.Store) {
		broken.CreatedPerHourFunc = func(ctx context.Context, now time.Time, hours int) ([]domain.HourCount, error) {
			counts, err := store.CreatedPerHour(ctx, now.Add(off), hours)
			for i := range counts {
				counts[i].Begin = counts[i].Begin.Add(-off)
			}
			return counts, err
		}
	}
}

func hoursWithSomebody(broken brokenStore, store *memstore.Store) {
	broken.CreatedPerHourFunc = func(ctx context.Context, now time.Time, hours int) ([]domain.HourCount, error) {
		counts, err := store.CreatedPerHour(ctx, now, hours)
		return slices.DeleteFunc(counts, func(count domain.HourCount) bool { return count.Count == 0 }), err
	}
}

func countWhoIsLeft(broken brokenStore, store *memstore.Store) {
	broken.CreatedPerHourFunc = func(ctx context.Context, now time.Time, hours int) ([]domain.HourCount, error) {
		counts, err := store.CreatedPerHour(ctx, now, hours)
		page, _ := store.Page(ctx, domain.PageQuery{Number: 1, Size: 1})
		for i := range counts {
			counts[i].Count = min(counts[i].Count, page.Total)
		}
		return counts, err
	}
}

func sizeStays(broken brokenStore, _ *memstore.Store) {
	broken.SizeFunc = func(context.Context) (int64, error) { return 4096, nil }
}

// Faults of calls.

func sizeIgnoresContext(broken brokenStore, store *memstore.Store) {
	broken.SizeFunc = func(ctx context.Context) (int64, error) { return store.Size(context.WithoutCancel(ctx)) }
}

func deadlineIsCanceled(broken brokenStore, store *memstore.Store) {
	broken.CountByAgeFunc = func(ctx context.Context) ([]domain.AgeCount, error) {
		counts, err := store.CountByAge(ctx)
		if domain.CodeOf(err) == domain.CodeDeadline {
			err = &domain.Error{Code: domain.CodeCanceled, Message: "it took too long"}
		}
		return counts, err
	}
}

func nobodyAfterClose(broken brokenStore, store *memstore.Store) {
	broken.CountByAgeFunc = func(ctx context.Context) ([]domain.AgeCount, error) {
		counts, err := store.CountByAge(ctx)
		if domain.CodeOf(err) == domain.CodeUnavailable {
			err = nil
		}
		return counts, err
	}
}

// ownOnly shows an opening no changes of those before it.
func ownOnly(broken brokenStore, store *memstore.Store) {
	var last int64
	if before, err := store.Changes(context.Background(), domain.ChangesQuery{Size: 1}); err == nil && len(before) > 0 {
		last = before[0].Number
	}
	without(func(change domain.Change) bool { return change.Number <= last })(broken, store)
}
