package memstore

import (
	"context"
	"slices"
	"time"
	"unsafe"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.HistoryStore = (*Store)(nil)

// record writes down what was done in a call. The caller holds mu.
func (s *Store) record(ctx context.Context, changes ...domain.Change) {
	origin, now := domain.OriginOf(ctx), time.Now().UTC().Truncate(time.Microsecond)
	for _, change := range changes {
		s.lastChange++
		change.Number, change.At, change.Origin = s.lastChange, now, origin
		s.history = append(s.history, change)
	}
}

// Changes implements ports.HistoryStore. It costs O(n) of changes.
func (s *Store) Changes(ctx context.Context, query domain.ChangesQuery) ([]domain.Change, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	query, err := query.Checked()
	if err != nil {
		return nil, err
	}
	var changes []domain.Change
	for _, change := range slices.Backward(s.history) {
		if len(changes) == query.Size {
			break
		}
		if change.Number < query.Before && (query.Person == 0 || change.Concerns(query.Person)) {
			changes = append(changes, change)
		}
	}
	return changes, nil
}

// TidyHistory implements ports.HistoryStore.
func (s *Store) TidyHistory(ctx context.Context, now time.Time) (more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return false, err
	}
	s.history = slices.DeleteFunc(s.history, func(change domain.Change) bool { return now.Sub(change.At) > domain.HistoryLifetime })
	return false, nil
}

// CountByAge implements ports.HistoryStore.
func (s *Store) CountByAge(ctx context.Context) ([]domain.AgeCount, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	counts := map[int]int64{}
	for _, person := range s.persons {
		counts[person.Age()]++
	}
	return domain.AgeCounts(counts), nil
}

// CreatedPerHour implements ports.HistoryStore.
func (s *Store) CreatedPerHour(ctx context.Context, now time.Time, hours int) ([]domain.HourCount, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	counts := domain.NewHourCounts(now, hours)
	for _, change := range s.history {
		if change.Kind == domain.ChangeCreated {
			counts.Add(change.At, change.Count)
		}
	}
	return counts, nil
}

// Size implements ports.HistoryStore. Names are counted as if each had 16 bytes.
func (s *Store) Size(ctx context.Context) (int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	const name = 16
	return int64(len(s.persons))*int64(unsafe.Sizeof(domain.Person{})+name) + int64(len(s.history))*int64(unsafe.Sizeof(domain.Change{})+name), nil
}
