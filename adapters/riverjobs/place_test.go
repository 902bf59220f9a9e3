package riverjobs_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// handlerOf is a handler of two functions.
type handlerOf struct {
	work   func() error
	giveUp func()
}

func (h handlerOf) Work(context.Context, domain.JobTask) error { return h.work() }

func (h handlerOf) GiveUp(context.Context, domain.JobTask, error) error {
	h.giveUp()
	return nil
}

func TestOfTwoOfOneTaskTheOneThatFailedMoreOftenStays(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]string{
		"in SQLite":     filepath.Join(t.TempDir(), "jobs"),
		"in PostgreSQL": server.EmptyURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			queue := openAt(t, where, migrating)
			var tries atomic.Int64
			release, givenUp := make(chan struct{}), make(chan struct{})
			ctx, cancel := context.WithCancel(t.Context())
			handler := handlerOf{giveUp: func() { close(givenUp) }, work: func() error {
				switch tries.Add(1) {
				case 1:
					// It is taken again while it is in hand, by the other worker.
					wantTaken(t, queue)
					waitFor(t, "the other worker to have it, too", func() bool { return tries.Load() == 2 })
				case 2:
					<-release
				case 3: // the second of the first one, which then waits 2 s for its third
					time.AfterFunc(500*time.Millisecond, func() { close(release) })
				}
				return context.DeadlineExceeded
			}}
			wantTaken(t, queue)
			var serving sync.WaitGroup
			serving.Go(func() {
				if err := queue.Serve(ctx, 2, handler); err != nil {
					t.Errorf("Serve: got %v, want nil", err)
				}
			})
			<-givenUp
			cancel()
			serving.Wait()
			if got := tries.Load(); got != ports.TaskTries+1 {
				t.Errorf("two of one task that fail: got %d tries until it is given up, want %d of the one and 1 of the other", got, ports.TaskTries)
			}
		})
	}
}

func TestManyWhoEnqueueTheSameInDifferentOrdersDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	queue := openAt(t, server.EmptyURL(t), migrating)
	tasks := make([]domain.JobTask, 300)
	for i := range tasks {
		tasks[i] = domain.JobTask{Job: "a", Chunk: i}
	}
	var enqueuing sync.WaitGroup
	for i := range 8 {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		enqueuing.Go(func() {
			for range 5 {
				own := append([]domain.JobTask(nil), tasks...)
				random.Shuffle(len(own), func(a, b int) { own[a], own[b] = own[b], own[a] })
				if err := queue.Enqueue(t.Context(), own); err != nil {
					t.Errorf("Enqueue: got %v, want nil", err)
				}
			}
		})
	}
	enqueuing.Wait()
}

func TestATaskThatDoesNotEndKeepsNobodyFromStopping(t *testing.T) {
	t.Parallel()
	queue := openAt(t, filepath.Join(t.TempDir(), "jobs"), migrating)
	queue.StopWithin(100 * time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	begun, release := make(chan struct{}), make(chan struct{})
	handler := handlerOf{giveUp: func() {}, work: func() error {
		close(begun)
		<-release
		return nil
	}}
	served := make(chan error, 1)
	go func() { served <- queue.Serve(ctx, 1, handler) }()
	wantTaken(t, queue)
	<-begun
	cancel()
	select {
	case err := <-served:
		if err != nil {
			t.Errorf("Serve: got %v, want nil", err)
		}
	case <-time.After(30 * time.Second): // only so that a failure ends
		t.Error("Serve waits for a task that does not end, want it to return")
	}
	close(release)
	waitFor(t, "River to say that it ended", func() bool {
		done, err := queue.CountDone(t.Context())
		return err == nil && done == 1
	})
}
