package app_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

// pagedStore tells when a page is read, and panics then, as a store with a fault might.
type pagedStore struct {
	*memstore.Store
	paged chan struct{}
}

func (s *pagedStore) Page(context.Context, domain.PageQuery) (domain.Page, error) {
	s.paged <- struct{}{}
	panic("planted")
}

func TestAServerCountsPersonsBeforeItIsAsked(t *testing.T) {
	t.Parallel()
	store := &pagedStore{memstore.New(), make(chan struct{}, 1)}
	a, err := app.NewOver(t.Context(), load(t, map[string]string{"PORT": "0", "DRAIN_DELAY": "1ms"}), slog.New(slog.DiscardHandler), store)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	select {
	case <-store.paged:
	case <-time.After(10 * time.Second): // only so that a failure ends
		t.Error("nobody has read a page")
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run: got %v, want nil: the fault of a page is told to who asks for one", err)
	}
}
