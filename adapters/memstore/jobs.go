package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.JobStore = (*Store)(nil)

// keptJob is a job and all that is its own.
type keptJob struct {
	job      domain.Job
	claim    *domain.Claim        // that it was submitted with, or nil
	chunks   map[int]domain.Chunk // those that have not ended, while it is not over
	refusals []domain.Refusal     // in their order
	changed  chan struct{}        // closed by the next change
}

// set makes the job another, and wakes who waits for that.
func (k *keptJob) set(job domain.Job) domain.Job {
	k.job = job.Stored()
	if job.IsOver() {
		k.chunks = nil
	}
	k.wake()
	return k.job
}

func (k *keptJob) wake() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// CreateJob implements ports.JobStore.
func (s *Store) CreateJob(ctx context.Context, job domain.Job) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	i, found := s.searchJob(job.ID)
	if found {
		return &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("there is a job %s already", job.ID)}
	}
	kept := &keptJob{job: job.Stored(), chunks: map[int]domain.Chunk{}, changed: make(chan struct{})}
	s.jobs = slices.Insert(s.jobs, i, kept)
	return nil
}

// AddChunks implements ports.JobStore.
func (s *Store) AddChunks(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.keptJob(ctx, id)
	if err != nil {
		return err
	}
	job, err := kept.job.Receive(chunks, now)
	if err != nil {
		return err
	}
	if err := kept.checkNew(chunks); err != nil {
		return err
	}
	for _, chunk := range chunks {
		chunk.Text = slices.Clone(chunk.Text)
		kept.chunks[chunk.Number] = chunk
	}
	kept.set(job)
	return nil
}

// checkNew returns domain.CodeConflict unless the job has none of the chunks.
func (k *keptJob) checkNew(chunks []domain.Chunk) error {
	seen := map[int]bool{}
	for _, chunk := range chunks {
		if _, known := k.chunks[chunk.Number]; known || seen[chunk.Number] {
			return &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("job %s has a chunk %d already", k.job.ID, chunk.Number)}
		}
		seen[chunk.Number] = true
	}
	return nil
}

// SubmitJob implements ports.JobStore.
func (s *Store) SubmitJob(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (domain.Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.keptJob(ctx, id)
	if err != nil {
		return domain.Job{}, err
	}
	job, err := kept.job.Submit(now)
	if err != nil {
		return domain.Job{}, err
	}
	if claim == nil {
		return kept.set(job), nil
	}
	if earlier := s.claimedJob(claim.Key()); earlier != nil {
		repeats, err := claim.Repeats(*earlier.claim)
		if err != nil {
			s.removeJob(kept)
			return domain.Job{}, err
		}
		if repeats {
			s.removeJob(kept)
			return earlier.job, nil
		}
		earlier.claim = nil // it has expired
	}
	kept.claim = claim
	return kept.set(job), nil
}

// claimedJob returns the job of a claim's key, or nil. The caller holds mu.
func (s *Store) claimedJob(key string) *keptJob {
	i := slices.IndexFunc(s.jobs, func(kept *keptJob) bool { return kept.claim != nil && kept.claim.Key() == key })
	if i < 0 {
		return nil
	}
	return s.jobs[i]
}

// DropJob implements ports.JobStore.
func (s *Store) DropJob(ctx context.Context, id domain.JobID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.keptJob(ctx, id)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil
	}
	if err == nil && kept.job.State == domain.JobReceiving {
		s.removeJob(kept)
	}
	return err
}

// removeJob forgets a job and all that is its own. The caller holds mu.
func (s *Store) removeJob(kept *keptJob) {
	i, _ := s.searchJob(kept.job.ID)
	s.jobs = slices.Delete(s.jobs, i, i+1)
	kept.wake()
}

// FindJob implements ports.JobStore.
func (s *Store) FindJob(ctx context.Context, id domain.JobID) (domain.Job, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	kept, err := s.keptJob(ctx, id)
	if err != nil {
		return domain.Job{}, err
	}
	return kept.job, nil
}

// ListJobs implements ports.JobStore.
func (s *Store) ListJobs(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	end := len(s.jobs)
	if before != "" {
		end, _ = s.searchJob(before)
	}
	var jobs []domain.Job
	for _, kept := range slices.Backward(s.jobs[:end]) {
		if len(jobs) >= size {
			break
		}
		jobs = append(jobs, kept.job)
	}
	return jobs, nil
}

// AwaitJob implements ports.JobStore.
func (s *Store) AwaitJob(ctx context.Context, seen domain.Job) (domain.Job, error) {
	for {
		job, changed, err := s.look(ctx, seen.ID)
		if err != nil || job != seen.Stored() {
			return job, err
		}
		select {
		case <-changed:
		case <-ctx.Done(): // which the next look tells
		}
	}
}

// look returns a job, and what its next change closes.
func (s *Store) look(ctx context.Context, id domain.JobID) (domain.Job, <-chan struct{}, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	kept, err := s.keptJob(ctx, id)
	if err != nil {
		return domain.Job{}, nil, err
	}
	return kept.job, kept.changed, nil
}

// ChangeJob implements ports.JobStore.
func (s *Store) ChangeJob(ctx context.Context, id domain.JobID, change func(domain.Job) (domain.Job, error)) (domain.Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.keptJob(ctx, id)
	if err != nil {
		return domain.Job{}, err
	}
	job, err := change(kept.job)
	if err != nil {
		return domain.Job{}, err
	}
	return kept.set(job), nil
}

// Refusals implements ports.JobStore.
func (s *Store) Refusals(ctx context.Context, id domain.JobID, after domain.Refusal, size int) ([]domain.Refusal, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	kept, err := s.keptJob(ctx, id)
	if err != nil {
		return nil, err
	}
	i, found := slices.BinarySearchFunc(kept.refusals, after, domain.Refusal.Compare)
	if found {
		i++
	}
	return slices.Clone(atMost(size, kept.refusals[i:])), nil
}

// keptJob returns what is kept under an id. The caller holds mu.
func (s *Store) keptJob(ctx context.Context, id domain.JobID) (*keptJob, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	i, found := s.searchJob(id)
	if !found {
		return nil, domain.NoJob(id)
	}
	return s.jobs[i], nil
}

func (s *Store) searchJob(id domain.JobID) (int, bool) {
	return slices.BinarySearchFunc(s.jobs, id, func(kept *keptJob, id domain.JobID) int {
		return cmp.Compare(kept.job.ID, id)
	})
}

// atMost returns the first of a list, no more than size.
func atMost[T any](size int, list []T) []T { return list[:max(0, min(size, len(list)))] }
