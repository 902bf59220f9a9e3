package sqlitelimiter_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitelimiter"
)

// sharedFile is the environment variable that tells a child process where the file is.
const sharedFile = "ROSTER_SHARED_LIMITS"

func TestProcessesTakeExactlyTheCount(t *testing.T) {
	t.Parallel()
	const processes, callers, asks, count = 3, 16, 25, 700
	config := daily(t, count)
	if path := os.Getenv(sharedFile); path != "" {
		config.Path = path
		fmt.Println("allowed:", takeAtOnce(t, open(t, config), callers, asks))
		return
	}
	var (
		asking  sync.WaitGroup
		allowed atomic.Int64
	)
	for range processes {
		asking.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
			child.Env = append(os.Environ(), sharedFile+"="+config.Path)
			output, err := child.CombinedOutput()
			var n int64
			if _, said, _ := strings.Cut(string(output), "allowed:"); err == nil {
				_, err = fmt.Sscan(said, &n)
			}
			if err != nil {
				t.Errorf("a process: got %v, want it to say how many were allowed:\n%s", err, output)
			}
			allowed.Add(n)
		})
	}
	asking.Wait()
	if got := allowed.Load(); got != count {
		t.Errorf("%d processes of %d callers who ask %d times each: got %d allowed, want %d", processes, callers, asks, got, count)
	}
}

// takeAtOnce returns how many of the units that callers ask for were allowed.
func takeAtOnce(t *testing.T, limiter *sqlitelimiter.Limiter, callers, asks int) int64 {
	t.Helper()
	var (
		asking  sync.WaitGroup
		allowed atomic.Int64
	)
	for range callers {
		asking.Go(func() {
			for range asks {
				decision, err := limiter.Take(t.Context(), "a", 1)
				if err != nil {
					t.Errorf("Take: got %v, want a decision", err)
				}
				if decision.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	asking.Wait()
	return allowed.Load()
}
