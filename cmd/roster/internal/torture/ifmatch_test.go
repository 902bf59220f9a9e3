//go:build linux

package torture_test

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

func TestIfMatchLosesNoUpdate(t *testing.T) {
	t.Parallel()
	c := &counters{conditional: true}
	c.run(t)
	if c.lost() > 0 {
		t.Errorf("got %d of %d updates lost, want none", c.lost(), c.done.Load())
	}
	figure(t, "%d kills: of %d answered updates %d lost; %d refused with 412", c.kills, c.done.Load(), c.lost(), c.refused.Load())
}

func TestWithoutIfMatchUpdatesAreLost(t *testing.T) {
	t.Parallel()
	c := &counters{}
	c.run(t)
	if c.lost() == 0 {
		t.Errorf("got none of %d updates lost, want some: nobody did anything against it", c.done.Load())
	}
	figure(t, "%d kills: of %d answered updates %d lost", c.kills, c.done.Load(), c.lost())
}

// counters are clients that all count in the age of one person: each reads it, adds
// one and writes it.
type counters struct {
	conditional bool // writes only what nobody changed since it was read

	kills               int
	done, open, refused atomic.Int64 // open are those that were never answered
	counted             int64
}

// lost returns how many updates are missing at least.
func (c *counters) lost() int64 { return max(0, c.done.Load()-c.counted) }

func (c *counters) run(t *testing.T) {
	t.Helper()
	random := chance(t)
	database := newDatabase(t)
	for c.kills = 0; c.kills < size(2, 30); c.kills++ {
		server := start(t, database)
		if c.kills == 0 {
			makeCounter(t, server.Address)
		}
		enough := c.done.Load() + 20 + random.Int64N(100)
		var group sync.WaitGroup
		for range askers {
			group.Go(func() {
				c.count(t, wire.NewClient(server.Address, patience), func(done int64) {
					if done == enough {
						go server.Kill()
					}
				})
			})
		}
		group.Wait()
		server.Kill() // has happened, or is waited for
	}
	server := start(t, database)
	rows := everybody(t, server.Address)
	if len(rows) != 1 {
		t.Fatalf("got %d persons, want the one", len(rows))
	}
	c.counted = int64(rows[0].Age)
	if most := c.done.Load() + c.open.Load(); c.counted > most {
		t.Errorf("got %d, want no more than the %d that were asked for", c.counted, most)
	}
}

// makeCounter makes the person in whose age is counted.
func makeCounter(t *testing.T, address string) {
	t.Helper()
	client := wire.NewClient(address, patience)
	defer client.Close()
	answer, err := client.Do(http.MethodPost, wire.Persons, wire.Draft("counter", 0))
	if err != nil || answer.Status != http.StatusCreated {
		t.Fatalf("got %d and %v, want 201", answer.Status, err)
	}
}

// count counts until no answers come, and tells how far all have come.
func (c *counters) count(t *testing.T, client *wire.Client, counted func(done int64)) {
	t.Helper()
	defer client.Close()
	for {
		answer, err := client.Do(http.MethodGet, wire.PathOf(1), "")
		if err != nil {
			return
		}
		var person wire.Person
		if err := answer.Into(http.StatusOK, &person); err != nil {
			t.Error(err)
			return
		}
		var headers []string
		if c.conditional {
			headers = append(headers, "If-Match: "+answer.ETag)
		}
		answer, err = client.Do(http.MethodPatch, wire.PathOf(1), `{"age":`+strconv.Itoa(person.Age+1)+`}`, headers...)
		switch {
		case err != nil:
			c.open.Add(1)
			return
		case answer.Status == http.StatusOK:
			counted(c.done.Add(1))
		case answer.Status == http.StatusPreconditionFailed:
			c.refused.Add(1)
		default:
			t.Errorf("PATCH: got %d, %.200s, want 200 or 412", answer.Status, answer.Body)
			return
		}
	}
}
