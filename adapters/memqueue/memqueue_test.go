package memqueue_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/memqueue"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestQueueKeepsTheContract(t *testing.T) {
	t.Parallel()
	jobtest.RunQueue(t, jobtest.QueueHarness{
		Open: func(string) (ports.JobQueue, error) { return memqueue.New(), nil },
	})
}
