package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// mostPercent lets the heap grow to three times what is in use, which is a few MiB.
	// Go's default of 100 takes an eighth more processor time for a request.
	mostPercent = 200
	// goal is what heap and stacks may grow to, where more than a third of it is in use: the
	// garbage of thousands of clients is collected seldom, and all of the program's memory
	// stays below 128 MiB.
	goal = 76 << 20
	// leastPercent bounds what collecting costs, however much is in use.
	leastPercent = 25

	collectorTick = 50 * time.Millisecond
)

// percentFor returns what GOGC should be where so many bytes of the heap are in use and
// the stacks take so many, of which the last collection scanned some. GOGC is a share of
// what it scans.
func percentFor(heap, stacks, scanned uint64) int {
	if heap+stacks >= goal {
		return leastPercent
	}
	return int(min(mostPercent, max(leastPercent, 100*(goal-heap-stacks)/max(heap+scanned, 1))))
}

// tuneCollector sets GOGC by what is in use, until ctx ends. To set it stops the
// program for some microseconds, so small changes are let be.
func tuneCollector(ctx context.Context) {
	current := mostPercent
	debug.SetGCPercent(current)
	inUse := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}, {Name: "/gc/scan/stack:bytes"},
	}
	tick := time.NewTicker(collectorTick)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		metrics.Read(inUse)
		percent := percentFor(inUse[0].Value.Uint64(), inUse[1].Value.Uint64(), inUse[2].Value.Uint64())
		if percent < current*9/10 || percent > current*11/10 {
			debug.SetGCPercent(percent)
			current = percent
		}
	}
}
