package storetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

const crowdName = "writes that come all at once take effect, or answer unavailable and have none"

// RunCrowd runs only the case of very many callers at once, as a subtest of t. It
// is for a store that is set up to refuse most of them, and so cannot pass Run.
func RunCrowd(t *testing.T, harness Harness) {
	t.Run(crowdName, func(t *testing.T) {
		t.Parallel()
		crowd(t, harness.open(t, t.TempDir()))
	})
}

func crowdCases() []storeCase { return []storeCase{{crowdName, crowd}} }

// pushing is a caller in a crowd.
type pushing struct {
	own    domain.Person   // who was there before, or nobody
	before int64           // the greatest id that was answered when the call began
	got    []domain.Person // who was answered
	err    error
	do     func(ctx context.Context, p *pushing)
}

// crowd has 2,000 callers write at once and adds up what they were answered.
func crowd(t *testing.T, store ports.PersonStore) {
	const size, batch = 2_000, 3
	drafts, patch := newDrafts(t, size+batch), newAge(t, 77)
	callers := make([]pushing, size)
	owned := createMany(t, store, size/5)
	var highest atomic.Int64 // id that was answered
	highest.Store(owned[len(owned)-1].ID())
	for i := range callers {
		caller := &callers[i]
		caller.do = func(ctx context.Context, p *pushing) { p.one(store.Create(ctx, drafts[i])) }
		switch i % 10 {
		case 0:
			caller.do = func(ctx context.Context, p *pushing) { p.got, p.err = store.CreateBatch(ctx, drafts[i:i+batch]) }
		case 3, 6:
			caller.own, owned = owned[0], owned[1:]
			caller.do = []func(ctx context.Context, p *pushing){
				func(ctx context.Context, p *pushing) { p.err = store.Delete(ctx, p.own.ID()) },
				func(ctx context.Context, p *pushing) { p.one(store.Patch(ctx, p.own.ID(), patch)) },
				func(ctx context.Context, p *pushing) { p.one(store.Replace(ctx, p.own.ID(), drafts[i])) },
			}[i/10%3]
		}
	}
	if !allAnswered(t, callers, &highest) {
		return
	}
	var there []domain.Person
	served := 0
	for i := range callers {
		caller := &callers[i]
		switch {
		case caller.err == nil:
			served++
			there = append(there, caller.got...)
			caller.wantGrowing(t)
		case domain.CodeOf(caller.err) == domain.CodeUnavailable:
			if caller.own != (domain.Person{}) {
				there = append(there, caller.own)
			}
		default:
			t.Errorf("a write among %d: got %v, want no error, or code %q", size, caller.err, domain.CodeUnavailable)
		}
	}
	t.Logf("%d of %d writes were served", served, size)
	if served == 0 {
		t.Errorf("%d writes at once: got all refused, want some served", size)
	}
	wantEverybody(t, store, inOrder(there), "a write that was answered has its full effect, and one that was refused has none")
	if next := create(t, store, "Ann", 31); next.ID() <= highest.Load() {
		t.Errorf("Create after the crowd: got id %d, want one above %d", next.ID(), highest.Load())
	}
}

// allAnswered lets all callers call at once and tells whether all have been
// answered. It gives up when for a long time nobody is.
func allAnswered(t *testing.T, callers []pushing, highest *atomic.Int64) bool {
	t.Helper()
	const patience = 3 * time.Second
	ctx, answered, start := t.Context(), make(chan struct{}, len(callers)), time.Now()
	go together(len(callers), func(i int) {
		callers[i].call(ctx, highest)
		answered <- struct{}{}
	})
	last := time.Duration(0)
	for n := range callers {
		select {
		case <-answered:
			last = time.Since(start)
		case <-time.After(patience + 20*last):
			t.Errorf("%d writes at once: got %d answered in %v and no more in %v, want all: nobody waits forever", len(callers), n, last, patience+20*last)
			return false
		}
	}
	return true
}

// call makes the call.
func (p *pushing) call(ctx context.Context, highest *atomic.Int64) {
	p.before = highest.Load()
	p.do(ctx, p)
	for _, person := range p.got {
		for now := highest.Load(); now < person.ID() && !highest.CompareAndSwap(now, person.ID()); {
			now = highest.Load()
		}
	}
}

// one takes the answer of a call that returns one person.
func (p *pushing) one(person domain.Person, err error) {
	if p.err = err; err == nil {
		p.got = []domain.Person{person}
	}
}

// wantGrowing fails the test unless new ids are greater than those that were
// answered before the call.
func (p *pushing) wantGrowing(t *testing.T) {
	t.Helper()
	if p.own != (domain.Person{}) {
		return
	}
	last := p.before
	for _, person := range p.got {
		if person.ID() <= last {
			t.Errorf("Create among many: got id %d, want one above %d, which was answered before: ids grow in the order of saving", person.ID(), last)
		}
		last = person.ID()
	}
}
