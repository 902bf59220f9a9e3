package pgstore

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// LookEvery makes the time between two looks at the jobs that are waited for another. It
// comes before anybody waits.
func (s *Store) LookEvery(interval time.Duration) { s.watcher.every = interval }

// Waiting returns how many calls wait for a job.
func (s *Store) Waiting() int { return len(s.watcher.waitersFor("")) }

// AfterLook calls hook each time when jobs that are waited for have been read, before who
// waits is told. It comes before anybody waits.
func (s *Store) AfterLook(hook func()) {
	find := s.watcher.find
	s.watcher.find = func(ctx context.Context, ids []domain.JobID) ([]domain.Job, error) {
		defer hook()
		return find(ctx, ids)
	}
}
