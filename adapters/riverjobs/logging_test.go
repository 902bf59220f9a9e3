package riverjobs_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/riverjobs"
)

// heard is a logger, and the lines that it heard: when, how grave, what, which of its kind,
// and how many were left out.
func heard(start time.Time) (logger *slog.Logger, lines *[]string) {
	lines = new([]string)
	return slog.New(listener{lines: lines, start: start, mu: new(sync.Mutex)}), lines
}

type listener struct {
	slog.Handler
	mu    *sync.Mutex // guards lines
	lines *[]string
	start time.Time
}

func (listener) Enabled(context.Context, slog.Level) bool { return true }

func (l listener) Handle(_ context.Context, record slog.Record) error {
	line := fmt.Sprint(time.Since(l.start), " ", record.Level, " ", record.Message)
	record.Attrs(func(attr slog.Attr) bool {
		line += fmt.Sprint(" ", attr)
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	*l.lines = append(*l.lines, line)
	return nil
}

func wantHeard(t *testing.T, got *[]string, want ...string) {
	t.Helper()
	if !slices.Equal(*got, want) {
		t.Errorf("got the log\n%q, want\n%q", *got, want)
	}
}

func TestOfWhatIsSaidManyTimesTheLogHasALineEachTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		logger, lines := heard(time.Now())
		quiet, flush := riverjobs.Warnings(logger)
		defer flush()
		for i := range 25 { // at 0 s, 0.9 s … 21.6 s
			quiet.Error("the database is away", "n", i)
			if i == 3 {
				quiet.Warn("another thing", "n", i)
			}
			quiet.Info("all is well")
			time.Sleep(900 * time.Millisecond)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		wantHeard(t, lines,
			"0s WARN the database is away n=0",
			"2.7s WARN another thing n=3",
			"10s WARN the database is away n=11 left_out=10",
			"20s WARN the database is away n=22 left_out=10",
			"30s WARN the database is away n=24 left_out=1")
		*lines = nil
		quiet.Error("the database is away", "n", 0)
		wantHeard(t, lines, "1h0m22.5s WARN the database is away n=0")
	})
}

func TestWhatIsStillToBeSaidIsSaidAtTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		logger, lines := heard(time.Now())
		quiet, flush := riverjobs.Warnings(logger)
		for i := range 3 {
			quiet.Error("second", "n", i)
			time.Sleep(time.Second)
		}
		quiet.Error("only once")
		quiet.Error("second", "n", 3)
		flush()
		flush()
		wantHeard(t, lines, "0s WARN second n=0", "3s WARN only once", "3s WARN second n=3 left_out=2")
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(*lines) != 3 {
			t.Errorf("got the log\n%q, want nothing more: it was all said", *lines)
		}
	})
}

func TestCloseSaysWhatIsStillToBeSaid(t *testing.T) {
	t.Parallel()
	logger, lines := heard(time.Now())
	queue := openAt(t, filepath.Join(t.TempDir(), "jobs"), riverjobs.Config{Migrate: true, Logger: logger})
	queue.Logger().Error("a trouble")
	queue.Logger().Error("a trouble")
	if err := queue.Close(); err != nil || len(*lines) != 2 {
		t.Errorf("got %v and the log\n%q, want both lines", err, *lines)
	}
}

// A logger that does not want warnings gets none, although River calls them errors.
func TestWhoWantsErrorsOnlyHearsNoWarnings(t *testing.T) {
	t.Parallel()
	quiet, _ := riverjobs.Warnings(slog.New(slog.NewTextHandler(new(bytes.Buffer), &slog.HandlerOptions{Level: slog.LevelError})))
	if quiet.Enabled(t.Context(), slog.LevelError) {
		t.Error("got errors passed on, want none: they would be passed on as warnings")
	}
}
