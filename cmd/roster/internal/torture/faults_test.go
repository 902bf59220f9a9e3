//go:build linux

package torture_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/disk"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

func TestAWriteThatFailsIsNeverAnsweredAsDone(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]disk.Faults{
		"syncs fail":  {Sync: disk.IOError},
		"writes fail": {Write: disk.IOError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all cutTally
			refused, runs := 0, size(1, 8)
			for range runs {
				refused += failOnce(t, faults, &all)
			}
			report(t, "after a failure and a power cut", all.faults)
			figure(t, "%d failures, %d writes refused; then %s", runs, refused, all)
		})
	}
}

// failOnce lets the disk fail for a while, cuts the power at many points until the
// program is started anew, and starts it anew without a power cut. It returns how many
// writes were refused.
func failOnce(t *testing.T, faults disk.Faults, all *cutTally) (refused int) {
	t.Helper()
	random := chance(t)
	database := newDatabase(t)
	w := watch(t, database)
	book := ledger.New(lengthOf(t, w))
	clients := &writers{ledger: book, bulkPause: 60, refusals: true}
	server := start(t, database, append(w.Environment(true), withoutJobs)...)
	probe := newProbe(t, server, book)

	writing, stop := sync.WaitGroup{}, make(chan struct{})
	writing.Go(func() { clients.run(server.Address, 6, fork(random), stop) })
	time.Sleep(time.Duration(50+random.IntN(size(100, 500))) * time.Millisecond) // any moment will do
	setFaults(t, w, faults)
	waitFor(t, "a call that fails", func() bool { return failedCalls(t, w) > 0 })
	probe.wantRefused(t, "while the disk fails")
	probe.wantReads(t, "while the disk fails")
	setFaults(t, w, disk.Faults{})
	probe.wantRefused(t, "when the disk works again, but what it lost is not known")
	probe.wantReads(t, "when the disk works again")
	if status := get(t, server.Address, "/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz of a server that cannot write: got %d, want 503", status)
	}
	close(stop)
	writing.Wait()
	if random.IntN(2) == 0 {
		server.Kill()
	} else {
		_ = server.Stop() // it may say that the database could not be tidied up
	}

	operations, err := disk.ReadLog(w.Log())
	if err != nil {
		t.Fatal(err)
	}
	all.count(operations, book)
	powerCuts{cuts: size(12, 40)}.cut(t, random, nil, operations, book, all)

	server = start(t, database, bigPages)
	if status := get(t, server.Address, "/readyz"); status != http.StatusOK {
		t.Errorf("/readyz after a new start: got %d, want 200", status)
	}
	report(t, "after a failure and a new start", book.Settle(everybody(t, server.Address)))
	clients.run(server.Address, 6, fork(random), during(time.Duration(size(50, 200))*time.Millisecond))
	report(t, "when the server writes again", book.Settle(everybody(t, server.Address)))
	report(t, "in the answers", clients.takeFaults())
	return int(clients.refused.Load())
}

func TestAFullDiskIsOverWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	w := watch(t, database)
	server := start(t, database, append(w.Environment(false), bigPages, withoutJobs)...)
	fullAndEmpty(t, server,
		func() { setFaults(t, w, disk.Faults{Write: disk.NoSpace}) },
		func() { setFaults(t, w, disk.Faults{}) })
	if failedCalls(t, w) == 0 {
		t.Error("no write found the disk full, so nothing was tested")
	}
}

// probe asks a server that cannot write.
type probe struct {
	client *wire.Client
	id     int64 // of somebody who is there
}

// newProbe makes the person whom it asks for. Nothing that it asks later is done.
func newProbe(t *testing.T, server *program.Program, book *ledger.Ledger) *probe {
	t.Helper()
	_, change := book.Create(ledger.Look{Name: "probe/0", Age: 1})
	p := &probe{client: wire.NewClient(server.Address, patience)}
	t.Cleanup(p.client.Close)
	var person wire.Person
	answer, err := p.client.Do(http.MethodPost, wire.Persons, wire.Draft("probe/0", 1))
	if err == nil {
		err = answer.Into(http.StatusCreated, &person)
	}
	if err != nil {
		t.Fatal(err)
	}
	change.Answered(person.ID)
	p.id = person.ID
	return p
}

func (p *probe) wantRefused(t *testing.T, when string) {
	t.Helper()
	for _, r := range []request{
		{http.MethodPost, wire.Persons, wire.Draft("probe/1", 2)},
		{http.MethodPut, wire.PathOf(p.id), wire.Draft("probe/1", 2)},
		{http.MethodPatch, wire.PathOf(p.id), `{"age":2}`},
		{http.MethodPost, wire.CreateBulk, `{"count":3000}`},
		{http.MethodPost, wire.AsyncCreateBulk, `{"count":3000}`},
		{http.MethodDelete, wire.PathOf(p.id), ""},
	} {
		answer, err := p.client.Do(r.method, r.target, r.body)
		refused := answer.Status == http.StatusServiceUnavailable || answer.Status == http.StatusInsufficientStorage
		if err != nil || !refused || answer.RetryAfter == "" {
			t.Errorf("%s %s %s: got %d, Retry-After %q, %v, want it refused with 503 or 507 and Retry-After",
				r.method, r.target, when, answer.Status, answer.RetryAfter, err)
		}
	}
}

func (p *probe) wantReads(t *testing.T, when string) {
	t.Helper()
	for _, target := range []string{wire.PathOf(p.id), wire.Persons, wire.Persons + "?page=last", wire.Persons + "?cursor=", fmt.Sprint(wire.Check, p.id)} {
		if answer, err := p.client.Do(http.MethodGet, target, ""); err != nil || answer.Status != http.StatusOK {
			t.Errorf("GET %s %s: got %d, %.200s, %v, want 200", target, when, answer.Status, answer.Body, err)
		}
	}
}

func setFaults(t *testing.T, w *disk.Watch, faults disk.Faults) {
	t.Helper()
	if err := w.Fail(faults); err != nil {
		t.Fatal(err)
	}
}

func failedCalls(t *testing.T, w *disk.Watch) int {
	t.Helper()
	failed, err := w.Failed()
	if err != nil {
		t.Fatal(err)
	}
	return failed
}

// waitFor waits until something holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}
