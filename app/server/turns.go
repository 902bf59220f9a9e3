package server

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// turns make a crowd of clients take turns. While more is to be done than the
// processors get done, a connection waits with its next request until it is its turn,
// and what it brings within the turn is served at once. So most of what is served
// finds in the processors' caches what the request before it has left there, and who
// waits holds no more than a connection that idles: no request, no place in a lane.
// Each client waits now and then, and all together are served more. J. Larus and
// M. Parkes call it cohort scheduling (USENIX Annual Technical Conference 2002).
//
// A request costs a look at the clock, a turn one at the scheduler as well; both take
// 0.1 µs on a few processors. A connection of HTTP/2 takes turns while it has no stream.
type turns struct {
	runnable func() int    // goroutines that wait for a processor; for who holds mu
	longest  time.Duration // that a connection waits
	waiting  atomic.Int64

	mu      sync.Mutex
	queue   []waiter    // in the order in which they came
	begun   []time.Time // when the turns began that may last
	ticking bool
	over    bool
}

type waiter struct {
	since time.Time
	begin chan<- struct{}
}

const (
	// turnLength is long enough for some requests of a client that sends one after the
	// other, and so short that each of 2,000 has a turn within longestWait.
	turnLength = 30 * time.Millisecond
	// longestWait is after what time a turn begins in any case. It is less than idleGrace:
	// a connection that waits is not taken for one that idles.
	longestWait = 750 * time.Millisecond
	// runnablePerProcessor keeps a processor busy until the next look, also where what is
	// runnable has little to do.
	runnablePerProcessor = 4
	// turnsPerProcessor are so many at once that what they bring waits rather for each
	// other, for a connection of the database or a commit, than for the processor. One
	// more begins where processors may have nothing to do.
	turnsPerProcessor = 64
	// turnTick is how often it is looked who may begin, if no request ends before.
	turnTick = time.Millisecond
)

// newTurns returns turns that go by how many goroutines wait for a processor; nil asks
// the runtime. Nobody waits for longer than longest or longestWait.
func newTurns(runnable func() int, longest time.Duration) *turns {
	if runnable == nil {
		runnable = newRunnable()
	}
	return &turns{runnable: runnable, longest: min(longest, longestWait)}
}

// newRunnable returns what tells how many goroutines of the process wait for a
// processor. It is not for concurrent use.
func newRunnable() func() int {
	sample := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	return func() int {
		metrics.Read(sample)
		return int(sample[0].Value.Uint64()) //nolint:gosec // a count
	}
}

// wait returns when a turn may begin.
func (t *turns) wait() {
	if begin := t.ask(); begin != nil {
		<-begin
	}
}

// ask returns nil where a turn begins at once, or else what is closed when it does.
func (t *turns) ask() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return nil
	}
	now := time.Now()
	if len(t.queue) == 0 && t.room(now) > 0 {
		t.begun = append(t.begun, now)
		return nil
	}
	begin := make(chan struct{})
	t.queue = append(t.queue, waiter{now, begin})
	t.waiting.Store(int64(len(t.queue)))
	if !t.ticking {
		t.ticking = true
		time.AfterFunc(turnTick, t.tick)
	}
	return begin
}

// room returns how many turns may begin now, 0 or less for none. The caller holds mu.
func (t *turns) room(now time.Time) int {
	for len(t.begun) > 0 && now.Sub(t.begun[0]) >= turnLength {
		t.begun = t.begun[1:]
	}
	processors := runtime.GOMAXPROCS(0) // it may change
	if len(t.begun) > turnsPerProcessor*processors {
		return processors - t.runnable()
	}
	return runnablePerProcessor*processors - t.runnable()
}

func (t *turns) tick() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begin()
	t.ticking = len(t.queue) > 0
	if t.ticking {
		time.AfterFunc(turnTick, t.tick)
	}
}

// next lets turns begin after a request has ended.
func (t *turns) next() {
	if t.waiting.Load() == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begin()
}

// end lets all turns begin, and nobody wait any more.
func (t *turns) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	t.begin()
}

// begin lets turns begin for which there is room. The caller holds mu.
func (t *turns) begin() {
	now := time.Now()
	room := t.room(now)
	for len(t.queue) > 0 && (room > 0 || t.over || now.Sub(t.queue[0].since) >= t.longest) {
		close(t.queue[0].begin)
		t.begun = append(t.begun, now)
		t.queue[0] = waiter{}
		t.queue = t.queue[1:]
		room--
	}
	t.waiting.Store(int64(len(t.queue)))
}
