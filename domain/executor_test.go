package domain_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func square(_ context.Context, batch []int) []domain.Outcome[int] {
	outcomes := make([]domain.Outcome[int], len(batch))
	for i, item := range batch {
		outcomes[i].Value = item * item
	}
	return outcomes
}

func TestRunPassesAnAnswerOn(t *testing.T) {
	t.Parallel()
	got := domain.Handler[int, int](square).Run(t.Context(), []int{1, 2, 3})
	if want := []domain.Outcome[int]{{Value: 1}, {Value: 4}, {Value: 9}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRunTellsAWrongNumberOfOutcomes(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]int{"none": 0, "too few": 2, "too many": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := domain.Handler[int, int](func(context.Context, []int) []domain.Outcome[int] {
				return make([]domain.Outcome[int], count)
			})
			outcomes := handler.Run(t.Context(), []int{1, 2, 3})
			if len(outcomes) != 3 {
				t.Fatalf("got %d outcomes, want 3: one per item", len(outcomes))
			}
			for _, outcome := range outcomes {
				if domain.CodeOf(outcome.Err) != domain.CodeInternal || domain.MessageOf(outcome.Err) != "internal error" {
					t.Errorf("got the error %v, want code %q and no more for strangers", outcome.Err, domain.CodeInternal)
				}
				if !strings.Contains(outcome.Err.Error(), "for a batch of 3") {
					t.Errorf("got %q for logs, want the numbers in it", outcome.Err)
				}
			}
		})
	}
}

func TestRunTurnsAPanicIntoOutcomes(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"a text": "boom", "an error": errDisk, "a number": 7} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := domain.Handler[int, int](func(context.Context, []int) []domain.Outcome[int] { panic(value) })
			outcomes := handler.Run(t.Context(), []int{1, 2, 3})
			if len(outcomes) != 3 {
				t.Fatalf("got %d outcomes, want 3: one per item", len(outcomes))
			}
			for _, outcome := range outcomes {
				var panicked *domain.PanicError
				if !errors.As(outcome.Err, &panicked) || panicked.Value != value {
					t.Fatalf("got the error %v, want a *domain.PanicError with the value %v", outcome.Err, value)
				}
				if !strings.Contains(string(panicked.Stack), "TestRunTurnsAPanicIntoOutcomes") {
					t.Errorf("got a stack that does not name the handler:\n%s", panicked.Stack)
				}
			}
			if err, ok := value.(error); ok && !errors.Is(outcomes[0].Err, err) {
				t.Errorf("got the error %v, want one that wraps %v", outcomes[0].Err, err)
			}
		})
	}
}

func TestPanicErrorUnwrapsErrorsOnly(t *testing.T) {
	t.Parallel()
	if got := (&domain.PanicError{Value: "text"}).Unwrap(); got != nil {
		t.Errorf("Unwrap of a panic with a text: got %v, want nil", got)
	}
	var invalid *domain.Error
	if !errors.As(&domain.PanicError{Value: domain.NotFound(1)}, &invalid) || invalid.Code != domain.CodeInternal {
		t.Errorf("errors.As of a panic with CodeNotFound: got %v, want code %q", invalid, domain.CodeInternal)
	}
	var other interface{ Temporary() bool }
	if errors.As(&domain.PanicError{Value: "text"}, &other) {
		t.Error("errors.As of a panic finds an error that is not there")
	}
}

func TestFailAll(t *testing.T) {
	t.Parallel()
	outcomes := domain.FailAll[string](3, errDisk)
	if want := slices.Repeat([]domain.Outcome[string]{{Err: errDisk}}, 3); !slices.Equal(outcomes, want) {
		t.Errorf("got %v, want %v", outcomes, want)
	}
	if got := domain.FailAll[string](0, errDisk); len(got) != 0 {
		t.Errorf("got %v for no items, want none", got)
	}
}
