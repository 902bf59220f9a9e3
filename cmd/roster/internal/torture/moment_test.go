//go:build linux

package torture_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// pageSize is small, so that the list has several pages and soon has one less.
const pageSize = 10

func TestAListIsOfOneMoment(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) func() lister{
		"in the memory store": func(*testing.T) func() lister {
			store := memstore.New()
			return func() lister { return storeLister{store} }
		},
		"in the SQLite store": func(t *testing.T) func() lister {
			t.Helper()
			store := openStore(t)
			return func() lister { return storeLister{store} }
		},
		"over HTTP": func(t *testing.T) func() lister {
			t.Helper()
			server := start(t, newDatabase(t), fmt.Sprint("PAGE_SIZE=", pageSize))
			return func() lister { return wireLister{wire.NewClient(server.Address, patience)} }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrowd(t, open(t))
			c.run(size(300*time.Millisecond, 10*time.Second))
			for i, fault := range c.faults {
				if i == 5 {
					t.Errorf("and %d more", len(c.faults)-i)
					break
				}
				t.Error(fault)
			}
			figure(t, "%s", c)
		})
	}
}

func TestAListOfTwoMomentsIsFound(t *testing.T) {
	t.Parallel()
	store := twoMoments{memstore.New()}
	c := newCrowd(t, func() lister { return storeLister{store} })
	c.run(size(300*time.Millisecond, 2*time.Second))
	if len(c.faults) == 0 {
		t.Errorf("got %s, want a fault", c)
	}
	figure(t, "%s", c)
}

// twoMoments is a store that counts at another moment than it reads.
type twoMoments struct{ ports.PersonStore }

func (s twoMoments) Page(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
	before, err := s.PersonStore.Page(ctx, domain.PageQuery{Number: 1, Size: 1})
	if err != nil {
		return domain.Page{}, err
	}
	page, err := s.PersonStore.Page(ctx, query)
	page.Total = before.Total
	return page, err
}

// lister reads the list and changes it. It is for one goroutine.
type lister interface {
	// page returns the ids on a page; found is false for one that is not there.
	page(number int64) (ids []int64, total int64, found bool, err error)
	walk() ([]int64, error)
	create() (int64, error)
	remove(id int64) error
	close()
}

// crowd is those who read the list while others change it.
type crowd struct {
	connect   func() lister
	random    *rand.Rand
	residents []int64 // are there all the time

	createsBegun, createsDone, deletesBegun, deletesDone atomic.Int64
	pages, walks                                         atomic.Int64

	mu     sync.Mutex
	faults []string
}

func newCrowd(t *testing.T, connect func() lister) *crowd {
	t.Helper()
	c := &crowd{connect: connect, random: chance(t)}
	l := connect()
	defer l.close()
	for range 2 * pageSize {
		id, err := c.create(l)
		if err != nil {
			t.Fatal(err)
		}
		c.residents = append(c.residents, id)
	}
	return c
}

// run lets four change the list, which stays within a few pages, and four read it.
func (c *crowd) run(lasting time.Duration) {
	stop := during(lasting)
	var group sync.WaitGroup
	for range 4 {
		for _, work := range []func(l lister, random *rand.Rand, stop <-chan struct{}) error{c.change, c.read} {
			l, random := c.connect(), fork(c.random)
			group.Go(func() {
				defer l.close()
				if err := work(l, random, stop); err != nil {
					c.fault("%v", err)
				}
			})
		}
	}
	group.Wait()
}

func (c *crowd) fault(format string, values ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, fmt.Sprintf(format, values...))
}

// change makes and deletes persons of its own, up to five.
func (c *crowd) change(l lister, random *rand.Rand, stop <-chan struct{}) error {
	var mine []int64
	for !closed(stop) {
		if len(mine) > 0 && (len(mine) == 5 || random.IntN(2) == 0) {
			i := random.IntN(len(mine))
			c.deletesBegun.Add(1)
			if err := l.remove(mine[i]); err != nil {
				return err
			}
			c.deletesDone.Add(1)
			mine = slices.Delete(mine, i, i+1)
			continue
		}
		id, err := c.create(l)
		if err != nil {
			return err
		}
		mine = append(mine, id)
	}
	return nil
}

func (c *crowd) create(l lister) (int64, error) {
	c.createsBegun.Add(1)
	id, err := l.create()
	c.createsDone.Add(1)
	return id, err
}

