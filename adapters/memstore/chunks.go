package memstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// FindChunk implements ports.JobStore.
func (s *Store) FindChunk(ctx context.Context, id domain.JobID, number int) (domain.Chunk, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	kept, err := s.keptJob(ctx, id)
	if err != nil {
		return domain.Chunk{}, err
	}
	chunk, found := kept.chunks[number]
	if !found {
		return domain.Chunk{}, domain.NoChunk(id, number)
	}
	chunk.Text = slices.Clone(chunk.Text)
	return chunk, nil
}

// EndChunks implements ports.JobStore.
func (s *Store) EndChunks(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.keptJob(ctx, id)
	if err != nil {
		return domain.Job{}, err
	}
	job, err := kept.job.End(ends, now)
	if err != nil {
		return domain.Job{}, err
	}
	if err := kept.checkOpen(ends); err != nil {
		return domain.Job{}, err
	}
	saved := len(s.persons)
	for _, end := range ends {
		delete(kept.chunks, end.Number)
		for _, draft := range end.Drafts {
			s.lastID++
			s.persons = append(s.persons, draft.Person(s.lastID))
		}
		kept.refusals = append(kept.refusals, end.Refusals...)
	}
	s.record(ctx, domain.CreatedChanges(s.persons[saved:])...)
	slices.SortStableFunc(kept.refusals, domain.Refusal.Compare)
	kept.refusals = slices.CompactFunc(kept.refusals, func(a, b domain.Refusal) bool { return a.Compare(b) == 0 })
	return kept.set(job), nil
}

// checkOpen returns domain.CodeConflict unless none of the chunks has ended.
func (k *keptJob) checkOpen(ends []domain.ChunkEnd) error {
	seen := map[int]bool{}
	for _, end := range ends {
		if _, open := k.chunks[end.Number]; !open || seen[end.Number] {
			return &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("chunk %d of job %s has ended, or was never there", end.Number, k.job.ID)}
		}
		seen[end.Number] = true
	}
	return nil
}

// OpenJobs implements ports.JobStore.
func (s *Store) OpenJobs(ctx context.Context, size int) ([]domain.Job, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var open []domain.Job
	for _, kept := range s.jobs {
		if kept.job.State == domain.JobQueued || kept.job.State == domain.JobRunning {
			open = append(open, kept.job)
		}
	}
	slices.SortStableFunc(open, func(a, b domain.Job) int { return a.Changed.Compare(b.Changed) })
	return atMost(size, open), nil
}

// OpenChunks implements ports.JobStore.
func (s *Store) OpenChunks(ctx context.Context, id domain.JobID, size int) ([]int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	kept, err := s.keptJob(ctx, id)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return atMost(size, slices.Sorted(maps.Keys(kept.chunks))), nil
}

// TidyJobs implements ports.JobStore.
func (s *Store) TidyJobs(ctx context.Context, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	for _, kept := range slices.Clone(s.jobs) {
		if kept.isPast(now) {
			s.removeJob(kept)
		}
	}
	return nil
}

// isPast tells whether a job is to be forgotten.
func (k *keptJob) isPast(now time.Time) bool {
	switch {
	case k.job.IsOver():
		return !k.job.Ended.After(now.Add(-domain.JobLifetime))
	case k.job.State == domain.JobReceiving:
		return !k.job.Changed.After(now.Add(-domain.ReceivingLifetime))
	default:
		return false
	}
}
