package lane

import (
	"context"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Registry returns the registry with its calls in the lane, but for All: a walk
// takes as long as its caller does.
func (l *Lane) Registry(next ports.PersonRegistry) ports.PersonRegistry {
	return &registry{PersonRegistry: next, lane: l}
}

type registry struct {
	ports.PersonRegistry
	lane *Lane
}

// Create implements ports.PersonRegistry.
func (r *registry) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	return through(ctx, r.lane, func() (domain.Person, error) { return r.PersonRegistry.Create(ctx, draft) })
}

// Get implements ports.PersonRegistry.
func (r *registry) Get(ctx context.Context, id int64) (domain.Person, error) {
	return through(ctx, r.lane, func() (domain.Person, error) { return r.PersonRegistry.Get(ctx, id) })
}

// List implements ports.PersonRegistry.
func (r *registry) List(ctx context.Context, number int64) (domain.Page, error) {
	return through(ctx, r.lane, func() (domain.Page, error) { return r.PersonRegistry.List(ctx, number) })
}

// After implements ports.PersonRegistry.
func (r *registry) After(ctx context.Context, id int64) (domain.Slice, error) {
	return through(ctx, r.lane, func() (domain.Slice, error) { return r.PersonRegistry.After(ctx, id) })
}

// Before implements ports.PersonRegistry.
func (r *registry) Before(ctx context.Context, id int64) (domain.Slice, error) {
	return through(ctx, r.lane, func() (domain.Slice, error) { return r.PersonRegistry.Before(ctx, id) })
}

// Replace implements ports.PersonRegistry.
func (r *registry) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	return through(ctx, r.lane, func() (domain.Person, error) {
		return r.PersonRegistry.Replace(ctx, id, draft, conditions...)
	})
}

// Patch implements ports.PersonRegistry.
func (r *registry) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	return through(ctx, r.lane, func() (domain.Person, error) {
		return r.PersonRegistry.Patch(ctx, id, patch, conditions...)
	})
}

// Delete implements ports.PersonRegistry.
func (r *registry) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	_, err := through(ctx, r.lane, func() (struct{}, error) {
		return struct{}{}, r.PersonRegistry.Delete(ctx, id, conditions...)
	})
	return err
}

// Bulks returns the creator with its calls in the lane. Persons are made up when it
// is a call's turn, so who waits holds none.
func (l *Lane) Bulks(next ports.BulkCreator) ports.BulkCreator { return &bulks{next: next, lane: l} }

type bulks struct {
	next ports.BulkCreator
	lane *Lane
}

// CheckCount implements ports.BulkCreator. It waits for nobody.
func (b *bulks) CheckCount(count int) error { return b.next.CheckCount(count) }

// Create implements ports.BulkCreator.
func (b *bulks) Create(ctx context.Context, drafts []domain.Draft) ([]domain.Outcome[domain.Person], error) {
	return through(ctx, b.lane, func() ([]domain.Outcome[domain.Person], error) { return b.next.Create(ctx, drafts) })
}

// Generate implements ports.BulkCreator.
func (b *bulks) Generate(ctx context.Context, count int) (int, error) {
	return through(ctx, b.lane, func() (int, error) { return b.next.Generate(ctx, count) })
}

// GenerateOnce implements ports.BulkCreator.
func (b *bulks) GenerateOnce(ctx context.Context, claim domain.Claim, count int) (int, error) {
	return through(ctx, b.lane, func() (int, error) { return b.next.GenerateOnce(ctx, claim, count) })
}
