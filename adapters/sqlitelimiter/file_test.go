package sqlitelimiter_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitelimiter"
	"github.com/seed-bbcc19ba/roster/domain"
)

// rateOf returns the rate of count units in each period.
func rateOf(tb testing.TB, count int, period time.Duration) domain.Rate {
	tb.Helper()
	rate, err := domain.NewRate(count, period)
	if err != nil {
		tb.Fatal(err)
	}
	return rate
}

func open(tb testing.TB, config sqlitelimiter.Config) *sqlitelimiter.Limiter {
	tb.Helper()
	limiter, err := sqlitelimiter.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = limiter.Close() })
	if err := limiter.Open(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return limiter
}

// daily is a configuration of which nothing comes back while a test runs.
func daily(tb testing.TB, count int) sqlitelimiter.Config {
	tb.Helper()
	return sqlitelimiter.Config{Path: filepath.Join(tb.TempDir(), "limits"), Rate: rateOf(tb, count, 24*time.Hour)}
}

// wantRemaining takes a unit and fails the test unless it leaves so many.
func wantRemaining(tb testing.TB, limiter *sqlitelimiter.Limiter, remaining int, why string) {
	tb.Helper()
	got, err := limiter.Take(tb.Context(), "a", 1)
	if err != nil || !got.Allowed || got.Remaining != remaining {
		tb.Fatalf("Take: got %+v and %v, want it allowed and %d left: %s", got, err, remaining, why)
	}
}

func TestNothingWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	limiter := open(t, daily(t, 10))
	for name, want := range map[string]string{"synchronous": "0", "journal_mode": "wal", "busy_timeout": "0"} {
		if got, err := limiter.Pragma(t.Context(), name); err != nil || got != want {
			t.Errorf("PRAGMA %s: got %s and %v, want %s", name, got, err, want)
		}
	}
}

func TestADamagedFileIsReplaced(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func([]byte) []byte{
		"it is no database":        func([]byte) []byte { return bytes.Repeat([]byte("no database "), 1000) },
		"it is cut off":            func(content []byte) []byte { return content[:len(content)-5000] },
		"its first page is zeroes": func(content []byte) []byte { clear(content[100:4096]); return content },
		"its other pages are noise": func(content []byte) []byte {
			for i := 4096; i < len(content); i++ {
				content[i] = byte(i * 7)
			}
			return content
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := daily(t, 1000)
			limiter := open(t, config)
			for i := range 500 {
				if _, err := limiter.Take(t.Context(), "client "+strconv.Itoa(i), 1); err != nil {
					t.Fatal(err)
				}
			}
			if err := limiter.Close(); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(config.Path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(config.Path, damage(content), 0o600); err != nil {
				t.Fatal(err)
			}
			wantRemaining(t, open(t, config), 999, "an empty file takes the place of a damaged one")
			wantRemaining(t, open(t, config), 998, "that file is kept")
		})
	}
}

func TestAnEmptyFileIsUsed(t *testing.T) {
	t.Parallel()
	config := daily(t, 10)
	if err := os.WriteFile(config.Path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantRemaining(t, open(t, config), 9, "nothing was taken")
}

func TestAFileThatWasRemovedIsMadeAnew(t *testing.T) {
	t.Parallel()
	config := daily(t, 10)
	first := open(t, config)
	wantRemaining(t, first, 9, "nothing was taken")
	for _, name := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(config.Path + name); err != nil {
			t.Fatal(err)
		}
	}
	second := open(t, config)
	wantRemaining(t, first, 9, "the file is a new one")
	wantRemaining(t, second, 8, "both use the new one")
	wantRemaining(t, first, 7, "both use the new one")
}

