package sqlitestore

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"
)

// census knows how many persons there are and in which blocks of ids, so that a
// page costs the same anywhere in a list of any length. It counts all of them
// once, in the background, and from then on whatever the writer changes.
//
// What it knows holds for one moment, and a query sees the moment in which it
// begins. The two are the same when no transaction was committed from the one to
// the other. PRAGMA data_version tells that: its number changes on a connection
// whenever another connection has committed. There are two such:
//
//   - watch does nothing else, so its number tells of every commit;
//   - the writer's own tells of those of other processes.
//
// Both are looked at after a commit, while the writer's connection is free: by the
// writer where pages are being asked for, else by the next who asks for one. To
// look costs a twentieth of a durable write.
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
	asked   atomic.Bool // somebody wanted to know since the last commit

	mu       sync.RWMutex
	counts   *counts       // nil: not known
	since    *counts       // what changed since the count under way began; nil: there is none
	seen     numbers       // when counts and since became true
	unseen   bool          // the writer has committed since, and counted that
	writing  bool          // a commit is under way
	settled  chan struct{} // closed by the next settle; nil: nobody waits for it
	counting bool
	rested   time.Time // no other count begins before
	done     sync.WaitGroup
}

// patience is how long a reader waits for the writer to count what it has just
// committed. That takes microseconds, but for a checkpoint now and then.
const patience = 50 * time.Millisecond

// overtaken is how often a reader lets writes overtake it, before it takes its turn
// among them. To wait costs the writers less; without a turn, one that writes all the
// time keeps a page waiting for hundreds of its writes.
const overtaken = 3

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

// outcome is what became of a transaction.
type outcome int

const (
	undone outcome = iota
	committed
	unknown
)

// committing tells that the writer is about to commit. It is followed by settle.
func (c *census) committing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = true
}

// settle counts what the writer has committed. Its connection is free.
func (c *census) settle(ctx context.Context, result outcome, made changes) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = false
	if c.settled != nil {
		defer close(c.settled)
		c.settled = nil
	}
	switch result {
	case undone:
	case unknown:
		c.counts, c.since = nil, nil
	case committed:
		made.applyTo(c.counts)
		made.applyTo(c.since)
		c.unseen = c.watch != nil
		if c.asked.Swap(false) {
			c.look(ctx)
		}
	}
}

// look drops what is known if another process wrote. Else it is true from now on.
// The writer's connection is free, and the caller holds mu.
func (c *census) look(ctx context.Context) {
	if !c.unseen || c.counts == nil && c.since == nil {
		return
	}
	now, err := c.numbers(ctx)
	if err != nil || now.own != c.seen.own {
		c.counts, c.since = nil, nil
	}
	c.seen, c.unseen = now, false
}

// refresh looks. The caller is in the lane, and the writer's connection is free.
func (c *census) refresh(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look(ctx)
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
	for range overtaken {
		c.asked.Store(true)
		c.mu.RLock()
		known, behind, err := c.attempt(ctx, read)
		if known {
			return true, err
		}
		if !behind {
			c.forgetUnlessSame(ctx)
			return false, nil
		}
		if !c.lookOrWait(ctx) {
			return false, nil
		}
	}
	if !c.lockBetweenWrites(ctx) {
		return false, nil
	}
	known, _, err = c.attempt(ctx, read)
	return known, err
}

// attempt is consult once. The caller has locked mu for reading, and attempt unlocks
// it, also when read panics. What is known is behind when a write of this store is, or
// may be, why it was not true.
func (c *census) attempt(ctx context.Context, read func(*counts) error) (known, behind bool, err error) {
	defer c.mu.RUnlock()
	if c.counts == nil || c.unseen {
		return false, c.counts != nil, nil
	}
	err = read(c.counts)
	if !c.same(ctx) {
		return false, c.writing, nil
	}
	return true, false, err
}

// lockBetweenWrites waits for its turn among the writes, looks, and locks mu for
// reading before the next write commits. It tells whether its turn came in time; else
// mu is not locked.
func (c *census) lockBetweenWrites(ctx context.Context) (inTime bool) {
	patient, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if err := c.lane.enter(patient); err != nil {
		return false
	}
	defer c.lane.leave()
	c.refresh(ctx)
	c.mu.RLock()
	return true
}

// lookOrWait looks, where the writer's connection is free. Else it waits for the
// writer to settle and look, and tells whether it did so in time.
func (c *census) lookOrWait(ctx context.Context) (inTime bool) {
	settled := c.lookNow(ctx)
	if settled == nil {
		return true
	}
	select {
	case <-settled:
		return true
	case <-time.After(patience):
		return false
	}
}

// lookNow looks, or returns what the writer closes when it settles.
func (c *census) lookNow(ctx context.Context) (settled <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.unseen && !c.writing { // the writer has settled meanwhile
		return nil
	}
	if c.lane.tryEnter() {
		defer c.lane.leave()
		c.look(ctx)
		return nil
	}
	if c.settled == nil {
		c.settled = make(chan struct{})
	}
	return c.settled
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
	if !c.writing && !c.unseen && !c.same(ctx) {
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
