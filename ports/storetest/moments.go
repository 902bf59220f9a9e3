package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// moment is who is there after one write and before the next. The persons of a
// moment are never changed.
type moment struct {
	persons []domain.Person // in the order of their ids
	begun   atomic.Bool     // the next write
	ended   chan struct{}   // closed when next is set
	next    *moment
}

// history is the moments of a store with one writer. Readers keep those alive
// that they need.
type history struct{ latest atomic.Pointer[moment] }

func newHistory(persons []domain.Person) *history {
	h := &history{}
	h.latest.Store(&moment{persons: persons, ended: make(chan struct{})})
	return h
}

// write lets do change the store and return who is there then.
func (h *history) write(do func(now []domain.Person) []domain.Person) {
	now := h.latest.Load()
	now.begun.Store(true)
	now.next = &moment{persons: do(now.persons), ended: make(chan struct{})}
	h.latest.Store(now.next)
	close(now.ended)
}

// read asks for a page at random. It must be that of a moment between the last
// write that ended before and the last one that began meanwhile.
func (h *history) read(t *testing.T, store ports.PersonStore, random *rand.Rand) {
	t.Helper()
	first := h.latest.Load()
	query := randomQuery(random, len(first.persons))
	page, err := store.Page(t.Context(), query)
	last := h.latest.Load()
	writing := last.begun.Load()

	var problems []string
	for m := first; ; m = m.next {
		problem := mismatch(m.persons, query, page, err)
		if problem == "" {
			return
		}
		problems = append(problems, problem)
		if m == last && !writing {
			break
		}
		<-m.ended
		if m == last {
			last, writing = m.next, false
		}
	}
	t.Errorf("Page%+v while one caller writes: got the page of no moment between its begin and its end:\n%s", query, strings.Join(problems, "\n"))
}

// mismatch returns how an answer differs from the page of the persons, or "".
func mismatch(persons []domain.Person, query domain.PageQuery, page domain.Page, err error) string {
	window, wantErr := query.Window(int64(len(persons)))
	if got, want := domain.CodeOf(err), domain.CodeOf(wantErr); got != want {
		return fmt.Sprintf("got code %q (%v), want %q", got, err, want)
	}
	if wantErr != nil {
		return ""
	}
	if page.Number != window.Number || page.Size != query.Size || page.Total != int64(len(persons)) || len(page.Persons) != window.Limit {
		return fmt.Sprintf("got page %d with %d persons of %d, want %d with %d of %d",
			page.Number, len(page.Persons), page.Total, window.Number, window.Limit, len(persons))
	}
	want := slices.Clone(persons[window.Offset:][:window.Limit])
	if query.Backward {
		slices.Reverse(want)
	}
	for i, person := range page.Persons {
		if person != want[i] {
			return fmt.Sprintf("got %s at index %d, want %s", show(person), i, show(want[i]))
		}
	}
	return ""
}

// wantEveryPage fails the test unless all pages are those of the persons: all of some
// sizes, and of others those where a stretch of ids ends.
func wantEveryPage(t *testing.T, store ports.PersonStore, persons []domain.Person, after string) {
	t.Helper()
	var queries []domain.PageQuery
	ask := func(size int, numbers ...int64) {
		for _, number := range numbers {
			queries = append(queries, domain.PageQuery{Number: number, Size: size}, domain.PageQuery{Number: number, Size: size, Backward: true})
		}
	}
	for _, size := range []int{97, stretch, stretch + 1, 1 << 20} {
		last := domain.Page{Size: size, Total: int64(len(persons))}.Pages()
		for number := range last {
			ask(size, number+1)
		}
		ask(size, last+1, domain.LastPage)
	}
	for i := 1; i < len(persons); i++ {
		if persons[i-1].ID()/stretch != persons[i].ID()/stretch {
			ask(1, int64(i), int64(i+1), int64(i+2), int64(len(persons)-i), int64(len(persons)-i+1))
			ask(3, int64(i/3+1), int64((len(persons)-i)/3+1))
		}
	}
	for _, query := range queries {
		page, err := store.Page(t.Context(), query)
		if problem := mismatch(persons, query, page, err); problem != "" {
			t.Fatalf("Page%+v after %s: %s", query, after, problem)
		}
	}
}

// writeOnce makes a change at random and returns who is there then.
func writeOnce(t *testing.T, store ports.PersonStore, random *rand.Rand, drafts []domain.Draft, now []domain.Person) []domain.Person {
	t.Helper()
	const why = "only one caller writes"
	draft := drafts[random.IntN(len(drafts))]
	kind := random.IntN(6)
	switch {
	case len(now) == 0 || kind == 0:
		person, err := store.Create(t.Context(), draft)
		wantCode(t, "Create", err, "", why)
		return slices.Concat(now, []domain.Person{person})
	case kind == 1 && len(now) < 6*stretch:
		batch, err := store.CreateBatch(t.Context(), drafts[:randomBatch(random)])
		wantCode(t, "CreateBatch", err, "", why)
		return slices.Concat(now, batch)
	case kind == 2:
		now = slices.Clone(now)
		i := random.IntN(len(now))
		var err error
		now[i], err = store.Replace(t.Context(), now[i].ID(), draft)
		wantCode(t, "Replace", err, "", why)
		return now
	case kind == 3:
		from, to := randomRange(random, now)
		to = max(from, min(to, from+1000))
		wantDeleted(t, store, now[from:to])
		return slices.Concat(now[:from], now[to:])
	default:
		i := min(position(now, edge(random, now)-random.Int64N(2)), len(now)-1)
		wantCode(t, "Delete", store.Delete(t.Context(), now[i].ID()), "", why)
		return slices.Concat(now[:i], now[i+1:])
	}
}
