package storetest_test

import (
	"context"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of pages, slices and walks.

// changePage puts a fault into what Page is asked and what it answers.
func changePage(ask func(domain.PageQuery) domain.PageQuery, answer func(domain.Page) domain.Page) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
			page, err := store.Page(ctx, ask(query))
			if err != nil {
				return domain.Page{}, err
			}
			page.Size = query.Size
			return answer(page), nil
		}
	}
}

func asAsked(query domain.PageQuery) domain.PageQuery { return query }
func asIs(page domain.Page) domain.Page               { return page }

func dropFirstOfPage(mock *portmock.PersonStoreMock, store *memstore.Store) {
	changePage(asAsked, func(page domain.Page) domain.Page {
		if page.Number > 1 {
			page.Persons = page.Persons[1:]
		}
		return page
	})(mock, store)
}

func hideLateIDs(mock *portmock.PersonStoreMock, store *memstore.Store) {
	changePage(asAsked, func(page domain.Page) domain.Page {
		page.Persons = slices.DeleteFunc(page.Persons, func(p domain.Person) bool { return p.ID() > 10_000 })
		return page
	})(mock, store)
}

func capPageSize(mock *portmock.PersonStoreMock, store *memstore.Store) {
	changePage(func(query domain.PageQuery) domain.PageQuery {
		query.Size = min(query.Size, 100)
		return query
	}, asIs)(mock, store)
}

func pageZeroIsOne(mock *portmock.PersonStoreMock, store *memstore.Store) {
	changePage(func(query domain.PageQuery) domain.PageQuery {
		if query.Number == 0 {
			query.Number = 1
		}
		return query
	}, asIs)(mock, store)
}

func pageSizeAtLeastOne(mock *portmock.PersonStoreMock, store *memstore.Store) {
	changePage(func(query domain.PageQuery) domain.PageQuery {
		query.Size = max(query.Size, 1)
		return query
	}, asIs)(mock, store)
}

func emptyListHasNoPage(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		page, err := store.Page(ctx, query)
		if err == nil && page.Total == 0 {
			err = domain.NotFound(0)
		}
		return page, err
	}
}

func totalCountsDeleted(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var deleted atomic.Int64
	mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
		deleted.Add(1)
		return store.Delete(ctx, id, conditions...)
	}
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		page, err := store.Page(ctx, query)
		page.Total += deleted.Load()
		return page, err
	}
}

func emptyPageAfterFull(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		page, err := store.Page(ctx, query)
		if err == nil {
			return page, nil
		}
		before, errBefore := store.Page(ctx, domain.PageQuery{Number: query.Number - 1, Size: query.Size})
		if errBefore == nil && len(before.Persons) == query.Size {
			return domain.Page{Number: query.Number, Size: query.Size, Total: before.Total}, nil
		}
		return page, err
	}
}

func lastPageRoundsDown(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		page, err := store.Page(ctx, query)
		if err != nil || query.Number != domain.LastPage {
			return page, err
		}
		query.Number = max(1, page.Total/int64(query.Size))
		return store.Page(ctx, query)
	}
}

func totalOfAnotherMoment(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		before, err := store.Page(ctx, query)
		if err != nil {
			return before, err
		}
		time.Sleep(50 * time.Microsecond)
		page, err := store.Page(ctx, query)
		page.Total = before.Total
		return page, err
	}
}

// everybody asks for all persons.
var everybody = domain.SeekQuery{From: math.MinInt64, Size: math.MaxInt}

// changeSeek puts a fault into what Seek is asked.
func changeSeek(ask func(query *domain.SeekQuery)) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
			ask(&query)
			return store.Seek(ctx, query)
		}
	}
}

// changeSlice puts a fault into what Seek answers.
func changeSlice(answer func(query domain.SeekQuery, slice *domain.Slice)) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
			slice, err := store.Seek(ctx, query)
			if err == nil {
				answer(query, &slice)
			}
			return slice, err
		}
	}
}

func seekFromIsMet(query *domain.SeekQuery) {
	switch {
	case query.Backward && query.From < math.MaxInt64:
		query.From++
	case !query.Backward && query.From > math.MinInt64:
		query.From--
	}
}

func seekForwardOnly(query *domain.SeekQuery)    { query.Backward = false }
func seekFromIsShort(query *domain.SeekQuery)    { query.From = int64(int32(query.From)) }
func seekSizeAtLeastOne(query *domain.SeekQuery) { query.Size = max(query.Size, 1) }
func seekAtMostThousand(query *domain.SeekQuery) { query.Size = min(query.Size, 1000) }

