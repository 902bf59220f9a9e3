package executortest

import (
	"errors"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

// checkTenfold fails the test unless outcomes are what tenfold answers for items.
func checkTenfold(t *testing.T, items []int, outcomes []domain.Outcome[int], why string) {
	t.Helper()
	if len(outcomes) != len(items) {
		t.Fatalf("got %d outcomes for %d items, want one each: %s", len(outcomes), len(items), why)
	}
	for i, outcome := range outcomes {
		if want := (domain.Outcome[int]{Value: items[i] * 10}); outcome != want {
			t.Fatalf("outcome %d of %d, of item %d: got %+v, want %+v: %s", i, len(items), items[i], outcome, want, why)
		}
	}
}

// checkFailed fails the test unless each of n outcomes has an error of the code
// that wraps cause. A nil cause is not looked for.
func checkFailed(t *testing.T, n int, outcomes []domain.Outcome[int], code domain.Code, cause error, why string) {
	t.Helper()
	if len(outcomes) != n {
		t.Fatalf("got %d outcomes for %d items, want one each: %s", len(outcomes), n, why)
	}
	for i, outcome := range outcomes {
		if got := domain.CodeOf(outcome.Err); got != code {
			t.Fatalf("outcome %d of %d: got code %q (%v), want %q: %s", i, n, got, outcome.Err, code, why)
		}
		if cause != nil && !errors.Is(outcome.Err, cause) {
			t.Fatalf("outcome %d of %d: got the error %q, want one that wraps %q: %s", i, n, outcome.Err, cause, why)
		}
	}
}
