package metrics

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Sources are what is read when somebody asks, because it is known elsewhere. What is nil is not told.
type Sources struct {
	// Version and Revision are what the program was made from.
	Version, Revision string
	// Loads are those of the executors and lanes.
	Loads func() []ports.NamedLoad
	// Server tells what the server's clients have.
	Server func() ServerFigures
	// Store is what is looked at: not more than OpenJobs and a page of one person, for a tenth of the time at most.
	Store StoreReader
	// Ready tells whether the store can be used; nil is as long as it can be read.
	Ready func(ctx context.Context) error
}

// ServerFigures are what clients of a server have at one moment, and what it has refused them since its start.
type ServerFigures struct {
	// Connections are open, of at most MaxConnections.
	Connections, MaxConnections int
	// Requests are those that a handler works at.
	Requests int
	// RefusedConnections and RefusedRequests found no room.
	RefusedConnections, RefusedRequests uint64
}

// StoreReader is what of a store is looked at. ports.PersonStore and ports.JobStore say what it promises.
type StoreReader interface {
	Page(ctx context.Context, query domain.PageQuery) (domain.Page, error)
	OpenJobs(ctx context.Context, size int) ([]domain.Job, error)
}

// storeFigures are what a look at the store has found; the zero storeFigures is nothing.
type storeFigures struct {
	read    bool
	persons int64
	jobs    jobFigures
}

// jobFigures are of the jobs that are not over.
type jobFigures struct {
	queued, running int
	chunksLeft      int
	oldest          time.Time // when the oldest was made; zero where there is none
}

func jobFiguresOf(jobs []domain.Job) (f jobFigures) {
	for _, job := range jobs {
		if job.State == domain.JobQueued {
			f.queued++
		} else {
			f.running++
		}
		f.chunksLeft += job.Left
		if f.oldest.IsZero() || job.Created.Before(f.oldest) {
			f.oldest = job.Created
		}
	}
	return f
}

// look reads the figures of the store. It heeds ctx as the store does.
func (s *Sources) look(ctx context.Context) storeFigures {
	page, err := s.Store.Page(ctx, domain.PageQuery{Number: 1, Size: 1})
	if err != nil {
		return storeFigures{}
	}
	jobs, err := s.Store.OpenJobs(ctx, domain.MaxOpenJobs)
	if err != nil {
		return storeFigures{}
	}
	return storeFigures{read: true, persons: page.Total, jobs: jobFiguresOf(jobs)}
}
