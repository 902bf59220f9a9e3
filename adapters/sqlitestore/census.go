package sqlitestore

import (
	"context"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// census knows how many persons there are and in which blocks of ids, so that a
// page costs the same anywhere in a list of any length. It counts all of them
// once, in the background, and from then on whatever the writer changes.
//
// What it knows holds for one moment, and a query sees the moment in which it
// begins. The two are the same when no transaction was committed from the
// one to the other. PRAGMA data_version tells that: its number changes on a
// connection whenever another connection has committed. There are two such:
//
//   - watch does nothing else, so its number tells of every commit;
//   - the writer's own tells of those of other processes.
//
// When another process wrote, nothing is known, and all are counted anew. While
// nothing is known, readers count for themselves.
//
// A database in memory has one connection, and nobody else sees it, so there is
// nothing to watch.
type census struct {
	lane    *lane   // of the writer
	reader  *bun.DB // has a connection to spare for the count
	watch   *bun.DB // nil in memory
	watched prepared
	own     prepared

	mu       sync.RWMutex
	counts   *counts       // nil: not known
	since    *counts       // what changed since the count under way began; nil: there is none
	seen     numbers       // when counts and since became true
	settled  chan struct{} // closed when the commit under way is counted; nil: there is none
	counting bool
	rested   time.Time // no other count begins before
	done     sync.WaitGroup
}

// patience is how long a reader waits for the writer to count what it has just
// committed. That takes microseconds, but for a checkpoint now and then.
const patience = 50 * time.Millisecond

func newCensus(lane *lane, reader, watch *bun.DB) *census {
	const dataVersion = "PRAGMA data_version"
	return &census{
		lane: lane, reader: reader, watch: watch,
		watched: prepared{query: dataVersion}, own: prepared{query: dataVersion},
	}
}

// changes are what a transaction does to the number of persons.
type changes struct {
	firstID int64 // of those saved, whose ids follow each other
	saved   int
	deleted []int64
}

// applyTo counts the changes.
func (ch changes) applyTo(c *counts) {
	if c == nil {
		return
	}
	c.addIDs(ch.firstID, ch.saved)
	for _, id := range ch.deleted {
		c.add(blockOf(id), -1)
	}
}

// committing tells that the writer is about to commit. It is followed by settle.
func (c *census) committing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settled == nil {
		c.settled = make(chan struct{})
	}
}

// settle counts what the writer has committed; nothing where it failed. The
// writer's connection is free.
func (c *census) settle(ctx context.Context, committed bool, made changes) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settled != nil {
		close(c.settled)
		c.settled = nil
	}
	if c.counts == nil && c.since == nil {
		return
	}
	if !c.holds(ctx, committed) {
		c.counts, c.since = nil, nil
		return
	}
	if committed {
		made.applyTo(c.counts)
		made.applyTo(c.since)
	}
}

// holds tells whether nobody but the writer has committed since the last time,
// and where it failed, not even the writer. The caller holds mu.
func (c *census) holds(ctx context.Context, committed bool) bool {
	before := c.seen
	now, err := c.numbers(ctx)
	c.seen = now
	if committed {
		return err == nil && now.own == before.own
	}
	return err == nil && now.watch == before.watch
}

// numbers are the data_version of both connections.
type numbers struct{ watch, own int64 }

// numbers reads both while the writer's connection is free.
func (c *census) numbers(ctx context.Context) (now numbers, err error) {
	if c.watch == nil {
		return numbers{}, nil
	}
	if now.watch, err = number(ctx, &c.watched, c.watch); err != nil {
		return numbers{}, err
	}
	now.own, err = number(ctx, &c.own, c.lane.db)
	return now, err
}

func number(ctx context.Context, version *prepared, db *bun.DB) (n int64, err error) {
	row, err := version.queryRow(ctx, db)
	if err != nil {
		return 0, err
	}
	return n, row.Scan(&n)
}

// consult calls read with what is known, for it to make a query, and tells whether
// that was true when the query was made. If not, what read did is to be forgotten.
// read may be called several times.
func (c *census) consult(ctx context.Context, read func(*counts) error) (known bool, err error) {
	for {
		c.mu.RLock()
		if c.counts == nil {
			c.mu.RUnlock()
			return false, nil
		}
		err := read(c.counts)
		same, settled := c.same(ctx), c.settled
		c.mu.RUnlock()
		switch {
		case same:
			return true, err
		case settled == nil:
			c.forgetUnlessSame(ctx)
			return false, nil
		}
		select {
		case <-settled:
		case <-time.After(patience):
			return false, nil
		}
	}
}

// same tells whether nobody has committed since counts became true. The caller
// holds mu.
func (c *census) same(ctx context.Context) bool {
	if c.watch == nil {
		return true
	}
	now, err := number(ctx, &c.watched, c.watch)
	return err == nil && now == c.seen.watch
}

// forgetUnlessSame drops what is known, unless it is true after all.
func (c *census) forgetUnlessSame(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settled == nil && !c.same(ctx) {
		c.counts = nil
	}
}

// forget drops what is known, because the writer's connection was used for
// something that nobody counts.
func (c *census) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts, c.since = nil, nil
}
