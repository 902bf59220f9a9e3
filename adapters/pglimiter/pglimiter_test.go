package pglimiter_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/adapters/pglimiter"
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

func open(tb testing.TB, config pglimiter.Config) *pglimiter.Limiter {
	tb.Helper()
	limiter, err := pglimiter.New(config)
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
func daily(tb testing.TB, url string) pglimiter.Config {
	tb.Helper()
	return pglimiter.Config{URL: url, Rate: rateOf(tb, 10, 24*time.Hour)}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// wantRemaining takes a unit and fails the test unless it leaves so many.
func wantRemaining(tb testing.TB, limiter *pglimiter.Limiter, remaining int, why string) {
	tb.Helper()
	got, err := limiter.Take(tb.Context(), "a", 1)
	if err != nil || !got.Allowed || got.Remaining != remaining {
		tb.Errorf("Take: got %+v and %v, want it allowed and %d left: %s", got, err, remaining, why)
	}
}

func wantUnavailable(tb testing.TB, limiter *pglimiter.Limiter, why string) {
	tb.Helper()
	got, err := limiter.Take(tb.Context(), "a", 1)
	if domain.CodeOf(err) != domain.CodeUnavailable || got != (domain.Decision{}) {
		tb.Errorf("Take: got %+v and %v, want code unavailable: %s", got, err, why)
	}
}

// In a bubble it is the year 2000: a server whose clock is that wrong counts with the
// others all the same.
func TestServersCountByTheClockOfTheDatabase(t *testing.T) {
	t.Parallel()
	config := daily(t, server.URL(t))
	config.Rate = rateOf(t, 10, time.Hour)
	right := open(t, config)
	wantRemaining(t, right, 9, "nothing was taken")
	synctest.Test(t, func(t *testing.T) {
		wrong := open(t, config)
		wantRemaining(t, wrong, 8, "another server took one a moment ago")
		time.Sleep(3 * time.Hour)
		wantRemaining(t, wrong, 7, "no time has passed for the database")
	})
	wantRemaining(t, right, 6, "another server took two a moment ago")
}

// Groups of several limiters want the same rows, in whatever order their calls came.
func TestLimitersDoNotWaitForEachOtherInACircle(t *testing.T) {
	t.Parallel()
	config := daily(t, server.URL(t))
	config.Patience = 10 * time.Second // longer than it takes PostgreSQL to find a circle
	var asking sync.WaitGroup
	for range 4 {
		limiter := open(t, config)
		for caller := range 16 {
			asking.Go(func() {
				for i := range 50 {
					if _, err := limiter.Take(t.Context(), strconv.Itoa((caller*7919+i*31)%16), 1); err != nil {
						t.Errorf("Take: got %v, want a decision", err)
						return
					}
				}
			})
		}
	}
	asking.Wait()
}

func TestRowsAreDeletedAsTimePasses(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	conn := connect(t, url)
	synctest.Test(t, func(t *testing.T) {
		limiter := open(t, pglimiter.Config{URL: url, Rate: rateOf(t, 60, time.Minute), Now: time.Now})
		if _, err := limiter.Take(t.Context(), "greedy", 60); err != nil {
			t.Fatal(err)
		}
		most := 0
		for i := range 2_000 {
			// Each has its unit back in a second, and there are a hundred by then.
			if _, err := limiter.Take(t.Context(), strconv.Itoa(i), 1); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
			var rows int
			if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM roster_rates").Scan(&rows); err != nil {
				t.Fatal(err)
			}
			most = max(most, rows)
		}
		if most > 500 {
			t.Errorf("got %d rows at most, want 500 at most: about 100 clients have something missing at once", most)
		}
		if got, err := limiter.Take(t.Context(), "greedy", 21); err != nil || got.Allowed {
			t.Errorf("after 20 s: got %+v and %v, want a cost of 21 refused: the row of whoever has something missing is kept", got, err)
		}
	})
}

func TestALostConnectionIsMadeAnew(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	limiter, conn := open(t, daily(t, url)), connect(t, url)
	for remaining := 9; remaining >= 0; remaining-- {
		exec(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		wantRemaining(t, limiter, remaining, "nothing of a call had been written when its connection was lost")
	}
}

func TestWhileTheTableIsLockedTakeIsUnavailable(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	config := daily(t, url)
	config.Patience = time.Second // also to connect
	impatient, patient, conn := open(t, config), open(t, daily(t, url)), connect(t, url)
	wantRemaining(t, patient, 9, "nothing was taken")
	exec(t, conn, "BEGIN")
	exec(t, conn, "LOCK TABLE roster_rates")
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() { wantUnavailable(t, impatient, "the table is locked") })
	}
	asking.Wait()
	exec(t, conn, "ROLLBACK")
	wantRemaining(t, patient, 8, "who got no decision has taken nothing")
}

func TestWithoutItsTableTakeIsUnavailable(t *testing.T) {
	t.Parallel()
	url := server.EmptyURL(t)
	conn := connect(t, url)
	limiter, err := pglimiter.New(daily(t, url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = limiter.Close() })
	if err := limiter.Open(t.Context()); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("Open: got %v, want code unavailable: there is no table", err)
	}
	wantUnavailable(t, limiter, "there is no table")
	exec(t, conn, "CREATE TABLE roster_rates (key bytea PRIMARY KEY, full_at bigint NOT NULL, part bigint NOT NULL)")
	wantRemaining(t, limiter, 9, "the table is there now")
}

// No error tells a password, and each is one line.
func TestWhatALimiterCannotUseIsToldInOneLine(t *testing.T) {
	t.Parallel()
	config := daily(t, "postgresql://ann:canary@127.0.0.1:1/roster")
	limiter, err := pglimiter.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = limiter.Close() })
	err = limiter.Open(t.Context())
	if domain.CodeOf(err) != domain.CodeUnavailable || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "\n") {
		t.Errorf("Open where nobody listens: got %q, want code unavailable and a line without the password", err)
	}
	noURL, noRate := config, config
	noURL.URL, noRate.Rate = "postgresql://ann:canary@127.0.0.1/roster?sslmode=canary", domain.Rate{}
	for name, config := range map[string]pglimiter.Config{"a URL that cannot be read": noURL, "no rate": noRate} {
		limiter, err := pglimiter.New(config)
		if domain.CodeOf(err) != domain.CodeInvalid || limiter != nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("New with %s: got %v and %v, want code invalid", name, limiter, err)
		}
	}
}

// A server that is stopped, or whose machine is gone, keeps its connection and what it has
// locked. Here it stops as it looks at the time, until another one has decided.
func TestAServerThatStopsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	locked, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	config := daily(t, url)
	looks := 0
	config.Now = func() time.Time {
		if looks++; looks == 2 { // the first is as it is opened
			close(locked)
			<-goOn
		}
		return time.Now()
	}
	stopped := open(t, config)
	config.Now, config.Patience = nil, 20*time.Second
	other := open(t, config)
	go func() {
		_, err := stopped.Take(t.Context(), "a", 1)
		ended <- err
	}()
	<-locked
	wantRemaining(t, other, 9, "whoever has stopped took nothing")
	close(goOn)
	if err := <-ended; domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("who had stopped got %v, want code unavailable", err)
	}
}
