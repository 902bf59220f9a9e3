package child_test

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/child"
)

func TestProcessorTimeOfAThreadIsTheFirstNumberOfItsLine(t *testing.T) {
	t.Parallel()
	got, err := child.ParseSchedstat("1234567 89 12\n")
	if err != nil || got != 1_234_567*time.Nanosecond {
		t.Errorf("got %v and the error %v, want 1.234567 ms", got, err)
	}
	for _, broken := range []string{"", "x 1 2\n"} {
		if got, err := child.ParseSchedstat(broken); err == nil {
			t.Errorf("%q: got %v, want an error", broken, got)
		}
	}
}
