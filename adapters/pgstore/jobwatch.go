package pgstore

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
)

// jobChannel is where each transaction that changes a job tells its id (NOTIFY).
const jobChannel = "roster_jobs"

const (
	// jobLook is how often the jobs are read that somebody waits for. It makes good for
	// what the channel loses: with its connection, and all of it by way of a PgBouncer that
	// gives each transaction another connection.
	jobLook = 400 * time.Millisecond
	// jobLinger is how long the watcher stays when nobody waits: who watches a job asks again
	// at once.
	jobLinger = 2 * time.Second
	// jobReconnect is how long it takes a rest when it cannot listen.
	jobReconnect = 2 * time.Second
)

// AwaitJob implements ports.JobStore. All who wait in a process share one connection, beside
// those of the pool, and one look at their jobs every 0.4 s. While the database cannot be
// reached they wait on.
func (s *Store) AwaitJob(ctx context.Context, seen domain.Job) (domain.Job, error) {
	seen = seen.Stored()
	one := s.watcher.join(seen.ID) // first, so that no change is missed
	defer s.watcher.leave(one)
	job, err := s.FindJob(ctx, seen.ID)
	if domain.CodeOf(err) == domain.CodeUnavailable && !s.isClosed() {
		job, err = seen, nil // as far as it is known: a look will tell
	}
	for err == nil && job == seen {
		select {
		case found := <-one.found:
			job, err = found.job, found.err
		case <-s.closed:
			err = errClosed
		case <-ctx.Done():
			err = domain.ContextError(ctx)
		}
	}
	if err != nil {
		return domain.Job{}, err
	}
	return job, nil
}

// watcher hears of jobs that change, and tells who waits for them. Its goroutine and its
// connection are there while somebody waits, and jobLinger longer.
type watcher struct {
	connect func(ctx context.Context) (*pgx.Conn, error)
	find    func(ctx context.Context, ids []domain.JobID) ([]domain.Job, error)
	every   time.Duration // between looks

	mu      sync.Mutex
	waiting map[domain.JobID][]*waiter
	running bool
	over    bool
	stop    context.CancelFunc // of the goroutine
	done    sync.WaitGroup
}

// waiter is a call of AwaitJob.
type waiter struct {
	id    domain.JobID
	found chan foundJob // the last that was found
}

// foundJob is a job, or that there is none.
type foundJob struct {
	job domain.Job
	err error
}

func (w *watcher) join(id domain.JobID) *waiter {
	one := &waiter{id: id, found: make(chan foundJob, 1)}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over || !isJobID(id) { // which its caller is about to find out
		return one
	}
	if w.waiting == nil {
		w.waiting = map[domain.JobID][]*waiter{}
	}
	w.waiting[id] = append(w.waiting[id], one)
	if !w.running {
		ctx, cancel := context.WithCancel(context.Background())
		w.running, w.stop = true, cancel
		w.done.Go(func() {
			defer cancel()
			w.run(ctx)
		})
	}
	return one
}

func (w *watcher) leave(one *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	others := slices.DeleteFunc(w.waiting[one.id], func(other *waiter) bool { return other == one })
	if len(others) == 0 {
		delete(w.waiting, one.id)
		return
	}
	w.waiting[one.id] = others
}

// wait ends the goroutine, and lets none begin any more.
func (w *watcher) wait() {
	w.mu.Lock()
	w.over = true
	if w.running {
		w.stop()
	}
	w.mu.Unlock()
	w.done.Wait()
}

// run tells who waits until nobody has waited for jobLinger, or ctx ends.
func (w *watcher) run(ctx context.Context) {
	ear := ear{connect: w.connect}
	defer ear.close()
	lastAwaited := time.Now()
	for next := lastAwaited.Add(w.every); ; {
		if id := ear.hear(ctx, next); id != "" {
			w.lookIfAny(ctx, w.waitersFor(id))
		}
		now := time.Now()
		if now.Before(next) && ctx.Err() == nil {
			continue
		}
		next = now.Add(w.every)
		if w.lookIfAny(ctx, w.waitersFor("")) {
			lastAwaited = now
		}
		if (ctx.Err() != nil || now.Sub(lastAwaited) > jobLinger) && w.end(ctx) {
			return
		}
	}
}

func (w *watcher) lookIfAny(ctx context.Context, waiters []*waiter) bool {
	if len(waiters) > 0 {
		w.look(ctx, waiters)
	}
	return len(waiters) > 0
}

// end tells whether the goroutine ends, which it must then.
func (w *watcher) end(ctx context.Context) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = ctx.Err() == nil && len(w.waiting) > 0
	return !w.running
}

// waitersFor returns who waits for a job, or for any where the id is "".
func (w *watcher) waitersFor(id domain.JobID) []*waiter {
	w.mu.Lock()
	defer w.mu.Unlock()
	if id != "" {
		return slices.Clone(w.waiting[id])
	}
	return slices.Concat(slices.Collect(maps.Values(w.waiting))...)
}

// look reads the jobs of waiters, and tells them. They have waited since before it reads, so
// that it finds nothing older than they have seen. When it fails, it is looked again soon.
func (w *watcher) look(ctx context.Context, waiters []*waiter) {
	ids := map[domain.JobID]bool{}
	for _, one := range waiters {
		ids[one.id] = true
	}
	jobs, err := w.find(ctx, slices.Collect(maps.Keys(ids)))
	if err != nil {
		return
	}
	found := map[domain.JobID]domain.Job{}
	for _, job := range jobs {
		found[job.ID] = job
	}
	for _, one := range waiters {
		what := foundJob{job: found[one.id]}
		if what.job.ID == "" {
			what.err = domain.NoJob(one.id)
		}
		select {
		case <-one.found: // it has not come to see that one
		default:
		}
		one.found <- what
	}
}

// ear listens to the channel over a connection of its own.
type ear struct {
	connect func(ctx context.Context) (*pgx.Conn, error)
	conn    *pgx.Conn // nil while there is none
	retry   time.Time // when another is tried
}

// hear returns the job that is the next to change, or "" at a time, or when ctx ends.
func (e *ear) hear(ctx context.Context, until time.Time) domain.JobID {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	if e.conn == nil && time.Now().After(e.retry) {
		e.listen(ctx)
	}
	if e.conn == nil {
		<-ctx.Done()
		return ""
	}
	notification, err := e.conn.WaitForNotification(ctx)
	switch {
	case err == nil:
		return domain.JobID(notification.Payload)
	case e.conn.IsClosed():
		e.close()
	}
	return ""
}

// listen makes a connection, unless it takes longer than until the next look: then looks
// must do for a while.
func (e *ear) listen(ctx context.Context) {
	e.retry = time.Now().Add(jobReconnect)
	conn, err := e.connect(ctx)
	if err != nil {
		return
	}
	e.conn = conn
	if _, err := conn.Exec(ctx, "LISTEN "+jobChannel); err != nil {
		e.close()
	}
}

// closeLimit is how long it may take to tell the server that a connection closes.
const closeLimit = time.Second

func (e *ear) close() {
	if e.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	_ = e.conn.Close(ctx) // it has done its work
	e.conn = nil
}

// listenerOf returns what makes the connections of an ear, beside those of a pool. A wait that
// ends has nothing to cancel on the server, as a statement has.
func listenerOf(pool *pgxpool.Pool) func(ctx context.Context) (*pgx.Conn, error) {
	settings := pool.Config().ConnConfig
	settings.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: conn.Conn()}
	}
	return func(ctx context.Context) (*pgx.Conn, error) { return pgx.ConnectConfig(ctx, settings) }
}
