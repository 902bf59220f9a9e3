package sharedcall_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sharedcall"
	"github.com/seed-bbcc19ba/roster/domain"
)

var (
	errLate   = errors.New("late")
	errAnswer = errors.New("the answer")
)

func TestOneCallAnswersAllWhoAskMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		call := sharedcall.New(func(context.Context) error {
			calls.Add(1)
			time.Sleep(time.Second)
			return errAnswer
		}, time.Minute)
		var asking sync.WaitGroup
		for range 10 {
			asking.Go(func() {
				if err := call.Within(t.Context(), 2*time.Second, errLate); !errors.Is(err, errAnswer) {
					t.Errorf("got %v, want the answer", err)
				}
			})
		}
		asking.Wait()
		if calls.Load() != 1 {
			t.Errorf("got %d calls, want one", calls.Load())
		}
	})
}

func TestNobodyWaitsForACallThatHeedsNoContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		call := sharedcall.New(func(context.Context) error { time.Sleep(time.Hour); return nil }, time.Second)
		began := time.Now()
		if err := call.Within(t.Context(), 30*time.Millisecond, errLate); !errors.Is(err, errLate) || time.Since(began) != 30*time.Millisecond {
			t.Errorf("got %v after %s, want late after 30 ms", err, time.Since(began))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := call.Within(ctx, time.Minute, errLate); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want why ctx ended", err)
		}
		time.Sleep(time.Hour) // nothing is left behind
	})
}

func TestACallHasItsOwnLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		call := sharedcall.New(func(ctx context.Context) error { <-ctx.Done(); return domain.ContextError(ctx) }, 2*time.Second)
		began := time.Now()
		if err := call.Within(t.Context(), time.Minute, errLate); domain.CodeOf(err) != domain.CodeDeadline || time.Since(began) != 2*time.Second {
			t.Errorf("got %v after %s, want the deadline of 2 s", err, time.Since(began))
		}
	})
}

func TestAPanicIsAnError(t *testing.T) {
	t.Parallel()
	call := sharedcall.New(func(context.Context) error { panic("planted") }, time.Second)
	var crash *domain.PanicError
	if err := call.Within(t.Context(), time.Minute, errLate); !errors.As(err, &crash) {
		t.Errorf("got %v, want a panic", err)
	}
}
