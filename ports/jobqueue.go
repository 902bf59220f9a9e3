package ports

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// JobQueue hands tasks to workers. Suite: jobtest.RunQueue.
//
//   - Enqueue takes tasks. Each is handed to a worker at least once, unless the queue's data
//     are lost or it is given up. One that already waits, or waits to be tried again, is not taken
//     again; one that a worker has in hand is. No tasks are no error.
//   - Serve hands tasks to handler.Work, to as many at once as there are workers, until ctx
//     ends. Then it hands out no more, lets those in hand finish and returns nil: their ctx does not
//     end with Serve's, unless they take longer than 10 s (TaskGrace). Tasks that wait stay, for
//     the next Serve, and so does one that fails when its ctx has ended: it has not failed.
//   - Tasks are begun in about the order in which they were enqueued: none waits forever while later
//     ones are begun.
//   - A task whose Work returns an error or panics is tried again: after about 1, 2, 4 and 8 seconds
//     (TaskPause), and others are handed out meanwhile. When it failed for the fifth time (TaskTries),
//     handler.GiveUp is called with the last error (of a panic a *domain.PanicError), and then the
//     task is forgotten, whatever GiveUp returns.
//   - A queue that says it is shared (jobtest.QueueHarness) hands the tasks of all who enqueue, in
//     one process or several, to all who serve: each to one of them. What was taken outlasts its processes. A task that a
//     process had in hand when it died may be lost, or come again later.
//   - Close ends the use of the queue. Serve has returned before. A second Close does nothing and returns nil.
//
// Codes: domain.CodeInvalid from Serve for less than one worker; domain.CodeCanceled and
// domain.CodeDeadline from Enqueue when its ctx ends; domain.CodeUnavailable from both after Close, and
// from Enqueue while the queue cannot be reached. A Serve that goes on meanwhile does not return, and hands out
// tasks again as soon as it can.
type JobQueue interface {
	domain.TaskQueue
	Serve(ctx context.Context, workers int, handler JobHandler) error
	Close() error
}

// JobHandler does the tasks of a JobQueue. domain.JobWork is one.
type JobHandler interface {
	Work(ctx context.Context, task domain.JobTask) error
	GiveUp(ctx context.Context, task domain.JobTask, reason error) error
}

var _ JobHandler = (*domain.JobWork)(nil)

const (
	// TaskTries is how often a task is tried before it is given up.
	TaskTries = 5
	// TaskGrace is how long tasks in hand may go on when Serve's ctx has ended.
	TaskGrace = 10 * time.Second
)

// TaskPause returns how long a task that has failed so many times, from 1 on, waits to
// be tried again.
func TaskPause(failed int) time.Duration { return time.Second << (failed - 1) }
