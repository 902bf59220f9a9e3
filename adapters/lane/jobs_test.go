package lane_test

import (
	"context"
	"io"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/seed-bbcc19ba/roster/adapters/lane"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// jobManager is a manager whose every call goes well.
func jobManager() *portmock.JobManagerMock {
	return &portmock.JobManagerMock{
		GenerateFunc: func(context.Context, domain.JobOrder, int64) (domain.Job, error) { return domain.Job{}, nil },
		ImportFunc: func(context.Context, domain.JobOrder, string, io.Reader) (domain.Job, error) {
			return domain.Job{}, nil
		},
		FindFunc:   func(context.Context, domain.JobID) (domain.Job, error) { return domain.Job{}, nil },
		ListFunc:   func(context.Context, domain.JobID, int) ([]domain.Job, error) { return nil, nil },
		CancelFunc: func(context.Context, domain.JobID) (domain.Job, error) { return domain.Job{}, nil },
		WatchFunc: func(context.Context, domain.JobID) iter.Seq2[domain.Job, error] {
			return func(yield func(domain.Job, error) bool) { yield(domain.Job{}, nil) }
		},
		RefusalsFunc: func(context.Context, domain.JobID) iter.Seq2[domain.Refusal, error] {
			return func(yield func(domain.Refusal, error) bool) { yield(domain.Refusal{}, nil) }
		},
	}
}

func TestCallsAboutJobsTakeAPlaceInTheirLane(t *testing.T) {
	t.Parallel()
	const single, bulk, none = "single", "bulk", "none"
	synctest.Test(t, func(t *testing.T) {
		lanes := map[string]*lane.Lane{single: newLane(t, lane.Config{Workers: 1}), bulk: newLane(t, lane.Config{Workers: 1})}
		jobs := lane.Jobs(jobManager(), lanes[single], lanes[bulk])
		calls := map[string]struct {
			lane string
			make func() error
		}{
			"Generate": {bulk, func() error { _, err := jobs.Generate(t.Context(), domain.JobOrder{}, 1); return err }},
			"Find":     {single, func() error { _, err := jobs.Find(t.Context(), "x"); return err }},
			"List":     {single, func() error { _, err := jobs.List(t.Context(), "", 1); return err }},
			"Cancel":   {single, func() error { _, err := jobs.Cancel(t.Context(), "x"); return err }},
			"Import": {none, func() error {
				_, err := jobs.Import(t.Context(), domain.JobOrder{}, "csv", strings.NewReader(""))
				return err
			}},
			"Watch": {none, func() (err error) {
				for _, err = range jobs.Watch(t.Context(), "x") {
					continue
				}
				return err
			}},
			"Refusals": {none, func() (err error) {
				for _, err = range jobs.Refusals(t.Context(), "x") {
					continue
				}
				return err
			}},
		}
		for _, full := range []string{none, single, bulk} {
			var busy sync.WaitGroup
			if full != none {
				busy.Go(func() { _, _ = lanes[full].Bulks(slowly(func(int) {})).Generate(t.Context(), 1) })
				synctest.Wait()
			}
			for name, call := range calls {
				err := call.make()
				if isRefused := domain.CodeOf(err) == domain.CodeUnavailable; isRefused != (full != none && call.lane == full) || !isRefused && err != nil {
					t.Errorf("%s while the lane %q is full: got %v, want it refused where that is its lane: %q", name, full, err, call.lane)
				}
			}
			busy.Wait()
		}
	})
}
