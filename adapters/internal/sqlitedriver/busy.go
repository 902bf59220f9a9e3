package sqlitedriver

import (
	"context"
	"time"
)

// RetryBusy calls do until it returns something else than Busy, with a pause in between, or
// patience is over; then it returns the last error. It returns that of ctx when ctx ends.
// SQLite's own handler does not wait everywhere, as where a journal mode changes, and soon sleeps
// for a tenth of a second.
func RetryBusy(ctx context.Context, patience, pause time.Duration, do func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := do()
		if code, _ := Code(err); code != Busy || time.Now().After(deadline) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
