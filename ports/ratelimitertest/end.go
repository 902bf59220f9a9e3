package ratelimitertest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func endCases() []testCase {
	return []testCase{
		{"a ctx that is canceled before the call takes nothing", canceledTakesNothing},
		{"a ctx that is past its deadline before the call takes nothing", lateTakesNothing},
		{"callers whose ctx ends meanwhile harm nobody", endedCallersHarmNobody},
		{"after Close Take is unavailable, and a second Close does nothing", closedIsUnavailable},
		{"calls beside Close decide or are unavailable", callsBesideClose},
	}
}

func canceledTakesNothing(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 10))
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the client has gone")
	cancel(gone)
	got, err := limiter.Take(ctx, "a", 10)
	checkError(t, got, err, domain.CodeCanceled, "ctx is canceled")
	if !errors.Is(err, gone) {
		t.Errorf("got the error %v, want one that wraps the cause", err)
	}
	wantAllowed(t, limiter, "a", 10, 0, "a call whose ctx had ended has taken nothing")
}

func lateTakesNothing(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 10))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	<-ctx.Done()
	got, err := limiter.Take(ctx, "a", 10)
	checkError(t, got, err, domain.CodeDeadline, "ctx is past its deadline")
	wantAllowed(t, limiter, "a", 10, 0, "a call whose ctx had ended has taken nothing")
}

func endedCallersHarmNobody(t *testing.T, open opener) {
	const count = 300
	limiter := open(t, hourly(t, count))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var (
		asking           sync.WaitGroup
		mu               sync.Mutex
		allowed, unclear int
	)
	for i := range callers {
		asking.Go(func() {
			own := t.Context()
			if i%2 == 0 {
				own = ctx
			}
			for range 10 {
				decision, err := limiter.Take(own, "a", 1)
				mu.Lock()
				switch {
				case decision.Allowed:
					allowed++
				case i%2 == 0 && domain.CodeOf(err) == domain.CodeCanceled:
					unclear++ // it may have taken
				case err != nil:
					t.Errorf("Take: got %v, want a decision: the ctx of another call has ended", err)
				}
				mu.Unlock()
				if i == 0 {
					cancel()
				}
			}
		})
	}
	asking.Wait()
	if allowed > count || allowed+unclear < count {
		t.Errorf("got %d allowed and %d whose ctx had ended, want %d together at least and never more allowed", allowed, unclear, count)
	}
}

func closedIsUnavailable(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 10))
	wantAllowed(t, limiter, "a", 1, 9, "nothing was taken")
	for range 2 {
		if err := limiter.Close(); err != nil {
			t.Errorf("Close: got %v, want nil", err)
		}
		got, err := limiter.Take(t.Context(), "a", 1)
		checkError(t, got, err, domain.CodeUnavailable, "the limiter is closed")
	}
}

func callsBesideClose(t *testing.T, open opener) {
	limiter := open(t, hourly(t, 1_000_000))
	var asking sync.WaitGroup
	for i := range callers {
		asking.Go(func() {
			for j := range 20 {
				decision, err := limiter.Take(t.Context(), "a", 1)
				if decided := err == nil && decision.Allowed; !decided && (domain.CodeOf(err) != domain.CodeUnavailable || decision.Allowed) {
					t.Errorf("Take beside Close: got %+v and %v, want it allowed, or code %q", decision, err, domain.CodeUnavailable)
				}
				if i == 0 && j == 5 {
					if err := limiter.Close(); err != nil {
						t.Errorf("Close beside calls: got %v, want nil", err)
					}
				}
			}
		})
	}
	asking.Wait()
}
