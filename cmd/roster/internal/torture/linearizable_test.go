//go:build linux

package torture_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/register"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func TestEachPersonIsLinearizable(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) func() asker{
		"in the memory store": func(*testing.T) func() asker {
			store := memstore.New()
			return func() asker { return storeAsker{store} }
		},
		"in the SQLite store": func(t *testing.T) func() asker {
			t.Helper()
			store := openStore(t)
			return func() asker { return storeAsker{store} }
		},
		"over HTTP": func(t *testing.T) func() asker {
			t.Helper()
			server := start(t, newDatabase(t))
			return func() asker { return newWireAsker(server.Address) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.run(open(t), size(3_000, 100_000))
			s.wantAnswers(t)
			s.judge(t).report(t)
		})
	}
}

func TestEachPersonIsLinearizableThroughKills(t *testing.T) {
	t.Parallel()
	kills, operations := size(4, 60), size(1_000, 100_000)
	s := newSession(t)
	database := newDatabase(t)
	for kill := 1; kill <= kills || s.asked.Load() < int64(operations); kill++ {
		server := start(t, database)
		time.AfterFunc(time.Duration(100+s.random.IntN(400))*time.Millisecond, server.Kill)
		s.run(func() asker { return newWireAsker(server.Address) }, forEver)
		server.Kill() // has happened, or is waited for
		s.end()
	}
	for _, err := range s.errs {
		if errors.As(err, new(wrongAnswer)) {
			t.Error(err)
		}
	}
	found := s.judge(t)
	found.report(t)
	if found.unanswered == 0 {
		t.Error("every request was answered, so no kill was in the middle of one")
	}
}

// What the tests prove hangs on their finding what a store does wrong.
func TestAStoreThatIsNotLinearizableIsFound(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]func(ports.PersonStore) ports.PersonStore{
		"a patch that reads, changes and writes": func(s ports.PersonStore) ports.PersonStore { return lostUpdates{s} },
		"a cache that is emptied too early":      func(s ports.PersonStore) ports.PersonStore { return &staleCache{PersonStore: s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			store := plant(memstore.New())
			s.run(func() asker { return storeAsker{store} }, size(3_000, 20_000))
			found := s.judge(t)
			if found.violated == 0 {
				t.Errorf("got %s, want a violation", found)
			}
			figure(t, "%s", found)
		})
	}
}

// lostUpdates is a store whose Patch undoes what comes in between.
type lostUpdates struct{ ports.PersonStore }

func (s lostUpdates) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	person, err := s.Find(ctx, id)
	if err != nil {
		return domain.Person{}, err
	}
	name, age := person.Name(), person.Age()
	if given, has := patch.Name(); has {
		name = given
	}
	if given, has := patch.Age(); has {
		age = given
	}
	runtime.Gosched()
	draft, err := domain.NewDraft(name, int64(age))
	if err != nil {
		return domain.Person{}, err
	}
	return s.Replace(ctx, id, draft, conditions...)
}

// staleCache is a store that forgets what it has read before a write, and not after
// it.
type staleCache struct {
	ports.PersonStore

	persons sync.Map
}

func (s *staleCache) Find(ctx context.Context, id int64) (domain.Person, error) {
	if person, found := s.persons.Load(id); found {
		return person.(domain.Person), nil
	}
	person, err := s.PersonStore.Find(ctx, id)
	if err == nil {
		s.persons.Store(id, person)
	}
	return person, err
}

func (s *staleCache) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	s.persons.Delete(id)
	runtime.Gosched()
	return s.PersonStore.Replace(ctx, id, draft, conditions...)
}

