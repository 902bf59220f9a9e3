package storetest

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func pageCases() []storeCase {
	return slices.Concat(
		sized("%d persons, with deleted ones between them, stand on pages of 1, 7 and 100", personsOnPages, 0, 1, 99, 100, 101, 10_000),
		sized("in the opposite order %d persons, with deleted ones between them, stand on pages of 1, 7 and 100", personsBackward, 0, 1, 99, 100, 101, 10_000),
		[]storeCase{
			{"a page larger than the list holds everybody", largePage},
			{"a page that does not exist is not found", missingPages},
			{"a page size below 1 is invalid", pageSizeBelowOne},
			{"a page and its total are of one moment while others write", pageIsOneMoment},
		},
	)
}

func personsOnPages(t *testing.T, store ports.PersonStore, size int) {
	wantPages(t, store, createWithGaps(t, store, size), false)
}

func personsBackward(t *testing.T, store ports.PersonStore, size int) {
	persons := createWithGaps(t, store, size)
	slices.Reverse(persons)
	wantPages(t, store, persons, true)
}

// wantPages fails the test unless the persons stand on the pages in this order.
func wantPages(t *testing.T, store ports.PersonStore, persons []domain.Person, backward bool) {
	t.Helper()
	size := len(persons)
	for _, pageSize := range []int{1, 7, 100} {
		last := max(1, (size+pageSize-1)/pageSize)
		for _, number := range somePages(last) {
			from := min((number-1)*pageSize, size)
			wantPage(t, store, domain.PageQuery{Number: int64(number), Size: pageSize, Backward: backward}, domain.Page{
				Persons: persons[from:min(from+pageSize, size)],
				Number:  int64(number),
				Size:    pageSize,
				Total:   int64(size),
			})
		}
		wantPage(t, store, domain.PageQuery{Number: domain.LastPage, Size: pageSize, Backward: backward}, domain.Page{
			Persons: persons[(last-1)*pageSize:],
			Number:  int64(last),
			Size:    pageSize,
			Total:   int64(size),
		})
		_, err := store.Page(t.Context(), domain.PageQuery{Number: int64(last) + 1, Size: pageSize, Backward: backward})
		wantCode(t, fmt.Sprintf("Page(%d) of %d persons by %d", last+1, size, pageSize), err, domain.CodeNotFound, "the list ends before")
	}
}

// somePages returns the pages to look at: all of them, or some of very many.
func somePages(last int) []int {
	if last <= 150 {
		var numbers []int
		for number := range last {
			numbers = append(numbers, number+1)
		}
		return numbers
	}
	return []int{1, 2, 3, last / 3, last / 2, last - 2, last - 1, last}
}

// wantPage fails the test unless the store answers the page.
func wantPage(t *testing.T, store ports.PersonStore, query domain.PageQuery, want domain.Page) {
	t.Helper()
	got, err := store.Page(t.Context(), query)
	call := fmt.Sprintf("Page(%+v) of %d persons", query, want.Total)
	if err != nil {
		t.Errorf("%s: got %v, want a page", call, err)
		return
	}
	wantPersons(t, call, got.Persons, want.Persons, "a page holds its persons in the order that was asked for")
	if got.Number != want.Number || got.Size != want.Size || got.Total != want.Total {
		t.Errorf("%s: got number %d, size %d, total %d, want %d, %d, %d: a page says which it is and how many persons there are",
			call, got.Number, got.Size, got.Total, want.Number, want.Size, want.Total)
	}
}

func largePage(t *testing.T, store ports.PersonStore) {
	persons := createWithGaps(t, store, 300)
	backward := slices.Clone(persons)
	slices.Reverse(backward)
	for _, size := range []int{300, 301, math.MaxInt32, math.MaxInt} {
		for _, number := range []int64{1, domain.LastPage} {
			wantPage(t, store, domain.PageQuery{Number: number, Size: size}, domain.Page{Persons: persons, Number: 1, Size: size, Total: 300})
			wantPage(t, store, domain.PageQuery{Number: number, Size: size, Backward: true}, domain.Page{Persons: backward, Number: 1, Size: size, Total: 300})
		}
	}
}

func missingPages(t *testing.T, store ports.PersonStore) {
	for range 2 {
		for _, number := range []int64{0, -2, 2, 3, math.MaxInt32, math.MaxInt64, math.MinInt64} {
			for _, backward := range []bool{false, true} {
				page, err := store.Page(t.Context(), domain.PageQuery{Number: number, Size: 7, Backward: backward})
				wantCode(t, fmt.Sprintf("Page(%d)", number), err, domain.CodeNotFound, "there is one page only")
				if len(page.Persons) != 0 {
					t.Errorf("Page(%d): got %d persons beside the error, want none", number, len(page.Persons))
				}
			}
		}
		createMany(t, store, 7)
	}
}

func pageSizeBelowOne(t *testing.T, store ports.PersonStore) {
	for _, size := range []int{0, -1, math.MinInt} {
		for _, backward := range []bool{false, true} {
			_, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: size, Backward: backward})
			wantCode(t, fmt.Sprintf("Page(1) by %d", size), err, domain.CodeInvalid, "a page holds at least one person")
		}
	}
}

// pageIsOneMoment reads pages that hold everybody, so that their length is the
// total, while persons come and go in pairs.
func pageIsOneMoment(t *testing.T, store ports.PersonStore) {
	const writers, readers, reads, pairs = 2, 2, 60, 40
	createMany(t, store, 20)
	draft := newDraft(t, "Ann", 31)
	var written, reading atomic.Int64
	reading.Store(readers)
	together(writers+readers, func(i int) {
		if i < writers {
			for reading.Load() > 0 {
				comeAndGo(t, store, draft)
				written.Add(1)
			}
			return
		}
		defer reading.Add(-1)
		for n := 0; n < reads || written.Load() < pairs; n++ {
			if !pageFitsTotal(t, store) {
				return
			}
		}
	})
}

// comeAndGo creates two persons and deletes them again.
func comeAndGo(t *testing.T, store ports.PersonStore, draft domain.Draft) {
	t.Helper()
	var pair [2]domain.Person
	for i := range pair {
		var err error
		pair[i], err = store.Create(t.Context(), draft)
		wantCode(t, "Create", err, "", "readers do not stop writers")
	}
	for _, person := range pair {
		wantCode(t, "Delete", store.Delete(t.Context(), person.ID()), "", "readers do not stop writers")
	}
}

// pageFitsTotal reads the first page, large enough for everybody, and the last
// page, and says whether each holds as many persons as its total makes due.
func pageFitsTotal(t *testing.T, store ports.PersonStore) bool {
	t.Helper()
	for _, query := range []domain.PageQuery{
		{Number: 1, Size: 1000},
		{Number: domain.LastPage, Size: 3},
		{Number: 1, Size: 1000, Backward: true},
		{Number: domain.LastPage, Size: 3, Backward: true},
	} {
		page, err := store.Page(t.Context(), query)
		due := page.Total - (page.Number-1)*int64(query.Size)
		if err != nil || int64(len(page.Persons)) != due || due < 1 || due > int64(query.Size) {
			t.Errorf("Page(%d) by %d while others write: got page %d with %d persons of %d and error %v, want a page and a total of one moment",
				query.Number, query.Size, page.Number, len(page.Persons), page.Total, err)
			return false
		}
	}
	return true
}
