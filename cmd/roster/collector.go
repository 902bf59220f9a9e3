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
	// leastPercent bounds what collecting costs, however much is in use.
	leastPercent = 33
	// freeGrowth is how much the heap may grow beyond what is in use, where leastPercent
	// is not more: what net/http keeps for a thousand clients that do nothing is 10 MiB,
	// and need not take 30.
	freeGrowth = 16 << 20

	collectorTick = 250 * time.Millisecond
)

// percentFor returns what GOGC should be where so many bytes are in use.
func percentFor(inUse uint64) int {
	return int(min(mostPercent, max(leastPercent, 100*freeGrowth/max(inUse, 1))))
}

// tuneCollector sets GOGC by what is in use, until ctx ends. To set it stops the
// program for some microseconds, so small changes are let be.
func tuneCollector(ctx context.Context) {
	current := mostPercent
	debug.SetGCPercent(current)
	inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}}
	tick := time.NewTicker(collectorTick)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		metrics.Read(inUse)
		percent := percentFor(inUse[0].Value.Uint64() + inUse[1].Value.Uint64())
		if percent < current*9/10 || percent > current*11/10 {
			debug.SetGCPercent(percent)
			current = percent
		}
	}
}