// seekFromOverflows adds 1 to the place.
func seekFromOverflows(query *domain.SeekQuery) {
	if !query.Backward && query.From == math.MaxInt64 {
		query.From = math.MinInt64
	}
}

// seekSizeOverflows adds 1 to the size.
func seekSizeOverflows(query domain.SeekQuery, slice *domain.Slice) {
	if query.Size == math.MaxInt {
		*slice = domain.Slice{}
	}
}

func seekFullMeansMore(query domain.SeekQuery, slice *domain.Slice) {
	slice.More = len(slice.Persons) == query.Size
}

func seekMoreForwardOnly(query domain.SeekQuery, slice *domain.Slice) {
	slice.More = slice.More && !query.Backward
}

func seekNearestFirst(query domain.SeekQuery, slice *domain.Slice) {
	if query.Backward {
		slices.Reverse(slice.Persons)
	}
}

func seekLastFirst(_ domain.SeekQuery, slice *domain.Slice) { slices.Reverse(slice.Persons) }

func seekStranger(_ domain.SeekQuery, slice *domain.Slice) {
	if len(slice.Persons) == 0 {
		slice.Persons = make([]domain.Person, 1)
	}
}

func seekLeavesOutLast(query domain.SeekQuery, slice *domain.Slice) {
	if !slice.More && !query.Backward {
		slice.Persons = slice.Persons[:max(0, len(slice.Persons)-1)]
	}
}

func seekHidesLateIDs(_ domain.SeekQuery, slice *domain.Slice) {
	slice.Persons = slices.DeleteFunc(slice.Persons, func(p domain.Person) bool { return p.ID() > 10_000 })
}

// seekFarthest answers the first persons of the list, whichever are the nearest.
func seekFarthest(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		slice, err := store.Seek(ctx, query)
		if !query.Backward || err != nil {
			return slice, err
		}
		first, err := store.Seek(ctx, domain.SeekQuery{From: math.MinInt64, Size: query.Size})
		slice.Persons = first.Persons[:min(len(slice.Persons), len(first.Persons))]
		return slice, err
	}
}

// seekFromIsIndex takes the place for how many persons come before it.
func seekFromIsIndex(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		all, err := store.Seek(ctx, everybody)
		if i := query.From; err == nil && 0 < i && i < int64(len(all.Persons)) {
			query.From = all.Persons[i-1].ID()
		}
		slice, _ := store.Seek(ctx, query)
		return slice, err
	}
}

func seekMoreOfAnotherMoment(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		before, err := store.Seek(ctx, query)
		if err != nil {
			return before, err
		}
		time.Sleep(50 * time.Microsecond)
		slice, err := store.Seek(ctx, query)
		slice.Persons = before.Persons
		return slice, err
	}
}

func keepSlice(mock *portmock.PersonStoreMock, store *memstore.Store) {
	kept := map[domain.SeekQuery]domain.Slice{}
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		if slice, known := kept[query]; known {
			return slice, nil
		}
		slice, err := store.Seek(ctx, query)
		if len(slice.Persons) == query.Size {
			kept[query] = slice
		}
		return slice, err
	}
}

// seekOnlyOnce goes on where the last walk was left.
func seekOnlyOnce(mock *portmock.PersonStoreMock, store *memstore.Store) {
	lastID := int64(math.MinInt64)
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		query.From = max(query.From, lastID)
		slice, err := store.Seek(ctx, query)
		for _, person := range slice.Persons {
			lastID = person.ID()
		}
		return slice, err
	}
}

// seekByOffset counts whom a walk has met, and goes on behind as many.
func seekByOffset(mock *portmock.PersonStoreMock, store *memstore.Store) {
	met := map[int64]int{} // by the id of the last of them
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		skip := met[query.From]
		all, err := store.Seek(ctx, everybody)
		if err != nil || query.Backward {
			return domain.Slice{}, err
		}
		left := all.Persons[min(skip, len(all.Persons)):]
		slice := query.Slice(left[:min(len(left), query.Size+1)])
		for _, person := range slice.Persons {
			skip++
			met[person.ID()] = skip
		}
		return slice, nil
	}
}

func seekIgnoresContext(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		return store.Seek(context.WithoutCancel(ctx), query)
	}
}

func seekBesideError(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		slice, err := store.Seek(context.WithoutCancel(ctx), query)
		if err == nil {
			err = domain.ContextError(ctx)
		}
		return slice, err
	}
}

func seekAfterClose(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.SeekFunc = func(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
		slice, err := store.Seek(ctx, query)
		if domain.CodeOf(err) == domain.CodeUnavailable {
			err = nil
		}
		return slice, err
	}
}
