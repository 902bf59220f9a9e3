package lane_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/lane"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newLane(t *testing.T, config lane.Config) *lane.Lane {
	t.Helper()
	l, err := lane.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// slowly is a creator whose bulks take a second.
func slowly(begun func(count int)) *portmock.BulkCreatorMock {
	return &portmock.BulkCreatorMock{GenerateFunc: func(ctx context.Context, count int) (int, error) {
		begun(count)
		select {
		case <-time.After(time.Second):
			return count, nil
		case <-ctx.Done():
			return 0, domain.ContextError(ctx)
		}
	}}
}

func TestNegativeNumbersAreRefused(t *testing.T) {
	t.Parallel()
	for _, config := range []lane.Config{{Workers: -1}, {Queue: -1}} {
		if l, err := lane.New(config); l != nil || domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("New(%+v): got %v and %v, want none and code %q", config, l, err, domain.CodeInvalid)
		}
	}
}

func TestSoManyGoOnAsThereAreWorkersAndTheRestWaitInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			mu    sync.Mutex
			begun []string
			start = time.Now()
			calls sync.WaitGroup
		)
		bulks := newLane(t, lane.Config{Workers: 2, Queue: 3}).Bulks(slowly(func(count int) {
			mu.Lock()
			defer mu.Unlock()
			begun = append(begun, fmt.Sprintf("%d at %v", count, time.Since(start).Truncate(time.Second)))
		}))
		for i := range 5 {
			calls.Go(func() {
				if saved, err := bulks.Generate(t.Context(), i); saved != i || err != nil {
					t.Errorf("call %d: got %d and %v, want its answer", i, saved, err)
				}
			})
			synctest.Wait()
		}
		if _, err := bulks.Generate(t.Context(), 9); domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("one more than may wait: got %v, want code %q at once", err, domain.CodeUnavailable)
		}
		calls.Wait()
		slices.Sort(begun[:2])
		if want := []string{"0 at 0s", "1 at 0s", "2 at 1s", "3 at 1s", "4 at 2s"}; !slices.Equal(sorted(begun), want) {
			t.Errorf("got calls %v begun, want %v", begun, want)
		}
		if _, err := bulks.Generate(t.Context(), 9); err != nil {
			t.Errorf("afterwards: got %v, want room again", err)
		}
	})
}

func sorted(texts []string) []string { return slices.Sorted(slices.Values(texts)) }

func TestWhoWaitsGoesWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bulks := newLane(t, lane.Config{Workers: 1, Queue: 1}).Bulks(slowly(func(int) {}))
		var calls sync.WaitGroup
		calls.Go(func() { _, _ = bulks.Generate(t.Context(), 1) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := bulks.Generate(ctx, 2); domain.CodeOf(err) != domain.CodeDeadline {
			t.Errorf("got %v, want code %q", err, domain.CodeDeadline)
		}
		if _, err := bulks.Generate(t.Context(), 3); err != nil {
			t.Errorf("the next: got %v, want the place of the one who left", err)
		}
		calls.Wait()
	})
}

func TestAPanicGivesItsPlaceBack(t *testing.T) {
	t.Parallel()
	creator := &portmock.BulkCreatorMock{GenerateFunc: func(context.Context, int) (int, error) { panic("planted") }}
	bulks := newLane(t, lane.Config{Workers: 1}).Bulks(creator)
	for range 3 {
		func() {
			defer func() {
				if recover() != "planted" {
					t.Error("got no panic, want that of the creator")
				}
			}()
			_, _ = bulks.Generate(t.Context(), 1)
		}()
	}
}

