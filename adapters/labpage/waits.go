package labpage

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// span is from a moment to a later one.
type span struct{ from, to time.Duration }

// wait is how long a call waited: none of it ran until begun, and some of it still waited until last.
type wait struct{ asked, begun, last time.Duration }

// waitsOf returns the waits that are no shorter than least, in the order in which the calls were made.
func waitsOf(run lab.Run, least time.Duration) []wait {
	all := make([]wait, len(run.Calls))
	for i, call := range run.Calls {
		all[i] = wait{asked: call.Asked, begun: -1}
	}
	for _, batch := range run.Batches {
		if batch.Call < 0 || batch.Call >= len(all) {
			continue
		}
		w := &all[batch.Call]
		if w.begun < 0 || batch.Began < w.begun {
			w.begun = batch.Began
		}
		w.last = max(w.last, batch.Began)
	}
	waits := all[:0]
	for i, w := range all {
		if w.begun < 0 { // nothing of it ever ran
			w.begun, w.last = run.Calls[i].Answered, run.Calls[i].Answered
		}
		if !run.Calls[i].Refused && w.last-w.asked >= least {
			waits = append(waits, w)
		}
	}
	slices.SortStableFunc(waits, func(a, b wait) int { return cmp.Compare(a.asked, b.asked) })
	return waits
}

// rowsOf puts waits into rows, each into the lowest that is free, and returns the row of each and how many there are.
func rowsOf(waits []wait) (row []int, rows int) {
	var free []time.Duration // from when on a row is free
	row = make([]int, len(waits))
	for i, w := range waits {
		at := slices.IndexFunc(free, func(from time.Duration) bool { return from <= w.asked })
		if at < 0 {
			at, free = len(free), append(free, 0)
		}
		free[at] = w.last
		row[i] = at
	}
	return row, len(free)
}

// crowd returns how many spans there were at once at most in each of so many parts of a time.
func crowd(spans []span, parts int, scale time.Duration) []int {
	type step struct {
		at time.Duration
		by int
	}
	steps := make([]step, 0, 2*len(spans))
	for _, s := range spans {
		if s.to > s.from {
			steps = append(steps, step{s.from, 1}, step{s.to, -1})
		}
	}
	slices.SortFunc(steps, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	most := make([]int, parts)
	now, next := 0, 0
	for i := range most {
		end := time.Duration(float64(scale) / float64(parts) * float64(i+1))
		for most[i] = now; next < len(steps) && (steps[next].at < end || i == parts-1); next++ {
			now += steps[next].by
			most[i] = max(most[i], now)
		}
	}
	return most
}
