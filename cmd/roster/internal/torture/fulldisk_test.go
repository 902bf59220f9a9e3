//go:build linux

package torture_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

func TestARealFullDiskIsOverWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("no filesystem can be mounted here, which takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	database := filepath.Join(folder, "data", "db.sqlite3")
	if err := os.Mkdir(filepath.Dir(database), 0o700); err != nil {
		t.Fatal(err)
	}
	// Killed before the filesystem goes: cleanups run last first.
	server := start(t, database, bigPages)
	filler := filepath.Join(folder, "filler")
	fullAndEmpty(t, server, func() { fillUp(t, filler) }, func() {
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	})
}

// fillUp writes a file until there is no room for more.
func fillUp(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if closed := file.Close(); !errors.Is(err, syscall.ENOSPC) || closed != nil {
		t.Fatal(err, closed)
	}
}

// fullAndEmpty fills the disk again and again while clients write, and makes room
// again.
func fullAndEmpty(t *testing.T, server *program.Program, fill, empty func()) {
	t.Helper()
	random := chance(t)
	var moment atomic.Int64
	clients := &writers{ledger: ledger.New(func() int64 { return moment.Add(1) }), bulkPause: 60, refusals: true}
	probe := newProbe(t, server, clients.ledger)
	writing, stop := sync.WaitGroup{}, make(chan struct{})
	writing.Go(func() { clients.run(server.Address, 6, fork(random), stop) })
	var slowest time.Duration
	rounds := size(2, 20)
	for range rounds {
		time.Sleep(time.Duration(20+random.IntN(100)) * time.Millisecond) // any moment will do
		before := clients.refused.Load()
		fill()
		waitFor(t, "a refusal", func() bool { return clients.refused.Load() > before })
		probe.wantReads(t, "while the disk is full")
		empty()
		begun := time.Now()
		waitFor(t, "a write that succeeds", func() bool {
			// It stays as it is, so that it does not matter which of these was done.
			answer, err := probe.client.Do(http.MethodPatch, wire.PathOf(probe.id), `{"age":1}`)
			return err == nil && answer.Status == http.StatusOK
		})
		slowest = max(slowest, time.Since(begun))
	}
	if *large && slowest >= time.Second {
		t.Errorf("from room on the disk to the first write: got %v, want less than 1s", slowest)
	}
	close(stop)
	writing.Wait()
	faults := clients.takeFaults()
	rows := everybody(t, server.Address)
	faults = append(faults, clients.ledger.Compare(rows, ledger.Now)...)
	report(t, "after a full disk", faults)
	figure(t, "%d times full: of %d answered writes %d lost, %d faults in all; %d writes refused; the first write %.0f ms after there was room at most",
		rounds, clients.ledger.Answers(), ledger.Count(faults, ledger.Lost), len(faults), clients.refused.Load(), milliseconds(slowest))
}
