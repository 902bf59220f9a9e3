package domain

import "context"

// PersonFinder finds one person.
type PersonFinder interface {
	Find(ctx context.Context, id int64) (Person, error)
}

// RegistryStore is what Registry needs.
type RegistryStore interface {
	PersonFinder
	// Create saves one person.
	Create(ctx context.Context, draft Draft) (Person, error)
	// Page reads one page of persons.
	Page(ctx context.Context, query PageQuery) (Page, error)
	// Seek reads the persons next to a place in the list.
	Seek(ctx context.Context, query SeekQuery) (Slice, error)
	// Replace replaces all fields of one person where all conditions hold.
	Replace(ctx context.Context, id int64, draft Draft, conditions ...Condition) (Person, error)
	// Patch changes some fields of one person where all conditions hold.
	Patch(ctx context.Context, id int64, patch Patch, conditions ...Condition) (Person, error)
	// Delete deletes one person where all conditions hold.
	Delete(ctx context.Context, id int64, conditions ...Condition) error
}

// Registry is the use case of keeping persons one at a time. It is safe for
// concurrent use when its store is. Its errors carry the codes of the store's
// contract (ports.PersonStore), plus those named at each method.
type Registry struct {
	store    RegistryStore
	pageSize int
}

// NewRegistry returns a registry over store with pages of pageSize persons. The
// error is CodeInvalid for a page size below 1.
func NewRegistry(store RegistryStore, pageSize int) (*Registry, error) {
	if pageSize < 1 {
		return nil, &Error{Code: CodeInvalid, Message: "a page holds at least one person"}
	}
	return &Registry{store: store, pageSize: pageSize}, nil
}

// Create saves a new person and returns it with its id. The error is
// CodeInvalid for the zero Draft. A draft with a Claim is saved once: the same
// request gets the same person again, another one with its key CodeKeyReused.
func (r *Registry) Create(ctx context.Context, draft Draft) (Person, error) {
	if err := draft.check(); err != nil {
		return Person{}, err
	}
	return r.store.Create(ctx, draft)
}

// Get returns a person, or CodeNotFound.
func (r *Registry) Get(ctx context.Context, id int64) (Person, error) {
	return r.store.Find(ctx, id)
}

// List returns the page of the given number, from 1, or LastPage. The error is
// CodeNotFound for a page that does not exist; page 1 always exists.
func (r *Registry) List(ctx context.Context, number int64) (Page, error) {
	return r.store.Page(ctx, PageQuery{Number: number, Size: r.pageSize})
}

// Replace gives a person new fields, or answers CodeNotFound. The error is
// CodeInvalid for the zero Draft, and CodePrecondition where a condition does not
// hold; then nothing is changed.
func (r *Registry) Replace(ctx context.Context, id int64, draft Draft, conditions ...Condition) (Person, error) {
	if err := draft.check(); err != nil {
		return Person{}, err
	}
	return r.store.Replace(ctx, id, draft, conditions...)
}

// Patch changes the given fields of a person and leaves the others as they are
// at that moment, or answers CodeNotFound, or CodePrecondition where a condition
// does not hold.
func (r *Registry) Patch(ctx context.Context, id int64, patch Patch, conditions ...Condition) (Person, error) {
	return r.store.Patch(ctx, id, patch, conditions...)
}

// Delete removes a person, or answers CodeNotFound, or CodePrecondition where a
// condition does not hold. The id is not used again.
func (r *Registry) Delete(ctx context.Context, id int64, conditions ...Condition) error {
	return r.store.Delete(ctx, id, conditions...)
}
