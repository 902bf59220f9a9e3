package riverjobs

import (
	"cmp"
	"context"
	"runtime/debug"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// taskArgs is a task as it is kept.
type taskArgs struct {
	Job   string `json:"job"`
	Chunk int    `json:"chunk"`
}

// Kind implements river.JobArgs.
func (taskArgs) Kind() string { return "roster_task" }

func (a taskArgs) task() domain.JobTask {
	return domain.JobTask{Job: domain.JobID(a.Job), Chunk: a.Chunk}
}

// insertParams returns what River takes: each task once, because the database refuses a
// statement that has one twice, and in an order that is everybody's, because two who take
// the same tasks in different orders would wait for each other.
func insertParams(tasks []domain.JobTask) []river.InsertManyParams {
	tasks = slices.Clone(tasks)
	slices.SortFunc(tasks, func(a, b domain.JobTask) int {
		return cmp.Or(cmp.Compare(a.Job, b.Job), cmp.Compare(a.Chunk, b.Chunk))
	})
	tasks = slices.Compact(tasks)
	params := make([]river.InsertManyParams, len(tasks))
	for i, task := range tasks {
		params[i] = river.InsertManyParams{
			Args: taskArgs{Job: string(task.Job), Chunk: task.Chunk},
			InsertOpts: &river.InsertOpts{
				MaxAttempts: ports.TaskTries,
				Queue:       queueName,
				UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
					rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
					rivertype.JobStateRetryable, rivertype.JobStateScheduled,
				}},
			},
		}
	}
	return params
}

// runningBit stands for tasks in hand among the states of which River's unique index
// takes note.
const runningBit = 1 << 6

// takenWhileInHand has a task that is in hand keep no other from being taken, which
// River's options do not allow: River would not know what to do with one that fails
// while another waits. See worker, which does.
type takenWhileInHand struct{ river.HookDefaults }

// InsertBegin implements rivertype.HookInsertBegin.
func (*takenWhileInHand) InsertBegin(_ context.Context, params *rivertype.JobInsertParams) error {
	params.UniqueStates &^= runningBit
	return nil
}

// worker hands River's jobs to the handler.
type worker struct {
	river.WorkerDefaults[taskArgs]
	queue   *Queue
	handler ports.JobHandler
}

// NextRetry implements river.Worker.
func (*worker) NextRetry(job *river.Job[taskArgs]) time.Time {
	return time.Now().Add(ports.TaskPause(job.Attempt))
}

// Work implements river.Worker. An error has River try again; it must not be returned
// unless the task holds its place, because River's row could not wait beside another of its kind, nor
// those that end together with it.
func (w *worker) Work(ctx context.Context, job *river.Job[taskArgs]) error {
	w.queue.leavePlace(ctx, job.JobRow)
	task := job.Args.task()
	err := caught(func() error { return w.handler.Work(ctx, task) })
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && job.Attempt >= ports.TaskTries:
		// Who gives up has nobody to tell, and River forgets what is done.
		_ = caught(func() error { return w.handler.GiveUp(ctx, task, err) })
		return nil
	case !w.queue.holdPlace(ctx, job.JobRow):
		return nil
	case ctx.Err() != nil:
		return context.Canceled // so River knows one that it cut off, and does not count it
	default:
		return err
	}
}

// caught makes an error of a panic.
func caught(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &domain.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return do()
}
