package metrics

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// durations are histograms that a name tells apart, and then something else, of which each name
// has few. To observe one that there was costs some 20 ns and no garbage; each that ever was
// keeps a quarter KiB.
type durations[Rest comparable] struct {
	bounds bounds
	adding sync.Mutex
	byName atomic.Pointer[map[string][]series[Rest]] // what it holds is never changed: it is replaced
}

// series are those of a name that have the rest in common.
type series[Rest comparable] struct {
	rest Rest
	*histogram
}

func newDurations[Rest comparable](of bounds) *durations[Rest] {
	d := &durations[Rest]{bounds: of}
	d.byName.Store(&map[string][]series[Rest]{})
	return d
}

// all returns the histograms of each name.
func (d *durations[Rest]) all() map[string][]series[Rest] { return *d.byName.Load() }

func (d *durations[Rest]) observe(name string, rest Rest, took time.Duration) {
	known := find(d.all()[name], rest)
	if known == nil {
		known = d.add(name, rest)
	}
	known.observe(took)
}

// find returns the histogram of the rest, or nil. The most common one mostly came first.
func find[Rest comparable](of []series[Rest], rest Rest) *histogram {
	for i := range of {
		if of[i].rest == rest {
			return of[i].histogram
		}
	}
	return nil
}

// add returns the histogram of what was not known a moment ago.
func (d *durations[Rest]) add(name string, rest Rest) *histogram {
	d.adding.Lock()
	defer d.adding.Unlock()
	before := d.all()
	if known := find(before[name], rest); known != nil {
		return known
	}
	added := newHistogram(d.bounds)
	all := maps.Clone(before)
	all[name] = append(slices.Clone(before[name]), series[Rest]{rest, added})
	d.byName.Store(&all)
	return added
}
