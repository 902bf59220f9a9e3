package querytest

import (
	"context"
	"slices"
	"sync"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Heard are the queries that a store told of, by whom their ctx is of. The zero value has heard nothing. Many may use one at
// once.
type Heard struct {
	mu      sync.Mutex
	queries map[string][]ports.Query
}

type whoKey struct{}

// By returns a ctx of somebody.
func By(ctx context.Context, who string) context.Context {
	return context.WithValue(ctx, whoKey{}, who)
}

// Observe is a ports.QueryObserver.
func (h *Heard) Observe(ctx context.Context, query ports.Query) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.queries == nil {
		h.queries = map[string][]ports.Query{}
	}
	who, _ := ctx.Value(whoKey{}).(string)
	h.queries[who] = append(h.queries[who], query)
}

// Of returns the queries that were told in a ctx of somebody; "" is nobody.
func (h *Heard) Of(who string) []ports.Query {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.queries[who])
}

// All returns the queries of everybody.
func (h *Heard) All() (all []ports.Query) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, queries := range h.queries {
		all = append(all, queries...)
	}
	return all
}

// Statements returns the statements of queries.
func Statements(queries []ports.Query) (all []string) {
	for _, query := range queries {
		all = append(all, query.SQL)
	}
	return all
}