// guarded returns the calls that take a place in a lane.
func guarded(t *testing.T, l *lane.Lane) map[string]func(ctx context.Context) error {
	t.Helper()
	inner, err := domain.NewRegistry(memstore.New(), 10)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := domain.NewDraft("Ann", 31)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inner.Create(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	registry := l.Registry(inner)
	bulks := l.Bulks(&portmock.BulkCreatorMock{
		CreateFunc:       func(context.Context, []domain.Draft) ([]domain.Outcome[domain.Person], error) { return nil, nil },
		GenerateFunc:     func(context.Context, int) (int, error) { return 0, nil },
		GenerateOnceFunc: func(context.Context, domain.Claim, int) (int, error) { return 0, nil },
	})
	never := func(domain.Person) bool { return false }
	return map[string]func(ctx context.Context) error{
		"Create":  func(ctx context.Context) error { _, err := registry.Create(ctx, draft); return err },
		"Get":     func(ctx context.Context) error { _, err := registry.Get(ctx, 1); return err },
		"List":    func(ctx context.Context) error { _, err := registry.List(ctx, 1); return err },
		"After":   func(ctx context.Context) error { _, err := registry.After(ctx, 0); return err },
		"Before":  func(ctx context.Context) error { _, err := registry.Before(ctx, 9); return err },
		"Replace": func(ctx context.Context) error { _, err := registry.Replace(ctx, 1, draft, never); return passed(err) },
		"Patch": func(ctx context.Context) error {
			_, err := registry.Patch(ctx, 1, domain.Patch{}, never)
			return passed(err)
		},
		"Delete":       func(ctx context.Context) error { return passed(registry.Delete(ctx, 1, never)) },
		"bulk Create":  func(ctx context.Context) error { _, err := bulks.Create(ctx, nil); return err },
		"Generate":     func(ctx context.Context) error { _, err := bulks.Generate(ctx, 1); return err },
		"GenerateOnce": func(ctx context.Context) error { _, err := bulks.GenerateOnce(ctx, domain.Claim{}, 1); return err },
	}
}

// passed tells that a condition reached the registry, where it did not hold.
func passed(err error) error {
	if domain.CodeOf(err) == domain.CodePrecondition {
		return nil
	}
	return fmt.Errorf("the condition was lost: %w", err)
}

func TestEveryCallTakesAPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLane(t, lane.Config{Workers: 1})
		calls := guarded(t, l)
		for name, call := range calls {
			if err := call(t.Context()); err != nil {
				t.Errorf("%s while nobody is in the lane: got %v, want nil", name, err)
			}
		}
		var busy sync.WaitGroup
		busy.Go(func() { _, _ = l.Bulks(slowly(func(int) {})).Generate(t.Context(), 1) })
		synctest.Wait()
		for name, call := range calls {
			if err := call(t.Context()); domain.CodeOf(err) != domain.CodeUnavailable {
				t.Errorf("%s while the lane is full: got %v, want code %q", name, err, domain.CodeUnavailable)
			}
		}
		busy.Wait()
	})
}

func TestAWalkTakesNoPlace(t *testing.T) {
	t.Parallel()
	l := newLane(t, lane.Config{Workers: 1})
	inner, err := domain.NewRegistry(memstore.New(), 10)
	if err != nil {
		t.Fatal(err)
	}
	registry := l.Registry(inner)
	draft, err := domain.NewDraft("Ann", 31)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Create(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	for person, err := range registry.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := registry.Delete(t.Context(), person.ID()); err != nil {
			t.Errorf("Delete during a walk: got %v, want nil: the walk holds no place", err)
		}
	}
}

func TestALaneTellsItsLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLane(t, lane.Config{Workers: 2, Queue: 3})
		bulks := l.Bulks(slowly(func(int) {}))
		check := func(when string, want domain.Load) {
			t.Helper()
			if got := l.Load(); got != want {
				t.Errorf("%s: got the load %+v, want %+v", when, got, want)
			}
		}
		check("before the first call", domain.Load{Workers: 2, Queue: 3})
		ctx, cancel := context.WithCancel(t.Context())
		var calls sync.WaitGroup
		for n := 1; n <= 7; n++ {
			calls.Go(func() { _, _ = bulks.Generate(ctx, 1) })
			synctest.Wait()
			check(fmt.Sprintf("after call %d", n), domain.Load{
				Running: min(n, 2), Workers: 2, Waiting: min(max(0, n-2), 3), Queue: 3, Refused: uint64(max(0, n-5)),
			})
		}
		cancel()
		calls.Wait()
		check("after all have ended", domain.Load{Workers: 2, Queue: 3, Refused: 2})
	})
}
