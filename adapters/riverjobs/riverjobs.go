// Package riverjobs keeps the tasks of jobs in River: in a SQLite file that the processes
// of one machine share, or in a PostgreSQL database that those of many do.
//
// What River keeps is of no worth by itself. The truth about a job is in the store, and
// domain.JobWork.Tend enqueues what was lost. So nothing here waits for the disk, and the
// file may be deleted while no process uses it.
//
// The driver of SQLite is mattn/go-sqlite3 where cgo is on and modernc.org/sqlite where
// it is off.
package riverjobs

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Config is what queues of both kinds have in common.
type Config struct {
	// Migrate makes River's tables, or brings them up to date, when the queue is opened;
	// false refuses to open a queue that needs it. Several processes may do so at once.
	Migrate bool
	// Database is the file to whose owner a file that is made belongs, with its mode, as far as
	// the system allows it; it is for OpenSQLite only, and may be missing. Root may run
	// a command on the database of a server that is not root.
	Database string
	// Logger hears what the queue cannot do for now, and tries again, as warnings: of each kind
	// a line at most each 10 s, and what is still to be said in Close; nil is nobody.
	Logger *slog.Logger
}

// Queue is a queue in River. Enqueue does not need Serve to be called in the same process.
//
// A task that is enqueued elsewhere begins within a twentieth of a second, or half of one where its
// notification is lost. A worker that ends a task has the next about 3 ms later, so a task should be worth some
// milliseconds. What a process had in hand when it died comes again after an hour, unless somebody
// enqueues it before.
type Queue struct {
	tables tables
	insert client
	logger *slog.Logger

	flushLog func() // says what logger has kept for later

	stopLimit time.Duration // the constant, but for tests

	enterMu sync.RWMutex // guards closed; held for reading while a call enters
	closed  bool
	inside  sync.WaitGroup
}

var _ ports.JobQueue = (*Queue)(nil)

// client is a river.Client of any driver.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	InsertMany(ctx context.Context, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
}

// tables are River's, in one engine.
type tables interface {
	// newClient returns a client that uses them.
	newClient(config *river.Config) (client, error)
	// holdPlace has a task that is in hand, and will be tried again, keep others of its kind
	// from being taken, and removes one that was taken meanwhile. It returns false
	// where that one has failed more often, and stays.
	holdPlace(ctx context.Context, held place) (bool, error)
	// leavePlace has a task that is in hand keep nobody from being taken.
	leavePlace(ctx context.Context, id int64) error
	close() error
}

// newQueue returns the queue of tables, which it closes where it fails.
func newQueue(tables tables, config Config) (*Queue, error) {
	q := &Queue{tables: tables, stopLimit: stopLimit}
	q.logger, q.flushLog = warnings(config.Logger)
	var err error
	if q.insert, err = tables.newClient(q.commonConfig()); err != nil {
		_ = tables.close()
		return nil, &domain.Error{Code: domain.CodeInternal, Message: "the queue of jobs cannot be set up", Cause: err}
	}
	return q, nil
}

// enqueueLimit is how long Enqueue waits for the database. Who gives a job to be done
// should not wait long: the job is safe, and its tasks are found later.
const enqueueLimit = 3 * time.Second

// Enqueue implements ports.JobQueue. It waits at most 3 s for the database.
func (q *Queue) Enqueue(ctx context.Context, tasks []domain.JobTask) error {
	if err := q.enter(); err != nil {
		return err
	}
	defer q.inside.Done()
	if err := domain.ContextError(ctx); err != nil {
		return err
	}
	params := insertParams(tasks)
	if len(params) == 0 {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, enqueueLimit)
	defer cancel()
	if _, err := q.insert.InsertMany(limited, params); err != nil {
		if ended := domain.ContextError(ctx); ended != nil {
			return ended
		}
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the queue of jobs cannot be reached", Cause: err}
	}
	return nil
}

// Close implements ports.JobQueue.
func (q *Queue) Close() error {
	q.enterMu.Lock()
	defer q.enterMu.Unlock()
	if q.closed {
		return nil
	}
	q.closed = true
	q.inside.Wait()
	defer q.flushLog()
	return q.tables.close()
}

func (q *Queue) enter() error {
	q.enterMu.RLock()
	defer q.enterMu.RUnlock()
	if q.closed {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the queue of jobs is closed"}
	}
	q.inside.Add(1)
	return nil
}

// oneLine returns in one line what SQLite and pgx may say in several.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
