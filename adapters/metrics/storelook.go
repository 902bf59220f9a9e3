package metrics

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sharedcall"
)

const (
	// storePatience is how long a scrape waits for the store, which may be stuck.
	storePatience = time.Second
	// storeLimit is how long a look may take. Who asks a table for its length that nobody knows counts it.
	storeLimit = 5 * time.Second
	// storeRest is how many times as long as a look took nobody looks again: all who ask, however many and
	// however often, take a tenth of the time of one connection at most.
	storeRest = 9
	// failedRest is how long that is at most after a look that found nothing: it waited rather than worked, and
	// that the store is well again should be told soon.
	failedRest = time.Second
)

var errStuck = errors.New("the store does not answer in time")

// storeLook looks at the store, one at a time, and remembers what it found while it rests.
type storeLook struct {
	look  func(ctx context.Context) storeFigures
	call  *sharedcall.Call
	ready *sharedcall.Call // nil is always

	mu     sync.Mutex
	found  storeFigures
	rested time.Time // it looks no sooner than that
}

func newStoreLook(sources *Sources) *storeLook {
	l := &storeLook{look: sources.look}
	l.call = sharedcall.New(l.lookAnew, storeLimit)
	if sources.Ready != nil {
		l.ready = sharedcall.New(sources.Ready, storeLimit)
	}
	return l
}

// lookAnew looks, and remembers. A look that panics has found nothing.
func (l *storeLook) lookAnew(ctx context.Context) error {
	began := time.Now()
	found := storeFigures{}
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		now := time.Now()
		rest := storeRest * now.Sub(began)
		if !found.read {
			rest = min(rest, failedRest)
		}
		l.found, l.rested = found, now.Add(rest)
	}()
	found = l.look(ctx)
	return nil
}

// figures returns what a look finds, or found within its rest, and whether the store can be read and is ready. Of a store that
// does not answer in time nothing is known. It returns after storePatience at the latest.
func (l *storeLook) figures() (found storeFigures, up bool) {
	ready := make(chan error, 1)
	go func() { ready <- l.isReady() }()
	found = l.read()
	return found, <-ready == nil && found.read
}

func (l *storeLook) isReady() error {
	if l.ready == nil {
		return nil
	}
	return l.ready.Within(context.Background(), storePatience, errStuck)
}

func (l *storeLook) read() storeFigures {
	if found, resting := l.remembered(); resting {
		return found
	}
	if err := l.call.Within(context.Background(), storePatience, errStuck); err != nil {
		return storeFigures{}
	}
	found, _ := l.remembered()
	return found
}

func (l *storeLook) remembered() (found storeFigures, resting bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.found, time.Now().Before(l.rested)
}