func TestAFolderThatIsMissingIsToldInOneLine(t *testing.T) {
	t.Parallel()
	config := daily(t, 10)
	folder := filepath.Join(filepath.Dir(config.Path), "missing")
	config.Path = filepath.Join(folder, "limits")
	limiter, err := sqlitelimiter.New(config)
	if err != nil {
		t.Fatalf("New: got %v, want a limiter, which touches no file yet", err)
	}
	defer limiter.Close()
	if err = limiter.Open(t.Context()); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Fatalf("Open: got %v, want code unavailable", err)
	}
	if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, config.Path) {
		t.Errorf("got %q, want one line that names the file", text)
	}
	if got, err := limiter.Take(t.Context(), "a", 1); domain.CodeOf(err) != domain.CodeUnavailable || got != (domain.Decision{}) {
		t.Errorf("Take: got %+v and %v, want code unavailable", got, err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	wantRemaining(t, limiter, 9, "the folder is there now")
}

func TestALimiterNeedsARate(t *testing.T) {
	t.Parallel()
	config := daily(t, 10)
	config.Rate = domain.Rate{}
	if limiter, err := sqlitelimiter.New(config); domain.CodeOf(err) != domain.CodeInvalid || limiter != nil {
		t.Errorf("New without a rate: got %v and %v, want code invalid", limiter, err)
	}
}

func TestRowsAreDeletedAsTimePasses(t *testing.T) {
	t.Parallel()
	path := daily(t, 1).Path
	synctest.Test(t, func(t *testing.T) {
		limiter := open(t, sqlitelimiter.Config{Path: path, Rate: rateOf(t, 60, time.Minute)})
		defer limiter.Close()
		if _, err := limiter.Take(context.Background(), "greedy", 60); err != nil {
			t.Fatal(err)
		}
		most := 0
		for i := range 3_000 {
			// Each has its unit back in a second, and there are a hundred by then.
			if _, err := limiter.Take(context.Background(), strconv.Itoa(i), 1); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
			rows, err := limiter.Rows(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			most = max(most, rows)
		}
		if most > 300 {
			t.Errorf("got %d rows at most, want 300 at most: about 100 clients have something missing at once", most)
		}
		if got, err := limiter.Take(context.Background(), "greedy", 31); err != nil || got.Allowed {
			t.Errorf("after 30 s: got %+v and %v, want a cost of 31 refused: the row of whoever has something missing is kept", got, err)
		}
	})
}

func TestWhileAnotherProcessKeepsTheFileLockedTakeIsUnavailable(t *testing.T) {
	t.Parallel()
	config := daily(t, 10)
	config.BusyTimeout = 20 * time.Millisecond
	limiter, other := open(t, config), open(t, config)
	wantRemaining(t, limiter, 9, "nothing was taken")
	if err := other.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			got, err := limiter.Take(t.Context(), "a", 1)
			if domain.CodeOf(err) != domain.CodeUnavailable || got != (domain.Decision{}) {
				t.Errorf("Take of a locked file: got %+v and %v, want code unavailable", got, err)
			}
		})
	}
	asking.Wait()
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	wantRemaining(t, limiter, 8, "who got no decision has taken nothing")
}

func TestAWaitingCallEndsWithItsCtx(t *testing.T) {
	t.Parallel()
	config := daily(t, 10)
	config.BusyTimeout = time.Hour
	limiter, other := open(t, config), open(t, config)
	if err := other.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	var calls sync.WaitGroup
	calls.Go(func() { wantRemaining(t, limiter, 9, "it waits until the file is free") })
	waitUntil(t, "the first call to be inside", func() bool { return limiter.Busy() })
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error)
	go func() {
		_, err := limiter.Take(ctx, "a", 1)
		second <- err
	}()
	waitUntil(t, "the second call to wait behind it", func() bool { return limiter.Waiting() == 1 })
	cancel()
	if err := <-second; domain.CodeOf(err) != domain.CodeCanceled {
		t.Errorf("a call that waits behind another: got %v, want code canceled while that one goes on waiting", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	calls.Wait()
	wantRemaining(t, limiter, 8, "who was canceled while waiting has taken nothing")
}

// waitUntil waits until a condition holds.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s, which did not come", what)
		}
	}
}
