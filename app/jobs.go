package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/seed-bbcc19ba/roster/adapters/memqueue"
	"github.com/seed-bbcc19ba/roster/adapters/observed"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/adapters/riverjobs"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// jobsSuffix is what follows the name of the database's file in that of the file in
// which tasks wait for workers. It holds nothing that the database does not: it may be
// deleted while nobody uses it.
const jobsSuffix = "-jobs"

// bindJobs makes the use cases of jobs and of exports.
func (a *App) bindJobs(store Store) error {
	a.queue = &lateQueue{logger: a.logger, wanted: make(chan struct{}), open: func(ctx context.Context) (ports.JobQueue, error) {
		return openQueue(ctx, a.config, a.config.AutoMigrate, a.logger)
	}}
	a.closers = append(a.closers, a.queue.Close)
	a.Formats = personfile.Formats()
	config := domain.JobsConfig{Formats: a.Formats, NewID: newJobID}
	manager, err := domain.NewJobs(store, a.queue, config)
	if err != nil {
		return err
	}
	a.Jobs = manager
	a.Export = domain.NewExport(a.Registry, a.Formats)
	a.work = domain.NewJobWork(store, a.queue, config)
	return nil
}

func newJobID() (domain.JobID, error) {
	id, err := uuid.NewV7()
	return domain.JobID(id.String()), err
}

// openQueue opens the queue of jobs that belongs to config.Database, and brings its own
// tables up to date where migrate says so.
func openQueue(ctx context.Context, config Config, migrate bool, logger *slog.Logger) (ports.JobQueue, error) {
	river := riverjobs.Config{Migrate: migrate, Database: config.Database.path, Logger: logger}
	switch {
	case config.Database.postgres != "":
		return riverjobs.OpenPostgres(ctx, config.Database.postgres, river)
	case config.Database.path != "":
		return riverjobs.OpenSQLite(ctx, config.Database.path+jobsSuffix, river)
	default:
		return memqueue.New(), nil
	}
}

// MigrateQueue brings the tables of the queue of jobs up to date.
func MigrateQueue(ctx context.Context, config Config, logger *slog.Logger) error {
	queue, err := openQueue(ctx, config, true, logger)
	if err != nil {
		return err
	}
	return queue.Close()
}

// Work works off jobs, so many chunks at once, until ctx ends; chunks in hand are
// finished. Other processes with the same database may do so too, and one that
// dies leaves its chunks to the others within 30 s. It calls begun, unless that is nil, when the
// queue is open. The error says why nothing can be worked off.
func (a *App) Work(ctx context.Context, workers int, begun func()) error {
	if err := a.queue.ready(ctx); err != nil {
		if domain.ContextError(ctx) != nil { // a stop as it began is a stop
			return nil
		}
		return err
	}
	if begun != nil {
		begun()
	}
	var tending sync.WaitGroup
	defer tending.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tending.Go(func() {
		a.work.Tend(ctx, func(err error) {
			a.logger.LogAttrs(ctx, slog.LevelWarn, "cannot look after jobs", slog.String("error", err.Error()))
		})
	})
	return a.queue.Serve(ctx, workers, a.observeJobs(observed.JobHandler(loggedWork{a.work, a.logger}, a.metrics.Call)))
}

// refuseOldQueue returns an error where the tables of the queue have to be migrated
// first. A queue that cannot be used for another reason keeps nobody from being served.
func (a *App) refuseOldQueue(ctx context.Context) error {
	if a.config.JobWorkers == 0 || a.config.AutoMigrate {
		return nil
	}
	if err := a.queue.ready(ctx); errors.Is(err, riverjobs.ErrOutOfDate) {
		return err
	}
	return nil
}

// queuePause is how long a server waits before it tries again to use the queue of jobs, or
// looks again whether there is a job.
const queuePause = 5 * time.Second

