package domain

import (
	"context"
	"time"
)

// ChunkStore is what JobWork needs of a store.
type ChunkStore interface {
	// FindJob finds one job.
	FindJob(ctx context.Context, id JobID) (Job, error)
	// FindChunk finds a chunk that has not ended, of a job that is not over.
	FindChunk(ctx context.Context, id JobID, number int) (Chunk, error)
	// ChangeJob changes a job as change says.
	ChangeJob(ctx context.Context, id JobID, change func(Job) (Job, error)) (Job, error)
	// EndChunks saves the persons and refusals of chunks, their ends and the job's
	// counts (Job.End), all or nothing.
	EndChunks(ctx context.Context, id JobID, ends []ChunkEnd, now time.Time) (Job, error)
	// OpenJobs returns submitted jobs that are not over, those that changed last at the end.
	OpenJobs(ctx context.Context, size int) ([]Job, error)
	// OpenChunks returns the first chunks of a job that have not ended.
	OpenChunks(ctx context.Context, id JobID, size int) ([]int, error)
	// TidyJobs removes what is not needed any more.
	TidyJobs(ctx context.Context, now time.Time) error
}

// JobWork is the use case of working off what Jobs was given: the handler of a
// ports.JobQueue. It is safe for concurrent use, in as many processes as there are.
//
// A queue may hand a task over twice, late, or to a worker who dies with it: a chunk
// ends once, because the store ends it together with what it saves. A queue may
// lose a task: Tend enqueues it again.
type JobWork struct {
	store  ChunkStore
	queue  TaskQueue
	config JobsConfig
}

// NewJobWork returns the use case.
func NewJobWork(store ChunkStore, queue TaskQueue, config JobsConfig) *JobWork {
	config.setDefaults()
	return &JobWork{store: store, queue: queue, config: config}
}

// taskWindow is how many tasks of a job wait in the queue at once: as a chunk ends,
// the one so many places behind it is enqueued. So a great job does not keep those
// behind it waiting, and little is left over of one that is canceled.
const taskWindow = 32

// firstTasks returns the tasks with which a job begins.
func firstTasks(job Job) []JobTask {
	if job.Atomic {
		return []JobTask{{Job: job.ID}}
	}
	tasks := make([]JobTask, min(job.Chunks, taskWindow))
	for i := range tasks {
		tasks[i] = JobTask{Job: job.ID, Chunk: i}
	}
	return tasks
}

// Work does a task. Where its chunk has ended, or its job is over or forgotten, there is nothing to
// do and the error is nil. With any other error nothing of the chunk was saved, but for
// a ctx that ended, and the task may be tried again.
func (w *JobWork) Work(ctx context.Context, task JobTask) error {
	job, err := w.work(ctx, task)
	switch CodeOf(err) {
	case "":
	case CodeNotFound:
		return nil
	case CodeConflict:
		return w.unlessEnded(ctx, task, err)
	default:
		return err
	}
	if next := task.Chunk + taskWindow; next < job.Chunks && !job.IsOver() {
		// The chunk has ended, so its task is done; Tend makes good what fails here.
		_ = w.queue.Enqueue(ctx, []JobTask{{Job: job.ID, Chunk: next}})
	}
	return nil
}

// unlessEnded returns the error of a conflict where the chunk is still to be done: nobody
// else was faster, but a rule of the database refuses its persons.
func (w *JobWork) unlessEnded(ctx context.Context, task JobTask, conflict error) error {
	_, err := w.store.FindChunk(ctx, task.Job, task.Chunk)
	switch CodeOf(err) {
	case "":
		return conflict
	case CodeNotFound:
		return nil
	default:
		return err
	}
}

func (w *JobWork) work(ctx context.Context, task JobTask) (Job, error) {
	job, err := w.store.FindJob(ctx, task.Job)
	if err != nil {
		return Job{}, err
	}
	if job.State != JobRunning { // most often it does
		job, err = w.store.ChangeJob(ctx, job.ID, func(job Job) (Job, error) { return job.Begin(w.config.Now()) })
		if err != nil {
			return Job{}, err
		}
	}
	numbers := []int{task.Chunk}
	if job.Atomic {
		if numbers, err = w.store.OpenChunks(ctx, job.ID, job.Chunks); err != nil {
			return Job{}, err
		}
	}
	ends, err := w.run(ctx, job, numbers)
	if err != nil {
		return Job{}, err
	}
	ctx = WithOrigin(ctx, Origin{Via: job.Origin.Via, Who: job.Origin.Who, Job: job.ID})
	return w.store.EndChunks(ctx, job.ID, ends, w.config.Now())
}

// run reads chunks and finds out what is to be saved of them. Where one row of an atomic
// job is refused, that is nobody.
func (w *JobWork) run(ctx context.Context, job Job, numbers []int) ([]ChunkEnd, error) {
	var ends []ChunkEnd
	rejected := 0
	for _, number := range numbers {
		chunk, err := w.store.FindChunk(ctx, job.ID, number)
		if err != nil {
			return nil, err
		}
		end, err := w.end(job, chunk)
		if err != nil {
			return nil, err
		}
		ends = append(ends, end)
		rejected += end.Rejected
	}
	for i := range ends {
		if job.DryRun || job.Atomic && rejected > 0 {
			ends[i].Checked, ends[i].Drafts = len(ends[i].Drafts), nil
		}
	}
	return ends, nil
}

