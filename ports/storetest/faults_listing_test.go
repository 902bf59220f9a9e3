package storetest_test

import (
	"context"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of pages and walks.

type people = iter.Seq2[domain.Person, error]

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
	mock.DeleteFunc = func(ctx context.Context, id int64) error {
		deleted.Add(1)
		return store.Delete(ctx, id)
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

// collect puts a fault into a walk that holds everybody in memory.
func collect(change func([]domain.Person) []domain.Person) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		mock.AllFunc = func(ctx context.Context) people {
			return func(yield func(domain.Person, error) bool) {
				var persons []domain.Person
				for person, err := range store.All(ctx) {
					if err != nil {
						yield(domain.Person{}, err)
						return
					}
					persons = append(persons, person)
				}
				for _, person := range change(persons) {
					if !yield(person, nil) {
						return
					}
				}
			}
		}
	}
}

func walkIgnoresEnd(mock *portmock.PersonStoreMock, store *memstore.Store) {
	collect(func(persons []domain.Person) []domain.Person { return persons })(mock, store)
}

func walkBackwards(mock *portmock.PersonStoreMock, store *memstore.Store) {
	collect(func(persons []domain.Person) []domain.Person {
		slices.Reverse(persons)
		return persons
	})(mock, store)
}

func walkLeavesOutLast(mock *portmock.PersonStoreMock, store *memstore.Store) {
	collect(func(persons []domain.Person) []domain.Person {
		return persons[:max(0, len(persons)-1)]
	})(mock, store)
}

func walkBeginsWithStranger(mock *portmock.PersonStoreMock, store *memstore.Store) {
	collect(func(persons []domain.Person) []domain.Person {
		return append([]domain.Person{{}}, persons...)
	})(mock, store)
}

func walkMeetsTwice(mock *portmock.PersonStoreMock, store *memstore.Store) {
	collect(func(persons []domain.Person) []domain.Person {
		if len(persons) > 500 {
			persons = slices.Insert(persons, 500, persons[499])
		}
		return persons
	})(mock, store)
}

func walkOnlyOnce(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.AllFunc = func(ctx context.Context) people {
		var lastID int64
		return func(yield func(domain.Person, error) bool) {
			for person, err := range store.All(ctx) {
				if err == nil && person.ID() <= lastID {
					continue
				}
				lastID = person.ID()
				if !yield(person, err) {
					return
				}
			}
		}
	}
}

func walkByOffset(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.AllFunc = func(ctx context.Context) people {
		return func(yield func(domain.Person, error) bool) {
			for number := int64(1); ; number++ {
				page, err := store.Page(ctx, domain.PageQuery{Number: number, Size: 1})
				if domain.CodeOf(err) == domain.CodeNotFound || len(page.Persons) == 0 {
					return
				}
				if !yield(page.Persons[0], err) {
					return
				}
			}
		}
	}
}

func walkAfterError(mock *portmock.PersonStoreMock, store *memstore.Store) {
	mock.AllFunc = func(ctx context.Context) people {
		return func(yield func(domain.Person, error) bool) {
			for person, err := range store.All(ctx) {
				if !yield(person, err) {
					return
				}
				if err != nil && !yield(person, nil) {
					return
				}
			}
		}
	}
}
