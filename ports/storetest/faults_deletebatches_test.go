package storetest_test

import (
	"context"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of batches of deletes.

// batchDelete is DeleteBatch.
type batchDelete func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error)

// deleting puts another DeleteBatch in place of the store's.
func deleting(other func(store *memstore.Store) batchDelete) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) { mock.DeleteBatchFunc = other(store) }
}

// askDelete puts a fault into what DeleteBatch is asked.
func askDelete(ask func(ids []int64) []int64) plant {
	return deleting(func(store *memstore.Store) batchDelete {
		return func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
			return store.DeleteBatch(ctx, ask(ids), conditions...)
		}
	})
}

// answerDelete puts a fault into what DeleteBatch answers.
func answerDelete(answer func(ids []int64, gone []domain.Person) ([]domain.Person, error)) plant {
	return deleting(func(store *memstore.Store) batchDelete {
		return func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
			gone, err := store.DeleteBatch(ctx, ids, conditions...)
			if err != nil {
				return nil, err
			}
			return answer(ids, gone)
		}
	})
}

func deleteAtMost(most int) plant {
	return askDelete(func(ids []int64) []int64 { return ids[:min(most, len(ids))] })
}

func sortAsked(ids []int64) []int64 {
	slices.Sort(ids)
	return ids
}

func strangerIsNotFound(ids []int64, gone []domain.Person) ([]domain.Person, error) {
	if len(gone) == 0 && len(ids) > 0 {
		return nil, domain.NotFound(ids[0])
	}
	return gone, nil
}

func answerNobodyGone([]int64, []domain.Person) ([]domain.Person, error) { return nil, nil }

func answerBackward(_ []int64, gone []domain.Person) ([]domain.Person, error) {
	slices.Reverse(gone)
	return gone, nil
}

// answerEachID answers a person for each id, also for one that comes twice.
func answerEachID(ids []int64, gone []domain.Person) ([]domain.Person, error) {
	var all []domain.Person
	for _, person := range gone {
		for _, id := range ids {
			if id == person.ID() {
				all = append(all, person)
			}
		}
	}
	return all, nil
}

func deleteUnasked(store *memstore.Store) batchDelete {
	return func(ctx context.Context, ids []int64, _ ...domain.Condition) ([]domain.Person, error) {
		return store.DeleteBatch(ctx, ids)
	}
}

// deleteAllOrNone deletes nobody where a condition does not hold for one.
func deleteAllOrNone(store *memstore.Store) batchDelete {
	return func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
		for _, id := range ids {
			person, err := store.Find(ctx, id)
			if refused := err == nil && domain.CheckConditions(person, conditions) != nil; refused {
				return nil, nil
			}
		}
		return store.DeleteBatch(ctx, ids, conditions...)
	}
}

func askAboutEverybody(store *memstore.Store) batchDelete {
	return func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
		all, err := store.Seek(ctx, everybody)
		for _, person := range all.Persons {
			_ = domain.CheckConditions(person, conditions)
		}
		if err != nil {
			return nil, err
		}
		return store.DeleteBatch(ctx, ids, conditions...)
	}
}

// reuseBatchIDs gives the ids again that a batch of deletes has left.
func reuseBatchIDs(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.DeleteBatchFunc = func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
		gone, err := store.DeleteBatch(ctx, ids, conditions...)
		remove := mock.DeleteBatchFunc
		store = forgetUsedIDs(store)
		forward(mock, store)
		mock.DeleteBatchFunc = remove
		return gone, err
	}
}

// deleteHalves deletes a batch in two halves, the second where ctx has not ended.
func deleteHalves(store *memstore.Store) batchDelete {
	return func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
		first, err := store.DeleteBatch(ctx, ids[:len(ids)/2], conditions...)
		if err != nil {
			return nil, err
		}
		time.Sleep(500 * time.Microsecond)
		second, err := store.DeleteBatch(ctx, ids[len(ids)/2:], conditions...)
		if err != nil {
			return nil, err
		}
		return append(first, second...), nil
	}
}

// deleteWhomItSaw reads and asks first, lets others in between, and deletes whom it saw.
func deleteWhomItSaw(store *memstore.Store) batchDelete {
	return func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
		var seen []domain.Person
		for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
			if person, err := store.Find(ctx, id); err == nil && domain.CheckConditions(person, conditions) == nil {
				seen = append(seen, person)
			}
		}
		time.Sleep(100 * time.Microsecond)
		if _, err := store.DeleteBatch(ctx, idsOf(seen)); err != nil {
			return nil, err
		}
		return seen, nil
	}
}

func idsOf(persons []domain.Person) []int64 {
	ids := make([]int64, len(persons))
	for i, person := range persons {
		ids[i] = person.ID()
	}
	return ids
}

// The faults of pages in the opposite order.

func alwaysForward(query domain.PageQuery) domain.PageQuery {
	query.Backward = false
	return query
}

// shortPageFirst turns the pages of the other order around, so that the first is not full.
func shortPageFirst(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		page, err := store.Page(ctx, query)
		if err != nil || !query.Backward {
			return page, err
		}
		turned, err := store.Page(ctx, domain.PageQuery{Number: page.Pages() + 1 - page.Number, Size: query.Size})
		slices.Reverse(turned.Persons)
		turned.Number = page.Number
		return turned, err
	}
}

// orderOnPage shows the right persons of a page, and those in the order of their ids.
func orderOnPage(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		page, err := store.Page(ctx, query)
		if query.Backward {
			slices.Reverse(page.Persons)
		}
		return page, err
	}
}
