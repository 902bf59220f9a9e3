package repeat_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/repeat"
)

// lasting is a step that takes its time.
func lasting(d time.Duration) func() repeat.Step {
	return func() repeat.Step {
		return func(int) error {
			time.Sleep(d)
			return nil
		}
	}
}

func TestItEndsWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got, err := repeat.During(t.Context(), time.Second, 4, lasting(100*time.Millisecond))
		if want := (repeat.Result{Count: 40, Callers: 4, Took: time.Second}); got != want || err != nil {
			t.Errorf("got %+v and the error %v, want %+v", got, err, want)
		}
		if got.Rate() != 40 || got.Each() != 0.1 {
			t.Errorf("got %v a second and %v s each, want 40 and 0.1", got.Rate(), got.Each())
		}
	})
}

func TestWhatHasBegunIsCountedWithItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got, err := repeat.During(t.Context(), time.Second, 1, lasting(400*time.Millisecond))
		if want := (repeat.Result{Count: 3, Callers: 1, Took: 1200 * time.Millisecond}); got != want || err != nil {
			t.Errorf("got %+v and the error %v, want %+v", got, err, want)
		}
	})
}

func TestItIsDoneOnceAtLeast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got, err := repeat.During(t.Context(), 0, 2, lasting(time.Minute))
		if want := (repeat.Result{Count: 2, Callers: 2, Took: time.Minute}); got != want || err != nil {
			t.Errorf("got %+v and the error %v, want %+v", got, err, want)
		}
	})
}

func TestFirstErrorEndsAllCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wrong := errors.New("a wrong answer")
		begin := time.Now()
		got, err := repeat.During(t.Context(), time.Hour, 8, func() repeat.Step {
			return func(number int) error {
				time.Sleep(time.Millisecond)
				if number == 100 {
					return wrong
				}
				return nil
			}
		})
		if !errors.Is(err, wrong) || got != (repeat.Result{}) {
			t.Errorf("got %+v and the error %v, want nothing beside %v", got, err, wrong)
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("it took %v, want an end soon after the error", took)
		}
	})
}

func TestEndOfTheContextEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := repeat.During(ctx, time.Hour, 2, lasting(time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got the error %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

func TestNoNumberIsGivenTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		given := map[int]int{}
		_, err := repeat.During(t.Context(), time.Second, 3, func() repeat.Step {
			return func(number int) error {
				time.Sleep(100 * time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				given[number]++
				return nil
			}
		})
		if err != nil || len(given) != 30 {
			t.Fatalf("got %d numbers and the error %v, want 30", len(given), err)
		}
		for number, times := range given {
			if times != 1 || number < 0 || number >= 30 {
				t.Errorf("number %d was given %d times, want each of 0 to 29 once", number, times)
			}
		}
	})
}
