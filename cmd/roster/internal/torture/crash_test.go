//go:build linux

package torture_test

import (
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// killsPerFile is after how many kills a new file is begun, so that looking at all
// of it stays quick.
const killsPerFile = 10

func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	t.Parallel()
	kills := size(6, 200)
	random := chance(t)
	var answers, openBulks, lost, partial, reused, left int
	var slowest time.Duration
	for done := 0; done < kills; done += killsPerFile {
		database := newDatabase(t)
		var moment atomic.Int64
		w := &writers{ledger: ledger.New(func() int64 { return moment.Add(1) }), bulkPause: 10}
		for kill := range min(killsPerFile, kills-done) + 1 {
			server := start(t, database, bigPages)
			if status := get(t, server.Address, wire.Persons); status != http.StatusOK {
				t.Fatalf("the first answer after a kill: got %d, want 200", status)
			}
			slowest = max(slowest, time.Since(server.Started))
			found := everybody(t, server.Address)
			faults := append(w.ledger.Settle(found), w.takeFaults()...)
			report(t, "after a kill", faults)
			lost += ledger.Count(faults, ledger.Lost)
			partial += ledger.Count(faults, ledger.Partial)
			reused += ledger.Count(faults, ledger.Reused)
			if t.Failed() {
				return
			}
			if kill == min(killsPerFile, kills-done) { // the last start only looks
				left += len(found)
				if err := server.Stop(); err != nil {
					t.Errorf("a stop after the kills: got %v, want exit 0", err)
				}
				break
			}
			time.AfterFunc(time.Duration(5+random.IntN(400))*time.Millisecond, server.Kill)
			w.run(server.Address, 8, random, nil)
			server.Kill() // has happened, or is waited for
			copied := copyFolder(t, filepath.Dir(database))
			rows, err := inspect(t.Context(), filepath.Join(copied, filepath.Base(database)))
			if err != nil {
				t.Fatalf("the file after a kill: got %v, want it sound", err)
			}
			report(t, "in the file after a kill", w.ledger.Compare(rows, ledger.Now))
		}
		answers += w.ledger.Answers()
		openBulks += int(w.openBulks.Load())
	}
	if *large && slowest >= time.Second {
		t.Errorf("the slowest start to its first answer: got %v, want less than 1s", slowest)
	}
	figure(t, "%d kills, with %d bulks not answered: of %d answered writes %d lost, %d partial bulks, %d ids given twice; %d rows left; slowest start to the first answer %.0f ms",
		kills, openBulks, answers, lost, partial, reused, left, float64(slowest.Microseconds())/1000)
}
