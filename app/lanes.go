package app

import (
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/lane"
)

// Lane bounds how much work of one kind is done at once.
type Lane struct {
	// Limit is how many calls go on at once.
	Limit int `env:"LIMIT" allowed:"1 to 10000"`
	// Queue is how many more may wait; one more is refused.
	Queue int `env:"QUEUE" allowed:"0 to 1000000"`
}

// guardUseCases lets single persons and bulks in by lanes of their own, so that
// neither keeps the other waiting.
func (a *App) guardUseCases() error {
	work, err := lane.New(lane.Config{Workers: a.config.Work.Limit, Queue: a.config.Work.Queue})
	if err != nil {
		return fmt.Errorf("the lane of single persons: %w", err)
	}
	bulk, err := lane.New(lane.Config{Workers: a.config.Bulk.Limit, Queue: a.config.Bulk.Queue})
	if err != nil {
		return fmt.Errorf("the lane of bulks: %w", err)
	}
	a.tellLoad("WORK", work)
	a.tellLoad("BULK", bulk)
	a.single, a.bulk = work, bulk
	a.Registry = work.Registry(a.Registry)
	a.Jobs = lane.Jobs(a.Jobs, work, bulk)
	a.CreateBulk, a.AsyncCreateBulk = bulk.Bulks(a.CreateBulk), bulk.Bulks(a.AsyncCreateBulk)
	return nil
}
