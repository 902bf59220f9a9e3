package storetest_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of pages that are found by counting, and of writing among many.

// blocks finds pages by counts of the persons in each block of 1,024 ids. Each of
// its functions may be replaced by a wrong one.
type blocks struct {
	mu      sync.RWMutex
	counts  map[int64]int
	lastID  int64                        // of the persons counted; who is answered again is counted once
	saved   func(id int64) (block int64) // in which a new person is counted
	deleted func(id int64) (block int64) // in which a deleted one is
	begin   func(block int64) (id int64) // the first id of a block
	unlock  func(mu *sync.RWMutex)       // called between saving and counting
}

func blockOf(id int64) int64    { return id >> 10 }
func beginOf(block int64) int64 { return block << 10 }

func rightBlocks() *blocks {
	return &blocks{counts: map[int64]int{}, saved: blockOf, deleted: blockOf, begin: beginOf, unlock: func(*sync.RWMutex) {}}
}

// byBlocks returns a plant of a store that finds pages by blocks.
func byBlocks(change func(*blocks)) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		b := rightBlocks()
		change(b)
		mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			person, err := store.Create(ctx, draft)
			if err == nil {
				b.unlock(&b.mu)
				b.count(person)
			}
			return person, err
		}
		mock.CreateBatchFunc = func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			persons, err := store.CreateBatch(ctx, drafts)
			b.unlock(&b.mu)
			for _, person := range persons {
				b.count(person)
			}
			return persons, err
		}
		mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			err := store.Delete(ctx, id, conditions...)
			if err == nil {
				b.unlock(&b.mu)
				b.counts[b.deleted(id)]--
			}
			return err
		}
		mock.DeleteBatchFunc = func(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			persons, err := store.DeleteBatch(ctx, ids, conditions...)
			b.unlock(&b.mu)
			for _, person := range persons {
				b.counts[b.deleted(person.ID())]--
			}
			return persons, err
		}
		mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
			b.mu.RLock()
			defer b.mu.RUnlock()
			return b.page(ctx, store, query)
		}
	}
}

// count counts a person who was saved.
func (b *blocks) count(person domain.Person) {
	if person.ID() > b.lastID {
		b.lastID = person.ID()
		b.counts[b.saved(person.ID())]++
	}
}

// page answers the total and where the page begins by the counts, and who is on it
// by the store.
func (b *blocks) page(ctx context.Context, store *memstore.Store, query domain.PageQuery) (domain.Page, error) {
	everybody, err := store.Page(ctx, domain.PageQuery{Number: 1, Size: 1 << 30})
	if err != nil {
		return domain.Page{}, err
	}
	var total int64
	for _, count := range b.counts {
		total += int64(count)
	}
	window, err := query.Window(total)
	if err != nil {
		return domain.Page{}, err
	}
	page := domain.Page{Number: window.Number, Size: query.Size, Total: total, Persons: []domain.Person{}}
	skip := int(window.Offset)
	for _, block := range slices.Sorted(maps.Keys(b.counts)) {
		if skip >= b.counts[block] {
			skip -= b.counts[block]
			continue
		}
		from, _ := slices.BinarySearchFunc(everybody.Persons, b.begin(block), func(p domain.Person, id int64) int { return cmp.Compare(p.ID(), id) })
		rest := everybody.Persons[min(from+skip, len(everybody.Persons)):]
		page.Persons = slices.Clone(rest[:min(window.Limit, len(rest))])
		break
	}
	if query.Backward {
		slices.Reverse(page.Persons)
	}
	return page, nil
}

// forgetDeletes keeps the counts of one block as they were before a delete.
func forgetDeletes(b *blocks) {
	b.deleted = func(id int64) int64 {
		if block := blockOf(id); block != 2 {
			return block
		}
		b.counts[2]++
		return 2
	}
}

// countEdgeBefore counts a deleted person at a multiple of 1,024 in the block before.
func countEdgeBefore(b *blocks) {
	b.deleted = func(id int64) int64 { return blockOf(id - 1) }
}

// beginLate has a block begin one id late.
func beginLate(b *blocks) {
	b.begin = func(block int64) int64 { return beginOf(block) + 1 }
}

// countLater lets readers in between saving and counting.
func countLater(b *blocks) {
	b.unlock = func(mu *sync.RWMutex) {
		mu.Unlock()
		time.Sleep(200 * time.Microsecond)
		mu.Lock()
	}
}

// showLast answers what the last caller with the same question would have been
// told, and then looks.
func showLast(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var kept sync.Map
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		page, err := store.Page(ctx, query)
		if err != nil {
			return page, err
		}
		if last, known := kept.Swap(query, page); known {
			page = last.(domain.Page)
		}
		return page, nil
	}
}

// totalKnowsFirst counts a person who is about to be saved.
func totalKnowsFirst(mock *portmock.PersonStoreMock, store *memstore.Store) {
	var coming atomic.Int64
	mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		coming.Add(1)
		defer coming.Add(-1)
		time.Sleep(200 * time.Microsecond)
		return store.Create(ctx, draft)
	}
	mock.PageFunc = func(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
		page, err := store.Page(ctx, query)
		if err == nil {
			page.Total += coming.Load()
		}
		return page, err
	}
}

// swapOnPage shows the first two persons of a later page the wrong way round.
func swapOnPage(mock *portmock.PersonStoreMock, store *memstore.Store) {
	changePage(asAsked, func(page domain.Page) domain.Page {
		if page.Number > 1 && len(page.Persons) > 1 {
			page.Persons[0], page.Persons[1] = page.Persons[1], page.Persons[0]
		}
		return page
	})(mock, store)
}
