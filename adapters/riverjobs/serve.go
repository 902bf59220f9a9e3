package riverjobs

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// All settings of River are here, each with its reason.
const (
	// queueName is the queue's in River's tables, which others may use too.
	queueName = "roster"
	// fetchCooldown is how long a process waits at least between two looks for tasks.
	fetchCooldown = 2 * time.Millisecond
	// pollInterval is how long a task waits at most whose notification was lost.
	pollInterval = 500 * time.Millisecond
	// keepDone is how long River's rows of tasks that are done are kept: nobody looks at them.
	keepDone = 10 * time.Second
	// rescueAfter is when River takes a worker for dead. It cannot know, so tasks that take
	// longer are begun twice. JobWork.Tend does not wait for it.
	rescueAfter = time.Hour
	// startPause is how long Serve waits before it tries again to reach the database.
	startPause = time.Second
	// stopLimit is how long Serve waits at most for what is in hand, and for River: where the
	// database is away it tries for half a minute to say what was done, and a server that is
	// to stop has not so long.
	stopLimit = ports.TaskGrace + 5*time.Second
	// mostWorkers is how many workers River takes.
	mostWorkers = river.QueueNumWorkersMax
)

// commonConfig is the configuration of every client.
func (q *Queue) commonConfig() *river.Config {
	return &river.Config{
		// By default it is made of the host's name and the time, which two may share.
		ID:            "roster_" + rand.Text(),
		Logger:        q.logger,
		FetchCooldown: fetchCooldown,
		Hooks:         []rivertype.Hook{&takenWhileInHand{}},
	}
}

// servingConfig is the configuration of a client that works.
func (q *Queue) servingConfig(workers int, handler ports.JobHandler) (*river.Config, error) {
	config := q.commonConfig()
	config.FetchPollInterval = pollInterval
	config.Queues = map[string]river.QueueConfig{queueName: {MaxWorkers: min(workers, mostWorkers)}}
	config.Workers = river.NewWorkers()
	if err := river.AddWorkerSafely(config.Workers, &worker{queue: q, handler: handler}); err != nil {
		return nil, err
	}
	config.MaxAttempts = ports.TaskTries
	config.JobTimeout = -1 // the contract knows no limit
	config.RescueStuckJobsAfter = rescueAfter
	config.SoftStopTimeout = ports.TaskGrace
	config.CompletedJobRetentionPeriod = keepDone
	config.CancelledJobRetentionPeriod = keepDone
	config.DiscardedJobRetentionPeriod = keepDone
	config.ReindexerIndexNames = []string{} // the table is small, and PostgreSQL keeps it so
	return config, nil
}

// Serve implements ports.JobQueue. It returns at most 15 s after ctx has ended: then tasks that do not
// end are left to themselves, and so is a database that cannot be told what has ended.
func (q *Queue) Serve(ctx context.Context, workers int, handler ports.JobHandler) error {
	if workers < 1 {
		return &domain.Error{Code: domain.CodeInvalid, Message: "there must be one worker at least"}
	}
	if err := q.enter(); err != nil {
		return err
	}
	defer q.inside.Done()
	for ctx.Err() == nil {
		if err := q.serve(ctx, workers, handler); err != nil {
			q.logger.WarnContext(ctx, "the queue of jobs cannot be reached", "error", err)
			pause(ctx, startPause)
		}
	}
	return nil
}

// serve works until ctx ends. The error says why it could not begin.
func (q *Queue) serve(ctx context.Context, workers int, handler ports.JobHandler) error {
	config, err := q.servingConfig(workers, handler)
	if err != nil {
		return err
	}
	client, err := q.tables.newClient(config)
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.stopLimit)
	defer cancel()
	if err := client.Stop(stopping); err != nil {
		q.logger.WarnContext(ctx, "tasks of jobs are left that do not end", "error", err)
	}
	return nil
}

func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}