// awaitJob waits until there is a job, given here or by another process, or ctx ends. Who has
// none does not pay for the queue, which takes some MiB and looks for tasks all the time.
func (a *App) awaitJob(ctx context.Context) {
	ticker := time.NewTicker(queuePause)
	defer ticker.Stop()
	for {
		// One that is over counts too: it has to be forgotten some day.
		if jobs, err := a.Jobs.List(ctx, "", 1); err != nil || len(jobs) > 0 {
			return
		}
		select {
		case <-a.queue.wanted:
			return
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// workBeside works off jobs beside requests until ctx ends. While the queue cannot be used,
// requests are served all the same, and jobs wait: nothing is in the queue alone.
func (a *App) workBeside(ctx context.Context) {
	a.awaitJob(ctx)
	for ctx.Err() == nil {
		err := a.Work(ctx, a.config.JobWorkers, nil)
		if err == nil {
			return
		}
		a.logger.LogAttrs(ctx, slog.LevelError, "this server cannot work off jobs now", slog.String("error", err.Error()))
		select {
		case <-time.After(queuePause):
		case <-ctx.Done():
			return
		}
	}
}

// loggedWork tells the log what goes wrong with tasks.
type loggedWork struct {
	ports.JobHandler
	logger *slog.Logger
}

// Work implements ports.JobHandler. A panic is an error, so that it is told here.
func (l loggedWork) Work(ctx context.Context, task domain.JobTask) (err error) {
	told := []slog.Attr{slog.String("job", string(task.Job)), slog.Int("chunk", task.Chunk)}
	defer func() {
		if value := recover(); value != nil {
			stack := debug.Stack()
			told = append(told, slog.String("stack", string(stack)))
			err = &domain.PanicError{Value: value, Stack: stack}
		}
		if err != nil && ctx.Err() == nil { // in a stop the chunk is just put back
			l.logger.LogAttrs(ctx, slog.LevelWarn, "a chunk of a job failed", append(told, slog.String("error", err.Error()))...)
		}
	}()
	return l.JobHandler.Work(ctx, task)
}

// GiveUp implements ports.JobHandler.
func (l loggedWork) GiveUp(ctx context.Context, task domain.JobTask, reason error) error {
	err := l.JobHandler.GiveUp(ctx, task, reason)
	l.logger.LogAttrs(ctx, slog.LevelError, "a chunk of a job is given up",
		slog.String("job", string(task.Job)), slog.Int("chunk", task.Chunk), slog.String("error", errors.Join(reason, err).Error()))
	return err
}

// lateQueue opens a queue when it is needed: most commands need none.
type lateQueue struct {
	open   func(ctx context.Context) (ports.JobQueue, error)
	logger *slog.Logger
	wanted chan struct{} // closed when somebody has enqueued something
	want   sync.Once

	mu     sync.Mutex
	queue  ports.JobQueue
	closed bool
}

var _ ports.JobQueue = (*lateQueue)(nil)

func (l *lateQueue) get(ctx context.Context) (ports.JobQueue, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, &domain.Error{Code: domain.CodeUnavailable, Message: "the queue of jobs is closed"}
	}
	if l.queue == nil {
		queue, err := l.open(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot open the queue of jobs: %w", err)
		}
		l.queue = queue
	}
	return l.queue, nil
}

func (l *lateQueue) ready(ctx context.Context) error {
	_, err := l.get(ctx)
	return err
}

// Enqueue implements ports.JobQueue. The log hears what goes wrong: domain.Jobs need not
// tell who gave a job, because its tasks are enqueued again.
func (l *lateQueue) Enqueue(ctx context.Context, tasks []domain.JobTask) error {
	l.want.Do(func() { close(l.wanted) })
	queue, err := l.get(ctx)
	if err == nil {
		err = queue.Enqueue(ctx, tasks)
	}
	if err != nil && ctx.Err() == nil {
		l.logger.LogAttrs(ctx, slog.LevelWarn, "a job waits longer than it should: its tasks cannot be queued now", slog.String("error", err.Error()))
	}
	return err
}

// Serve implements ports.JobQueue.
func (l *lateQueue) Serve(ctx context.Context, workers int, handler ports.JobHandler) error {
	queue, err := l.get(ctx)
	if err != nil {
		return err
	}
	return queue.Serve(ctx, workers, handler)
}

// Close implements ports.JobQueue.
func (l *lateQueue) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.queue == nil {
		return nil
	}
	return l.queue.Close()
}