// read looks at pages and walks.
func (c *crowd) read(l lister, random *rand.Rand, stop <-chan struct{}) error {
	for !closed(stop) {
		if random.IntN(10) == 0 {
			if err := c.walk(l); err != nil {
				return err
			}
		}
		number := []int64{1, 2, 3, 4, 5, domain.LastPage}[random.IntN(6)]
		came, went := c.createsDone.Load(), c.deletesDone.Load()
		ids, total, found, err := l.page(number)
		least, most := came-c.deletesBegun.Load(), c.createsBegun.Load()-went
		if err != nil {
			return err
		}
		c.pages.Add(1)
		if !found {
			if number == domain.LastPage || number == 1 || (number-1)*pageSize < least {
				c.fault("page %d is not there, and there are %d persons or more", number, least)
			}
			continue
		}
		if total < least || total > most {
			c.fault("page %d says that there are %d persons, want %d to %d", number, total, least, most)
		}
		if number == domain.LastPage {
			number = max(1, (total+pageSize-1)/pageSize)
		}
		if want := min(pageSize, total-(number-1)*pageSize); int64(len(ids)) != want {
			c.fault("page %d of %d persons has %d, want %d", number, total, len(ids), want)
		}
		c.wantOrder(ids)
	}
	return nil
}

// walk looks whether those who are there all the time are met once each.
func (c *crowd) walk(l lister) error {
	ids, err := l.walk()
	if err != nil {
		return err
	}
	c.walks.Add(1)
	c.wantOrder(ids)
	if len(ids) < len(c.residents) || !slices.Equal(ids[:len(c.residents)], c.residents) {
		c.fault("a walk met %v, want %v first: they were there all the time", ids, c.residents)
	}
	return nil
}

// wantOrder wants the ids to grow, so that nobody is there twice.
func (c *crowd) wantOrder(ids []int64) {
	for i := 1; i < len(ids); i++ {
		if ids[i] <= ids[i-1] {
			c.fault("got the ids %v, want them to grow", ids)
			return
		}
	}
}

// String tells what was read and found.
func (c *crowd) String() string {
	return fmt.Sprintf("%d pages and %d walks while %d persons came and %d went: %d faults",
		c.pages.Load(), c.walks.Load(), c.createsDone.Load(), c.deletesDone.Load(), len(c.faults))
}

func closed(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// storeLister lists a store.
type storeLister struct{ store ports.PersonStore }

func (storeLister) close() {}

func (l storeLister) page(number int64) (ids []int64, total int64, found bool, err error) {
	page, err := l.store.Page(context.Background(), domain.PageQuery{Number: number, Size: pageSize})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, 0, false, nil
	}
	return idsOf(page.Persons), page.Total, true, err
}

func (l storeLister) walk() (ids []int64, err error) {
	query := domain.SeekQuery{From: math.MinInt64, Size: pageSize}
	for {
		slice, err := l.store.Seek(context.Background(), query)
		if err != nil {
			return nil, err
		}
		ids = append(ids, idsOf(slice.Persons)...)
		if !slice.More {
			return ids, nil
		}
		query.From = ids[len(ids)-1]
	}
}

func (l storeLister) create() (int64, error) {
	draft, err := domain.NewDraft("somebody", 1)
	if err != nil {
		return 0, err
	}
	person, err := l.store.Create(context.Background(), draft)
	return person.ID(), err
}

func (l storeLister) remove(id int64) error { return l.store.Delete(context.Background(), id) }

func idsOf(persons []domain.Person) []int64 {
	ids := make([]int64, len(persons))
	for i, person := range persons {
		ids[i] = person.ID()
	}
	return ids
}

// wireLister lists over HTTP.
type wireLister struct{ client *wire.Client }

func (l wireLister) close() { l.client.Close() }

func (l wireLister) page(number int64) (ids []int64, total int64, found bool, err error) {
	target := wire.Persons + "?page=" + strconv.FormatInt(number, 10)
	if number == domain.LastPage {
		target = wire.Persons + "?page=last"
	}
	answer, err := l.client.Do(http.MethodGet, target, "")
	if err != nil || answer.Status == http.StatusNotFound {
		return nil, 0, false, err
	}
	var page wire.Page
	err = answer.Into(http.StatusOK, &page)
	return wireIDs(page.Results), page.Count, true, err
}

func (l wireLister) walk() ([]int64, error) {
	persons, err := l.client.Everybody()
	return wireIDs(persons), err
}

func wireIDs(persons []wire.Person) []int64 {
	ids := make([]int64, len(persons))
	for i, person := range persons {
		ids[i] = person.ID
	}
	return ids
}

func (l wireLister) create() (int64, error) {
	answer, err := l.client.Do(http.MethodPost, wire.Persons, wire.Draft("somebody", 1))
	if err != nil {
		return 0, err
	}
	var person wire.Person
	err = answer.Into(http.StatusCreated, &person)
	return person.ID, err
}

func (l wireLister) remove(id int64) error {
	answer, err := l.client.Do(http.MethodDelete, wire.PathOf(id), "")
	if err == nil && answer.Status != http.StatusNoContent {
		err = fmt.Errorf("DELETE: got %d, want 204", answer.Status)
	}
	return err
}
