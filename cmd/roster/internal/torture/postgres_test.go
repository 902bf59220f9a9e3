//go:build linux

package torture_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// newPostgres returns the setting that names a new database of a PostgreSQL of the
// test's own.
func newPostgres(t *testing.T) string {
	t.Helper()
	server, err := pgtest.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return "DATABASE_URL=" + server.EmptyURL(t)
}

func TestOfTwoServersOnOnePostgreSQLOneMayBeKilled(t *testing.T) {
	t.Parallel()
	kills := size(2, 40)
	random := chance(t)
	database := newPostgres(t)
	survivor := start(t, newDatabase(t), bigPages, database)
	var moment atomic.Int64
	w := &writers{ledger: ledger.New(func() int64 { return moment.Add(1) })}
	var lost, strange int
	for range kills {
		victim := start(t, newDatabase(t), bigPages, database)
		stop := make(chan struct{})
		time.AfterFunc(time.Duration(5+random.IntN(400))*time.Millisecond, victim.Kill)
		together(
			func() { w.singles(victim.Address, 8, fork(random), nil); close(stop) },
			func() {
				w.singles(survivor.Address, 8, fork(random), stop)
				if !closed(stop) {
					t.Error("the server that was not killed broke off")
				}
			},
		)
		// PostgreSQL may be at what the victim has asked for last.
		time.Sleep(500 * time.Millisecond)
		faults := append(w.ledger.Settle(everybody(t, survivor.Address)), w.takeFaults()...)
		report(t, "after a kill", faults)
		lost += ledger.Count(faults, ledger.Lost)
		strange += len(faults)
		if t.Failed() {
			return
		}
	}
	client := wire.NewClient(survivor.Address, patience)
	defer client.Close()
	all, err := client.Everybody()
	if err != nil {
		t.Fatal(err)
	}
	figure(t, "%d kills of one of two servers: of %d answered writes %d lost, %d faults in all; %d rows left", kills, w.ledger.Answers(), lost, strange, len(all))
}

// singles is run without bulks.
func (w *writers) singles(address string, clients int, random *rand.Rand, stop <-chan struct{}) {
	var group sync.WaitGroup
	for range clients {
		one := &client{writers: w, wire: wire.NewClient(address, patience), random: fork(random)}
		group.Go(func() {
			defer one.wire.Close()
			one.work(false, stop)
		})
	}
	group.Wait()
}