// end reads the rows of a chunk.
func (w *JobWork) end(job Job, chunk Chunk) (ChunkEnd, error) {
	end := ChunkEnd{Number: chunk.Number, Drafts: make([]Draft, 0, chunk.Rows)}
	if job.Kind == JobGenerate {
		for i := range chunk.Rows {
			end.Drafts = append(end.Drafts, GeneratedDraft(uint(chunk.First)+uint(i))) //nolint:gosec // from 0 to MaxJobRows
		}
		return end, nil
	}
	format, known := w.config.Formats[job.Format]
	if !known {
		return ChunkEnd{}, &Error{Code: CodeInternal, Message: "this program does not know the format " + job.Format}
	}
	for row := range format.Rows(chunk) {
		if len(row.Problems) == 0 {
			end.Drafts = append(end.Drafts, row.Draft)
			continue
		}
		end.Rejected++
		for _, problem := range row.Problems {
			end.Refusals = append(end.Refusals, Refusal{Line: row.Line, Problem: problem})
		}
	}
	return end, nil
}

// outageLimit is how long a job waits for a store that is unavailable.
const outageLimit = time.Hour

// GiveUp ends the job of a task that failed for good: it has failed, and what was saved of
// it stays. reason is the last error; its message is shown to anyone. A store that is unavailable
// (CodeUnavailable) is no fault of the chunk: the job fails only when it has begun and not changed
// for an hour, and until then Tend enqueues the task again. There is nothing to do, and the
// error is nil, where the chunk has ended all the same, as it may have when a connection
// was lost, or the job is over or forgotten.
func (w *JobWork) GiveUp(ctx context.Context, task JobTask, reason error) error {
	if _, err := w.store.FindChunk(ctx, task.Job, task.Chunk); CodeOf(err) == CodeNotFound {
		return nil
	}
	_, err := w.store.ChangeJob(ctx, task.Job, func(job Job) (Job, error) {
		now := w.config.Now()
		if CodeOf(reason) == CodeUnavailable && (job.State == JobQueued || now.Sub(job.Changed) < outageLimit) {
			return job, nil
		}
		return job.Fail("a part of it failed again and again: "+MessageOf(reason), now)
	})
	if code := CodeOf(err); code == CodeNotFound || code == CodeConflict {
		return nil
	}
	return err
}

const (
	// tendInterval is how often Tend looks after jobs.
	tendInterval = 5 * time.Second
	// idleAfter is after what time without a change of a job its chunks are taken for lost.
	idleAfter = 10 * time.Second
	// openAfter is after what time a single chunk is taken for lost that is among the first
	// which have not ended, while others of its job go on. With the interval it is
	// less than the 30 s in which a dead worker's are taken over.
	openAfter = 20 * time.Second
	// jobsTogether is how many jobs are looked after at a time.
	jobsTogether = 100
)

// Tend looks after jobs every 5 s until ctx ends. Chunks are enqueued again, because who
// had them may be dead: of a job that has not changed for 10 s the first ones, and of any job
// those that have been among the first for 20 s. What is not needed any more is
// removed. Every process with workers does it. failed is told when it fails, and it goes on.
func (w *JobWork) Tend(ctx context.Context, failed func(error)) {
	ticker := time.NewTicker(tendInterval)
	defer ticker.Stop()
	var open openSince
	for {
		var err error
		if open, err = w.tend(ctx, open); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// openSince tells of the first tasks of each job since when they are open as far as is known,
// or when they were enqueued again.
type openSince map[JobTask]time.Time

// tend looks after jobs once. It returns what was open before and still is, and what is new.
func (w *JobWork) tend(ctx context.Context, before openSince) (openSince, error) {
	open, now := openSince{}, w.config.Now()
	jobs, err := w.store.OpenJobs(ctx, jobsTogether)
	if err != nil {
		return before, err
	}
	for _, job := range jobs {
		tasks, err := w.openTasks(ctx, job)
		if err != nil {
			return before, err
		}
		var lost []JobTask
		for _, task := range tasks {
			since, known := before[task]
			if !known {
				since = now
			}
			if now.Sub(since) >= openAfter || now.Sub(job.Changed) >= idleAfter {
				lost, since = append(lost, task), now
			}
			open[task] = since
		}
		if len(lost) == 0 {
			continue
		}
		if err := w.queue.Enqueue(ctx, lost); err != nil {
			return before, err
		}
	}
	return open, w.store.TidyJobs(ctx, now)
}

// openTasks returns the first tasks of a job that are to be done.
func (w *JobWork) openTasks(ctx context.Context, job Job) ([]JobTask, error) {
	if job.Atomic {
		return firstTasks(job), nil
	}
	numbers, err := w.store.OpenChunks(ctx, job.ID, taskWindow)
	if err != nil {
		return nil, err
	}
	tasks := make([]JobTask, len(numbers))
	for i, number := range numbers {
		tasks[i] = JobTask{Job: job.ID, Chunk: number}
	}
	return tasks, nil
}
