package storetest_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
)

// ending is a test that is told to fail, and ends there.
type ending struct {
	testing.TB
	said string
}

func (e *ending) Helper() {}

func (e *ending) Fatalf(format string, args ...any) {
	e.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// exclusive is a store over memory whose dir is locked by who opens it, until that is closed. Another opening does what
// locked does.
type exclusive struct {
	gate
	lock lock
}

// lock is held by who could send to it, who gives it back by receiving.
type lock chan struct{}

func openExclusive(locked func(lock lock) error) storetest.Harness {
	store, lock := memstore.New(), make(lock, 1)
	return storetest.Harness{Durable: true, Open: func(string) (ports.PersonStore, error) {
		select {
		case lock <- struct{}{}:
		default:
			if err := locked(lock); err != nil {
				return nil, err
			}
		}
		return &exclusive{gate: gate{store: store}, lock: lock}, nil
	}}
}

func (e *exclusive) Close() error {
	if !e.closed.Swap(true) {
		<-e.lock
	}
	return nil
}

func wait(lock lock) error {
	lock <- struct{}{}
	return nil
}

func TestAStoreThatLocksItsFileIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	const told = "want a store: the dir is opened while an abandoned store still has it; let openings of one process share a handle, or take no exclusive lock"
	for name, test := range map[string]struct {
		locked  func(lock lock) error
		close   bool // the store of before
		after   time.Duration
		want    string
		telling bool
	}{
		"where it fails":                        {func(lock) error { return errors.New("planted") }, false, 0, "got planted, ", true},
		"where it waits":                        {wait, false, 30 * time.Second, "got no answer in 30s, ", true},
		"not where it fails for something else": {func(lock) error { return errors.New("planted") }, true, 0, "got planted, ", false},
		"not where it takes long after a Close": {func(lock) error { time.Sleep(time.Minute); return nil }, true, time.Minute, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				harness := openExclusive(test.locked)
				open := storetest.Openings(harness, "")
				before := open(t)
				if test.close {
					_ = before.Close()
					before.(*exclusive).lock <- struct{}{} // somebody else has it //nolint:forcetypeassert // it is the harness's own
				}
				begin, tb, over := time.Now(), &ending{TB: t}, make(chan struct{})
				go func() {
					defer close(over)
					open(tb)
				}()
				<-over
				if took := time.Since(begin); took != test.after {
					t.Errorf("got an end after %v, want it after %v", took, test.after)
				}
				if test.telling != strings.Contains(tb.said, told) || !strings.Contains(tb.said, test.want) || test.want == "" && tb.said != "" {
					t.Errorf("got %q, want %q and what to do told: %t", tb.said, test.want, test.telling)
				}
			})
		})
	}
}
