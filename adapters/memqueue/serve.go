package memqueue

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Serve implements ports.JobQueue.
func (q *Queue) Serve(ctx context.Context, workers int, handler ports.JobHandler) error {
	if workers < 1 {
		return &domain.Error{Code: domain.CodeInvalid, Message: "there must be one worker at least"}
	}
	working, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	var inHand sync.WaitGroup
	free := make(chan struct{}, workers)
	for {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
		}
		next, ok, err := q.next(ctx)
		if err != nil || !ok {
			patience := time.AfterFunc(ports.TaskGrace, cutOff)
			defer patience.Stop()
			inHand.Wait()
			return err
		}
		inHand.Go(func() {
			defer func() { <-free }()
			q.work(working, handler, next)
		})
	}
}

// next waits until a task is due; ok is false when ctx has ended before.
func (q *Queue) next(ctx context.Context) (next waiting, ok bool, err error) {
	for ctx.Err() == nil {
		next, ok, changed, pause, err := q.take()
		if ok || err != nil {
			return next, ok, err
		}
		var due <-chan time.Time
		if pause > 0 {
			due = time.After(pause)
		}
		select {
		case <-changed:
		case <-due:
		case <-ctx.Done():
		}
	}
	return waiting{}, false, nil
}

// work does a task, and sees to what becomes of it when it fails.
func (q *Queue) work(ctx context.Context, handler ports.JobHandler, w waiting) {
	err := caught(func() error { return handler.Work(ctx, w.task) })
	switch {
	case err == nil:
		return
	case ctx.Err() != nil:
		w.due = time.Time{}
		q.putBack(w)
		return
	}
	w.failed++
	if w.failed < ports.TaskTries {
		w.due = time.Now().Add(ports.TaskPause(w.failed))
		q.putBack(w)
		return
	}
	_ = caught(func() error { return handler.GiveUp(ctx, w.task, err) }) // who gives up has nobody to tell
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