func openStore(t *testing.T) ports.PersonStore {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: newDatabase(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store
}

const (
	askers = 16
	// hot is how many persons are asked for at a time, so that several ask for one.
	hot     = 4
	forEver = 1 << 40
)

// session is what many asked, of few persons at a time.
type session struct {
	random *rand.Rand
	begun  time.Time
	asked  atomic.Int64
	hot    [hot]atomic.Int64 // ids, 0 for none
	last   atomic.Int64      // the greatest id that was answered
	value  atomic.Int64      // no two writes write the same

	mu         sync.Mutex
	histories  map[int64][]register.Operation // by id
	unanswered []hanging
	created    map[int64]bool
	errs       []error
}

// hanging is a request that was never answered.
type hanging struct {
	id int64
	register.Operation
}

func newSession(t *testing.T) *session {
	t.Helper()
	return &session{random: chance(t), begun: time.Now(), histories: map[int64][]register.Operation{}, created: map[int64]bool{}}
}

// run has askers ask until so many requests were made, or until no answers come.
func (s *session) run(connect func() asker, requests int) {
	var group sync.WaitGroup
	most := s.asked.Load() + int64(requests)
	for range askers {
		who, random := connect(), fork(s.random)
		group.Go(func() {
			defer who.close()
			for s.asked.Add(1) <= most && s.ask(who, random) {
			}
		})
	}
	group.Wait()
}

// ask makes one request. It returns false when no answer came.
func (s *session) ask(who asker, random *rand.Rand) bool {
	slot := &s.hot[random.IntN(hot)]
	id, request := slot.Load(), s.request(random)
	switch {
	case id == 0:
		request.Verb, request.OnlyName, request.OnlyAge = register.Create, false, false
	case request.Verb == register.Get && random.IntN(10) == 0:
		id = s.last.Load() + 1 + random.Int64N(3) // nobody yet, or just now
	}
	if request.Verb == register.Create {
		id = 0
	}
	asked := time.Since(s.begun)
	given, reply, err := who.ask(id, request)
	operation := register.Operation{Request: request, Reply: reply, Asked: asked, Done: time.Since(s.begun)}
	if err != nil {
		s.broken(id, operation, err)
		return false
	}
	if request.Verb == register.Create {
		id = given
		slot.Store(id)
		for last := s.last.Load(); last < id && !s.last.CompareAndSwap(last, id); last = s.last.Load() {
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.histories[id] = append(s.histories[id], operation)
	if request.Verb == register.Create {
		s.created[id] = true
	}
	return true
}

// request returns something to ask: half of it reads.
func (s *session) request(random *rand.Rand) register.Request {
	value := s.value.Add(1)
	request := register.Request{Look: register.Look{Name: "v" + strconv.FormatInt(value, 10), Age: int(value)}}
	switch dice := random.IntN(100); {
	case dice < 48:
		request.Verb = register.Get
	case dice < 62:
		request.Verb = register.Put
	case dice < 78:
		request.Verb, request.OnlyName = register.Patch, true
	case dice < 94:
		request.Verb, request.OnlyAge = register.Patch, true
	case dice < 96:
		request.Verb = register.Delete
	default:
		request.Verb = register.Create
	}
	return request
}

// broken notes a request without an answer. A read has no effect, and nobody knows
// the id of somebody who may have been made.
func (s *session) broken(id int64, operation register.Operation, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, err)
	operation.Reply = register.Reply{Unknown: true}
	if operation.Request.Verb != register.Get && operation.Request.Verb != register.Create {
		s.unanswered = append(s.unanswered, hanging{id, operation})
	}
}

// end notes that the server has ended: nothing that was asked is done later.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.unanswered {
		h := &s.unanswered[i]
		h.Done = time.Since(s.begun)
		s.histories[h.id] = append(s.histories[h.id], h.Operation)
	}
	s.unanswered = nil
}

// wantAnswers fails the test unless every request was answered.
func (s *session) wantAnswers(t *testing.T) {
	t.Helper()
	if len(s.errs) > 0 {
		t.Errorf("%d requests have no answer, the first %v", len(s.errs), s.errs[0])
	}
}

// judged is what the histories showed.
type judged struct {
	operations, unanswered, persons, violated, undecided int
	example                                              string
}

// judgeLimit is how long one person may take to judge. Milliseconds are usual.
const judgeLimit = time.Minute

// judge judges each person by itself.
func (s *session) judge(t *testing.T) (found judged) {
	t.Helper()
	for id, history := range s.histories {
		if !s.created[id] {
			// Nobody was answered with this id: it was looked for in vain, or its create
			// has no answer.
			continue
		}
		found.persons++
		found.operations += len(history)
		for _, operation := range history {
			if operation.Reply.Unknown {
				found.unanswered++
			}
		}
		switch register.Judge(history, judgeLimit) {
		case register.Violated:
			found.violated++
			found.example = fmt.Sprintf("person %d:\n%s", id, register.Tell(history))
		case register.Undecided:
			found.undecided++
		}
	}
	return found
}

// String tells what was found.
func (j judged) String() string {
	text := fmt.Sprintf("%d operations of %d clients on %d persons, %d without an answer: %d persons violated", j.operations, askers, j.persons, j.unanswered, j.violated)
	if j.undecided > 0 {
		text += fmt.Sprintf(", %d undecided", j.undecided)
	}
	return text
}

func (j judged) report(t *testing.T) {
	t.Helper()
	if j.violated > 0 || j.undecided > 0 {
		t.Errorf("got %s\n%s", j, j.example)
	}
	figure(t, "%s", j)
}
