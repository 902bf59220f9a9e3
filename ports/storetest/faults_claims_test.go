package storetest_test

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The faults of claims and conditions.

// claimant keeps claims beside a store that knows of none. Its zero value, but for
// the map, keeps them as the contract says.
type claimant struct {
	store *memstore.Store
	known map[string]answeredClaim

	keyOf     func(string) string // the key that a claim is kept by
	anything  bool                // another request is the same
	forever   bool                // claims do not expire
	firstOnly bool                // the claim of a batch is that of its first draft
	tooSoon   bool                // a claim is kept though its batch is refused
	unlocked  bool                // others come between looking and saving
	current   bool                // a claim is answered the persons as they are now
	ignored   bool
	short     int // a claim is not kept for more persons than this; 0 is any number
}

type answeredClaim struct {
	claim   domain.Claim
	persons []domain.Person
}

// claiming plants a claimant with a fault.
func claiming(fault func(*claimant)) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		c := &claimant{store: store, known: map[string]answeredClaim{}, keyOf: func(key string) string { return key }}
		fault(c)
		var saving, looking sync.Mutex
		save := func(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
			if !c.unlocked {
				saving.Lock()
				defer saving.Unlock()
			}
			return c.save(ctx, drafts, &looking)
		}
		mock.CreateBatchFunc = save
		mock.CreateFunc = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
			persons, err := save(ctx, []domain.Draft{draft})
			if err != nil {
				return domain.Person{}, err
			}
			return persons[0], nil
		}
	}
}

func (c *claimant) save(ctx context.Context, drafts []domain.Draft, looking *sync.Mutex) ([]domain.Person, error) {
	claim, claimed, err := c.claimOf(drafts)
	if err != nil {
		return nil, err
	}
	if !claimed || c.ignored || c.short > 0 && len(drafts) > c.short {
		return c.store.CreateBatch(ctx, plain(drafts))
	}
	looking.Lock()
	earlier, found := c.known[c.keyOf(claim.Key())]
	looking.Unlock()
	if found {
		repeats, err := claim.Repeats(earlier.claim)
		reused := domain.CodeOf(err) == domain.CodeKeyReused
		switch {
		case reused && c.anything, !reused && !repeats && c.forever:
			return earlier.persons, nil
		case reused:
			return nil, err
		case repeats:
			return c.answer(ctx, earlier.persons), nil
		}
	}
	if c.unlocked {
		time.Sleep(100 * time.Microsecond)
	}
	persons, err := c.store.CreateBatch(ctx, plain(drafts))
	if err == nil {
		looking.Lock()
		c.known[c.keyOf(claim.Key())] = answeredClaim{claim, persons}
		looking.Unlock()
	}
	return persons, err
}

func (c *claimant) claimOf(drafts []domain.Draft) (claim domain.Claim, claimed bool, err error) {
	claim, claimed, err = domain.ClaimOf(drafts)
	if err == nil || !c.firstOnly && !c.tooSoon {
		return claim, claimed, err
	}
	made := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	guess, _ := domain.NewClaim("key", []byte("request"), made)
	if c.firstOnly {
		return guess, true, nil
	}
	c.known["key"] = answeredClaim{claim: guess}
	return claim, claimed, err
}

func (c *claimant) answer(ctx context.Context, persons []domain.Person) []domain.Person {
	if !c.current {
		return persons
	}
	now := make([]domain.Person, len(persons))
	for i, person := range persons {
		now[i], _ = c.store.Find(ctx, person.ID())
	}
	return now
}

// plain returns the drafts without their claim.
func plain(drafts []domain.Draft) []domain.Draft {
	plain := make([]domain.Draft, len(drafts))
	for i, draft := range drafts {
		plain[i], _ = domain.NewDraft(draft.Name(), int64(draft.Age()))
	}
	return plain
}

func keysWithoutCase(c *claimant) { c.keyOf = strings.ToLower }

func keysAreTrimmed(c *claimant) { c.keyOf = strings.TrimSpace }

// conditionally makes changes by asking the conditions as ask does, and then
// changing without them.
func conditionally(ask func(ctx context.Context, store *memstore.Store, id int64, conditions []domain.Condition) error) plant {
	return func(mock *portmock.PersonStoreMock, store *memstore.Store) {
		mock.ReplaceFunc = func(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
			if err := ask(ctx, store, id, conditions); err != nil {
				return domain.Person{}, err
			}
			return store.Replace(ctx, id, draft)
		}
		mock.PatchFunc = func(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
			if err := ask(ctx, store, id, conditions); err != nil {
				return domain.Person{}, err
			}
			return store.Patch(ctx, id, patch)
		}
		mock.DeleteFunc = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
			if err := ask(ctx, store, id, conditions); err != nil {
				return err
			}
			return store.Delete(ctx, id)
		}
	}
}

func ignoreConditions(context.Context, *memstore.Store, int64, []domain.Condition) error { return nil }

func neverHold(_ context.Context, _ *memstore.Store, _ int64, conditions []domain.Condition) error {
	if len(conditions) == 0 {
		return nil
	}
	return &domain.Error{Code: domain.CodePrecondition}
}

// askTheLast asks the last condition only.
func askTheLast(ctx context.Context, store *memstore.Store, id int64, conditions []domain.Condition) error {
	person, err := store.Find(ctx, id)
	if err != nil || len(conditions) == 0 {
		return err
	}
	return domain.CheckConditions(person, conditions[len(conditions)-1:])
}

// askAboutNobody asks the conditions before it looks whether there is a person.
func askAboutNobody(ctx context.Context, store *memstore.Store, id int64, conditions []domain.Condition) error {
	person, missing := store.Find(ctx, id)
	if err := domain.CheckConditions(person, conditions); err != nil && missing == nil {
		return err
	}
	return missing
}

// askTooEarly lets others in between the asking and the change.
func askTooEarly(ctx context.Context, store *memstore.Store, id int64, conditions []domain.Condition) error {
	person, err := store.Find(ctx, id)
	if err != nil {
		return err
	}
	if err := domain.CheckConditions(person, conditions); err != nil {
		return err
	}
	time.Sleep(100 * time.Microsecond)
	return nil
}
