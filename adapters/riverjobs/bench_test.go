package riverjobs_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/riverjobs"
	"github.com/seed-bbcc19ba/roster/domain"
)

// BenchmarkServe says what a task costs that does nothing.
func BenchmarkServe(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchmarkServe(b, openAt(b, filepath.Join(b.TempDir(), "jobs"), migrating)) })
	b.Run("PostgreSQL", func(b *testing.B) { benchmarkServe(b, openAt(b, server.EmptyURL(b), migrating)) })
}

// benchmarkServe has 2 workers do tasks, of which 32 wait at once, as those of a job do.
func benchmarkServe(b *testing.B, queue *riverjobs.Queue) {
	b.Helper()
	const window = 32
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var begun atomic.Int64
	handler := handlerFunc(func(task domain.JobTask) error {
		if begun.Add(1) == int64(b.N) {
			cancel()
		}
		return queue.Enqueue(context.WithoutCancel(ctx), []domain.JobTask{{Job: task.Job, Chunk: task.Chunk + window}})
	})
	tasks := make([]domain.JobTask, window)
	for i := range tasks {
		tasks[i] = domain.JobTask{Job: "01890a5d-ac96-774b-bcce-b302099a8057", Chunk: i}
	}
	if err := queue.Enqueue(ctx, tasks); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	if err := queue.Serve(ctx, 2, handler); err != nil {
		b.Fatal(err)
	}
}

type handlerFunc func(task domain.JobTask) error

func (h handlerFunc) Work(_ context.Context, task domain.JobTask) error { return h(task) }

func (handlerFunc) GiveUp(context.Context, domain.JobTask, error) error { return nil }
