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

func seekCases() []storeCase {
	return slices.Concat(
		sized("seek finds the nearest of %d persons, with deleted ones between them, after and before any place", seekAnyPlace, 0, 1, 2, 130, 10_000),
		[]storeCase{
			{"seek tells exactly whether there are more", seekTellsMore},
			{"seek before a place answers in the order of the ids", seekBackward},
			{"seek from the ends of int64 finds the first and the last", seekFromEnds},
			{"seek for more persons than there are finds all of them", seekMany},
			{"a seek size below 1 is invalid", seekSizeBelowOne},
			{"what seek answers is of one moment while others write", seekIsOneMoment},
		},
	)
}

// bothWays returns the query, asked in each direction.
func bothWays(from int64, size int) []domain.SeekQuery {
	return []domain.SeekQuery{{From: from, Size: size}, {From: from, Backward: true, Size: size}}
}

// wantSeek fails the test unless the store, which holds exactly these persons,
// answers the query.
func wantSeek(t *testing.T, store ports.PersonStore, query domain.SeekQuery, persons []domain.Person) {
	t.Helper()
	isThatWay := func(p domain.Person) bool {
		return query.Backward && p.ID() < query.From || !query.Backward && p.ID() > query.From
	}
	var want []domain.Person
	for _, person := range persons {
		if isThatWay(person) {
			want = append(want, person)
		}
	}
	more := len(want) > query.Size
	switch {
	case more && query.Backward:
		want = want[len(want)-query.Size:]
	case more:
		want = want[:query.Size]
	}
	got, err := store.Seek(t.Context(), query)
	call := fmt.Sprintf("Seek(%+v) of %d persons", query, len(persons))
	if err != nil {
		t.Errorf("%s: got %v, want a slice", call, err)
		return
	}
	wantPersons(t, call, got.Persons, want, "a slice holds the persons nearest to the place, in the order of their ids")
	if got.More != more {
		t.Errorf("%s: got more: %t, want %t: a slice tells exactly whether there are more in the direction asked for", call, got.More, more)
	}
}

func seekAnyPlace(t *testing.T, store ports.PersonStore, size int) {
	persons := createWithGaps(t, store, size)
	for _, from := range somePlaces(persons) {
		for _, sliceSize := range []int{1, 7, 100} {
			for _, query := range bothWays(from, sliceSize) {
				wantSeek(t, store, query, persons)
			}
		}
	}
}

// somePlaces returns ids of persons, of deleted ones between them, and of nobody
// around them all.
func somePlaces(persons []domain.Person) []int64 {
	places := []int64{-7, -1, 0, 1, 2, 1 << 40}
	for _, i := range []int{0, 1, 59, 60, len(persons) / 2, len(persons) - 2, len(persons) - 1} {
		if i >= 0 && i < len(persons) {
			id := persons[i].ID()
			places = append(places, id-1, id, id+1)
		}
	}
	return places
}

// seekTellsMore looks at slices that end with the last person, one before and one
// after.
func seekTellsMore(t *testing.T, store ports.PersonStore) {
	persons := createWithGaps(t, store, 130)
	for _, i := range []int{0, 58, 59, 60, 61, 120} {
		for _, query := range bothWays(persons[i].ID(), 0) {
			left := len(persons) - 1 - i
			if query.Backward {
				left = i
			}
			for _, query.Size = range []int{left - 1, left, left + 1} {
				if query.Size >= 1 {
					wantSeek(t, store, query, persons)
				}
			}
		}
	}
}

func seekBackward(t *testing.T, store ports.PersonStore) {
	persons := createWithGaps(t, store, 70)
	for _, size := range []int{2, 3, 70, 100} {
		for _, i := range []int{3, 50, 69} {
			wantSeek(t, store, domain.SeekQuery{From: persons[i].ID(), Backward: true, Size: size}, persons)
		}
	}
}

func seekFromEnds(t *testing.T, store ports.PersonStore) {
	var persons []domain.Person
	for range 2 {
		for _, from := range []int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64 - 1, math.MaxInt64} {
			for _, size := range []int{1, 2, 5, 6} {
				for _, query := range bothWays(from, size) {
					wantSeek(t, store, query, persons)
				}
			}
		}
		persons = append(persons, createMany(t, store, 5)...)
	}
}

func seekMany(t *testing.T, store ports.PersonStore) {
	persons := createWithGaps(t, store, 1100)
	for _, size := range []int{1099, 1100, 1101, math.MaxInt32, math.MaxInt - 1, math.MaxInt} {
		for _, from := range []int64{math.MinInt64, 0, persons[500].ID(), 1 << 40, math.MaxInt64} {
			for _, query := range bothWays(from, size) {
				wantSeek(t, store, query, persons)
			}
		}
	}
}

func seekSizeBelowOne(t *testing.T, store ports.PersonStore) {
	for range 2 {
		for _, size := range []int{0, -1, math.MinInt} {
			for _, query := range bothWays(1, size) {
				slice, err := store.Seek(t.Context(), query)
				call := fmt.Sprintf("Seek(%+v)", query)
				wantCode(t, call, noneBeside(t, call, slice.Persons, err), domain.CodeInvalid, "a slice holds at least one person")
			}
		}
		createMany(t, store, 3)
	}
}

// seekIsOneMoment has batches of three saved while somebody asks for the first
// two behind the last person known: there is nobody or there are more than two.
func seekIsOneMoment(t *testing.T, store ports.PersonStore) {
	const rounds, batch = 60, 3
	drafts, from := newDrafts(t, batch), int64(math.MinInt64)
	for range rounds {
		var saved atomic.Bool
		asking := make(chan struct{})
		together(2, func(i int) {
			if i == 0 {
				defer saved.Store(true)
				<-asking
				_, err := store.CreateBatch(t.Context(), drafts)
				wantCode(t, "CreateBatch", err, "", "readers do not stop writers")
				return
			}
			close(asking)
			for last := false; !last; {
				last = saved.Load()
				slice, err := store.Seek(t.Context(), domain.SeekQuery{From: from, Size: batch - 1})
				due := 0
				if slice.More {
					due = batch - 1
				}
				if err != nil || len(slice.Persons) != due {
					t.Errorf("Seek while a batch of %d is saved: got %d persons, more: %t and error %v, want nobody and no more, or %d and more: a slice is of one moment",
						batch, len(slice.Persons), slice.More, err, batch-1)
					return
				}
			}
		})
		slice, err := store.Seek(t.Context(), domain.SeekQuery{From: from, Size: batch})
		if err != nil || len(slice.Persons) != batch {
			t.Fatalf("Seek after the batch: got %d persons and %v, want %d", len(slice.Persons), err, batch)
		}
		from = slice.Persons[batch-1].ID()
	}
}
