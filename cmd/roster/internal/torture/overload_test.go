//go:build linux

package torture_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
)

const mebi = 1 << 20

// memoryLimit is what the server may take under any load.
const memoryLimit = 128 * mebi

func TestPastItsCapacityTheServerGoesOn(t *testing.T) {
	t.Parallel()
	random := chance(t)
	server := start(t, newDatabase(t))
	fill(t, server.Address)
	lasting := size(500*time.Millisecond, 3*time.Second)
	few := load{64, mixed}
	many := load{size(256, 2000), mixed}
	few.run(server.Address, random, during(lasting)) // warm up

	// The machine is not as fast in every second, so each crowd is compared with what was
	// served right before it and right after.
	peak := few.run(server.Address, random, during(lasting))
	var past *tally
	var ratios []float64
	for range size(1, 11) {
		before := peak
		past = many.run(server.Address, random, during(lasting))
		peak = few.run(server.Address, random, during(lasting))
		wantOrderly(t, fmt.Sprint(few.clients, " clients"), peak)
		wantOrderly(t, fmt.Sprint(many.clients, " clients"), past)
		ratios = append(ratios, 2*past.goodput()/(before.goodput()+peak.goodput()))
	}
	usage := usageOf(t, server)
	if usage.Peak > memoryLimit {
		t.Errorf("the server's memory at most: got %d MiB, want no more than 128", usage.Peak/mebi)
	}
	if *large && median(ratios) < 0.9 {
		t.Errorf("what %d clients are served, to what 64 are: got %.2f of it (%.2f), want 0.9 or more", many.clients, median(ratios), ratios)
	}
	if *large && past.quantile(0.99) >= time.Second {
		t.Errorf("99 %% of what %d clients are served: got within %v, want less than 1s", many.clients, past.quantile(0.99))
	}
	figure(t, "64 clients: %s; %d clients: %s; ratio %.2f (%.2f to %.2f); memory at most %d MiB",
		peak, many.clients, past, median(ratios), slices.Min(ratios), slices.Max(ratios), usage.Peak/mebi)
}

func TestBulksAmongSingleRowsDoNotDrownTheServer(t *testing.T) {
	t.Parallel()
	random := chance(t)
	server := start(t, newDatabase(t))
	fill(t, server.Address)
	stop := during(size(700*time.Millisecond, 15*time.Second))
	var many, single *tally
	together(
		func() { many = load{size(8, 64), bulks(size(1000, 10_000))}.run(server.Address, fork(random), stop) },
		func() { single = load{64, mixed}.run(server.Address, fork(random), stop) },
	)
	wantOrderly(t, "bulks", many)
	wantOrderly(t, "single rows", single)
	usage := usageOf(t, server)
	if usage.Peak > memoryLimit {
		t.Errorf("the server's memory at most: got %d MiB, want no more than 128", usage.Peak/mebi)
	}
	if *large && single.quantile(0.99) >= 250*time.Millisecond {
		t.Errorf("99 %% of single rows: got within %v, want less than 250ms", single.quantile(0.99))
	}
	figure(t, "64 clients with bulks of 10,000: %s; 64 with single rows: %s; memory at most %d MiB", many, single, usage.Peak/mebi)
}

func TestABulkDoesNotStarveSingleRows(t *testing.T) {
	t.Parallel()
	random := chance(t)
	server := start(t, newDatabase(t))
	fill(t, server.Address)
	stop := during(size(700*time.Millisecond, 15*time.Second))
	var two, single *tally
	together(
		func() { two = load{2, bulks(10_000)}.run(server.Address, fork(random), stop) },
		func() { single = load{16, mixed}.run(server.Address, fork(random), stop) },
	)
	wantOrderly(t, "bulks", two)
	wantOrderly(t, "single rows", single)
	if *large && single.quantile(0.99) >= 250*time.Millisecond {
		t.Errorf("99 %% of single rows: got within %v, want less than 250ms", single.quantile(0.99))
	}
	figure(t, "2 clients with bulks of 10,000: %s; 16 with single rows: %s", two, single)
}

func TestNoWriterSeesTheDatabaseLocked(t *testing.T) {
	t.Parallel()
	random := chance(t)
	server := start(t, newDatabase(t))
	fill(t, server.Address)
	writers := load{size(128, 1024), writing}
	found := writers.run(server.Address, random, during(size(500*time.Millisecond, 10*time.Second)))
	wantOrderly(t, "writers", found)
	if found.refused() > 0 {
		t.Errorf("got %.1f %% of the writes refused, want none", 100*found.refused())
	}
	figure(t, "%d writers: %s", writers.clients, found)
}

// wantOrderly fails the test unless each request was served, or refused with the
// advice to come again.
func wantOrderly(t *testing.T, who string, found *tally) {
	t.Helper()
	if len(found.served) == 0 {
		t.Errorf("%s: nobody was served", who)
	}
	if found.odd() > 0 {
		t.Errorf("%s: got the answers %v, %d without Retry-After, %d requests without one, want 2xx, 429 and 503 only",
			who, found.statuses, found.bare, found.broken)
	}
}

func usageOf(t *testing.T, server *program.Program) program.Usage {
	t.Helper()
	usage, err := server.Usage()
	if err != nil {
		t.Fatal(err)
	}
	return usage
}

// String tells rate and times of what was served.
func (t *tally) String() string {
	text := fmt.Sprintf("%.0f/s, p50 %.0f ms, p99 %.0f ms, at most %.0f ms", t.goodput(),
		milliseconds(t.quantile(0.5)), milliseconds(t.quantile(0.99)), milliseconds(t.quantile(1)))
	if t.refused() > 0 {
		text += fmt.Sprintf(", %.1f %% refused", 100*t.refused())
	}
	return text
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// together does things at once and waits for all.
func together(things ...func()) {
	var group sync.WaitGroup
	for _, thing := range things {
		group.Go(thing)
	}
	group.Wait()
}
