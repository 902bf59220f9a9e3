package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

var (
	_ ports.PersonSource = (*Store)(nil)
	_ ports.PersonKeeper = (*Store)(nil)
)

// LastID implements ports.PersonSource.
func (s *Store) LastID(ctx context.Context) (int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	return s.lastID, nil
}

// KeepPersons implements ports.PersonKeeper. It costs O(n log n) of all persons.
func (s *Store) KeepPersons(ctx context.Context, persons []domain.Person) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	kept := slices.Concat(s.persons, persons)
	slices.SortStableFunc(kept, func(a, b domain.Person) int { return cmp.Compare(a.ID(), b.ID()) })
	kept = slices.Compact(kept)
	for i, person := range kept {
		if i > 0 && person.ID() == kept[i-1].ID() {
			return domain.IDTaken(person.ID())
		}
	}
	s.persons = kept
	if len(kept) > 0 {
		s.lastID = max(s.lastID, kept[len(kept)-1].ID())
	}
	return nil
}

// KeepLastID implements ports.PersonKeeper.
func (s *Store) KeepLastID(ctx context.Context, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.lastID = max(s.lastID, id)
	return nil
}
