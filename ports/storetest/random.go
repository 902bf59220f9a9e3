package storetest

import (
	"cmp"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// stretch is how many ids a store may take together to find a page, and so where
// one could be off by one. The random cases empty such stretches.
const stretch = 1024

// newRandom returns numbers that are the same in every run, unless ROSTER_SEED
// asks for others.
func newRandom(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(1)
	if told := os.Getenv("ROSTER_SEED"); told != "" {
		var err error
		if seed, err = strconv.ParseUint(told, 10, 64); err != nil {
			t.Fatalf("ROSTER_SEED: %v", err)
		}
	}
	t.Logf("ROSTER_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // it need not be a secret
}

// child returns numbers for another goroutine.
func child(random *rand.Rand) *rand.Rand {
	return rand.New(rand.NewPCG(random.Uint64(), 0)) //nolint:gosec // it need not be a secret
}

// randomQuery asks for one of the pages of a list of total persons, or the one
// behind the last, in either order.
func randomQuery(random *rand.Rand, total int) domain.PageQuery {
	sizes := []int{1, 2, 3, 7, 10, 99, 100, 101, 1 + random.IntN(200), stretch - 1, stretch + 1, 1 + random.IntN(3*stretch), 1 << 20}
	query := domain.PageQuery{Number: domain.LastPage, Size: sizes[random.IntN(len(sizes))], Backward: random.IntN(2) == 0}
	if random.IntN(5) > 0 {
		query.Number = 1 + random.Int64N(domain.Page{Size: query.Size, Total: int64(total)}.Pages()+1)
	}
	return query
}

// randomBatch is a size for a batch: small, about a stretch, or more.
func randomBatch(random *rand.Rand) int {
	sizes := []int{1, 2, 3, 99, stretch - 1, stretch, stretch + 1, 1 + random.IntN(2*stretch)}
	return sizes[random.IntN(len(sizes))]
}

// edge returns an id at which a stretch begins, near one of the persons.
func edge(random *rand.Rand, persons []domain.Person) int64 {
	id := persons[random.IntN(len(persons))].ID()
	return id - id%stretch + stretch*random.Int64N(2)
}

// position returns how many of the persons have a smaller id.
func position(persons []domain.Person, id int64) int {
	i, _ := slices.BinarySearchFunc(persons, id, func(p domain.Person, id int64) int { return cmp.Compare(p.ID(), id) })
	return i
}

// randomRange chooses persons who follow one another: about whole stretches of
// ids, the first, the last, and now and then everybody.
func randomRange(random *rand.Rand, persons []domain.Person) (from, to int) {
	if len(persons) == 0 {
		return 0, 0
	}
	middle := edge(random, persons)
	sizes := []int64{0, 1, 2, stretch - 1, stretch, stretch + 1, random.Int64N(2 * stretch)}
	from = position(persons, middle-sizes[random.IntN(len(sizes))])
	to = position(persons, middle+sizes[random.IntN(len(sizes))])
	switch random.IntN(10) {
	case 0:
		return 0, to
	case 1:
		return from, len(persons)
	default:
		return from, to
	}
}

// removeRange deletes the persons from one index to another, many at a time, one by one and
// in batches, and returns the others.
func removeRange(t *testing.T, store ports.PersonStore, persons []domain.Person, from, to int) []domain.Person {
	t.Helper()
	const callers = 64
	gone := persons[from:to]
	together(callers, func(i int) {
		if i%4 == 0 {
			wantDeleted(t, store, eachNth(gone, i, callers))
			return
		}
		for ; i < len(gone); i += callers {
			wantCode(t, "Delete", store.Delete(t.Context(), gone[i].ID()), "", "the person is there")
		}
	})
	return slices.Concat(persons[:from], persons[to:])
}

// eachNth returns the persons at the indexes first, first+n, first+2n, …
func eachNth(persons []domain.Person, first, n int) []domain.Person {
	var some []domain.Person
	for i := first; i < len(persons); i += n {
		some = append(some, persons[i])
	}
	return some
}
