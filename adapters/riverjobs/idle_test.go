package riverjobs_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// with returns a URL with one more option.
func with(url, option string) string {
	if strings.ContainsRune(url, '?') {
		return url + "&" + option
	}
	return url + "?" + option
}

// Else whoever is stopped in one, or loses its machine, keeps what it has locked for hours.
func TestTransactionsDoNotWaitForTheirClientForEver(t *testing.T) {
	t.Parallel()
	url := server.EmptyURL(t)
	for name, test := range map[string]struct{ url, want string }{
		"but 5 s":            {url, "5s"},
		"or as the URL says": {with(url, "idle_in_transaction_session_timeout=7000"), "7s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := openAt(t, test.url, migrating).IdleLimit(t.Context()); err != nil || got != test.want {
				t.Errorf("got %s and %v, want %s", got, err, test.want)
			}
		})
	}
}

// The transaction that keeps others from migrating waits while River migrates over another
// connection, which may take long where there are many tasks.
func TestWhoMigratesMayTakeItsTime(t *testing.T) {
	t.Parallel()
	url := server.EmptyURL(t)
	openAt(t, url, migrating)
	const limit, longer = "100ms", "1 second"
	queue := openAt(t, with(url, "idle_in_transaction_session_timeout="+limit), migrating)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	err = queue.Alone(t.Context(), func() error {
		for {
			var waiting, waitedLonger bool
			err := conn.QueryRow(t.Context(), `SELECT count(*) > 0, coalesce(bool_or(clock_timestamp() - state_change > $1::interval), false)
				FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`, longer).Scan(&waiting, &waitedLonger)
			if err != nil || waitedLonger || !waiting {
				return err // where none waits any more, its end says so
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	if err != nil {
		t.Errorf("got %v, want nil: its transaction may wait %s, whatever the limit of others", err, longer)
	}
}
