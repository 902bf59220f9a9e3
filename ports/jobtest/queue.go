package jobtest

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

// QueueHarness tells the suite how to get at the queue under test.
type QueueHarness struct {
	// Open opens the queue whose data lies in dir, a folder that exists and is empty at
	// first. A queue that is not shared may ignore it.
	Open func(dir string) (ports.JobQueue, error)
	// Shared says that queues on one dir are one queue, at the same time and one after
	// the other; false leaves out the cases that open several.
	Shared bool
	// RealTime says that the queue goes by another clock than package time's, or waits for
	// input and output. Its cases then take up to 20 s, beside each other, and none of
	// them judges that something is late. Otherwise they run in the virtual time of
	// testing/synctest.
	RealTime bool
	// Break makes the queue on dir unreachable until mend is called; nil leaves out the case
	// that needs it.
	Break func(t *testing.T, dir string) (mend func())
}

// queueCase is one sentence of the contract and what holds it up.
type queueCase struct {
	name string
	body func(t *testing.T, q *queues)
}

// RunQueue runs the suite of ports.JobQueue as subtests of t beside each other, each on data of its
// own. In virtual time, what a case still holds after Close fails it, so a leaked
// goroutine does too.
//
// The test of an adapter:
//
//	func TestQueue(t *testing.T) {
//		t.Parallel()
//		jobtest.RunQueue(t, jobtest.QueueHarness{
//			Open:     func(dir string) (ports.JobQueue, error) { return myqueue.Open(filepath.Join(dir, "queue")) },
//			Shared:   true,
//			RealTime: true,
//		})
//	}
func RunQueue(t *testing.T, harness QueueHarness) {
	t.Helper()
	if harness.RealTime {
		harness.runAllAtOnce(t)
		return
	}
	for _, each := range harness.cases() {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			q := &queues{harness: harness, dir: t.TempDir()}
			synctest.Test(t, func(t *testing.T) { each.body(t, q) })
		})
	}
}

// runAllAtOnce runs the cases beside each other, because they mostly wait: those that are
// parallel would take turns by the number of processors.
func (h QueueHarness) runAllAtOnce(t *testing.T) {
	t.Helper()
	var running sync.WaitGroup
	for _, each := range h.cases() {
		running.Go(func() {
			t.Run(each.name, func(t *testing.T) { each.body(t, &queues{harness: h, dir: t.TempDir()}) })
		})
	}
	running.Wait()
}

func (h QueueHarness) cases() []queueCase {
	cases := slices.Concat(taskCases(), servingCases(), failureCases(), queueEndCases())
	if h.Shared {
		cases = append(cases, sharedCases()...)
	}
	if h.Break != nil {
		cases = append(cases, outageCases()...)
	}
	return cases
}

// queues opens the queues of a case.
type queues struct {
	harness QueueHarness
	dir     string
}

// open opens a queue on the data of the case, which is closed when the case ends.
func (q *queues) open(t *testing.T) ports.JobQueue {
	t.Helper()
	queue, err := q.harness.Open(q.dir)
	if err != nil {
		t.Fatalf("QueueHarness.Open: got %v, want a queue", err)
	}
	t.Cleanup(func() {
		if err := queue.Close(); err != nil {
			t.Errorf("Close at the end of the case: got %v, want nil", err)
		}
	})
	return queue
}

// settle gives a queue the time to do what it should not do. It proves nothing
// against a queue that does nothing wrong, however slow the machine is.
func (q *queues) settle() {
	if q.harness.RealTime {
		time.Sleep(1500 * time.Millisecond)
		return
	}
	time.Sleep(time.Minute)
}

// waitLimit is how long something that must come may take.
const waitLimit = 90 * time.Second

// wait waits until a condition holds.
func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(waitLimit); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s, which did not come", waitLimit, what)
		}
	}
}
