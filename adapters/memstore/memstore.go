// Package memstore keeps persons and jobs in memory. It is the reference store: where the
// words of ports.PersonStore and ports.JobStore leave a doubt, this code says what they mean.
package memstore

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Store keeps persons and jobs until it is closed. Find, Replace and Patch cost
// O(log n), Create O(1), Delete O(n), Page O(size of the page), Seek O(log n +
// size of the slice). What concerns one job costs O(log n + what is asked for), the rest
// O(n) of jobs.
type Store struct {
	mu      sync.RWMutex
	persons []domain.Person // in the order of their ids
	lastID  int64
	claims  claims
	jobs    []*keptJob // in the order of their ids
	closed  bool

	history    []domain.Change // in the order of their numbers
	lastChange int64           // the number of the last one
	accounts   accounts
	tokens     []account.APIToken // in the order of their ids, which are 1, 2, …
}

var (
	_ ports.PersonStore = (*Store)(nil)
	_ ports.Prober      = (*Store)(nil)
)

// New returns an empty store.
func New() *Store { return &Store{} }

// Create implements ports.PersonStore.
func (s *Store) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	persons, err := s.CreateBatch(ctx, []domain.Draft{draft})
	if err != nil {
		return domain.Person{}, err
	}
	return persons[0], nil
}

// CreateBatch implements ports.PersonStore.
func (s *Store) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	firstID, known, err := s.claims.take(drafts, s.lastID+1)
	if err != nil {
		return nil, err
	}
	persons := make([]domain.Person, len(drafts))
	for i, draft := range drafts {
		persons[i] = draft.Person(firstID + int64(i))
	}
	if !known {
		s.lastID += int64(len(drafts))
		s.persons = append(s.persons, persons...)
		s.record(ctx, domain.CreatedChanges(persons)...)
	}
	return persons, nil
}

// Find implements ports.PersonStore.
func (s *Store) Find(ctx context.Context, id int64) (domain.Person, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, err := s.index(ctx, id)
	if err != nil {
		return domain.Person{}, err
	}
	return s.persons[i], nil
}

// Page implements ports.PersonStore.
func (s *Store) Page(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return domain.Page{}, err
	}
	total := int64(len(s.persons))
	window, err := query.Window(total)
	if err != nil {
		return domain.Page{}, err
	}
	return query.Page(window, slices.Clone(s.persons[window.Offset:window.Offset+int64(window.Limit)]), total), nil
}

// Seek implements ports.PersonStore.
func (s *Store) Seek(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return domain.Slice{}, err
	}
	limit, err := query.Limit()
	if err != nil {
		return domain.Slice{}, err
	}
	i, found := s.search(query.From)
	if query.Backward {
		nearest := slices.Clone(s.persons[i-min(i, limit) : i])
		slices.Reverse(nearest)
		return query.Slice(nearest), nil
	}
	if found {
		i++
	}
	return query.Slice(slices.Clone(s.persons[i : i+min(len(s.persons)-i, limit)])), nil
}

// Replace implements ports.PersonStore.
func (s *Store) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	return s.update(ctx, id, conditions, func(domain.Person) domain.Person { return draft.Person(id) })
}

// Patch implements ports.PersonStore.
func (s *Store) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	return s.update(ctx, id, conditions, func(person domain.Person) domain.Person { return person.With(patch) })
}

func (s *Store) update(ctx context.Context, id int64, conditions []domain.Condition, change func(domain.Person) domain.Person) (domain.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.index(ctx, id, conditions...)
	if err != nil {
		return domain.Person{}, err
	}
	before := s.persons[i]
	s.persons[i] = change(before)
	s.record(ctx, domain.EditedChanges(before, s.persons[i])...)
	return s.persons[i], nil
}

// Delete implements ports.PersonStore.
func (s *Store) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.index(ctx, id, conditions...)
	if err != nil {
		return err
	}
	s.record(ctx, domain.DeletedChanges(s.persons[i])...)
	s.persons = slices.Delete(s.persons, i, i+1)
	return nil
}

// DeleteBatch implements ports.PersonStore.
func (s *Store) DeleteBatch(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var deleted []domain.Person
	s.persons = slices.DeleteFunc(s.persons, func(person domain.Person) bool {
		_, wanted := slices.BinarySearch(ids, person.ID())
		wanted = wanted && domain.CheckConditions(person, conditions) == nil
		if wanted {
			deleted = append(deleted, person)
		}
		return wanted
	})
	s.record(ctx, domain.DeletedChanges(deleted...)...)
	return deleted, nil
}

// Ready implements ports.Prober: until Close a write can be made.
func (s *Store) Ready(ctx context.Context) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.usable(ctx)
}

// Close implements ports.PersonStore. Persons and jobs are gone with it.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kept := range s.jobs {
		kept.wake()
	}
	s.persons, s.claims, s.jobs, s.closed = nil, claims{}, nil, true
	s.history, s.accounts, s.tokens = nil, accounts{}, nil
	return nil
}

// usable returns why the store cannot be used now. The caller holds mu.
func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the store is closed"}
	}
	return domain.ContextError(ctx)
}

// index returns where the person with the id stands, for whom all conditions hold.
// The caller holds mu.
func (s *Store) index(ctx context.Context, id int64, conditions ...domain.Condition) (int, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	i, found := s.search(id)
	if !found {
		return 0, domain.NotFound(id)
	}
	return i, domain.CheckConditions(s.persons[i], conditions)
}

func (s *Store) search(id int64) (int, bool) {
	return slices.BinarySearchFunc(s.persons, id, func(person domain.Person, id int64) int {
		return cmp.Compare(person.ID(), id)
	})
}
