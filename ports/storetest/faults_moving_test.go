package storetest_test

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
)

// The faults of stores that persons are moved out of, or into.

// movable is a store whose persons can be moved, with faults in place of what is not nil.
type movable struct {
	*memstore.Store
	create      func(ctx context.Context, draft domain.Draft) (domain.Person, error)
	lastID      func(ctx context.Context) (int64, error)
	keepPersons func(ctx context.Context, persons []domain.Person) error
	keepLastID  func(ctx context.Context, id int64) error
}

func (m *movable) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	if m.create != nil {
		return m.create(ctx, draft)
	}
	return m.Store.Create(ctx, draft)
}

func (m *movable) LastID(ctx context.Context) (int64, error) {
	if m.lastID != nil {
		return m.lastID(ctx)
	}
	return m.Store.LastID(ctx)
}

func (m *movable) KeepPersons(ctx context.Context, persons []domain.Person) error {
	if m.keepPersons != nil {
		return m.keepPersons(ctx, persons)
	}
	return m.Store.KeepPersons(ctx, persons)
}

func (m *movable) KeepLastID(ctx context.Context, id int64) error {
	if m.keepLastID != nil {
		return m.keepLastID(ctx, id)
	}
	return m.Store.KeepLastID(ctx, id)
}

func movingControls() []control {
	var controls []control
	for _, c := range []struct {
		wantFailing string
		fault       string
		plant       func(m *movable)
	}{
		{"the last id of a source", "the last id is that of who is left", lastIDOfWhoIsLeft},
		{"the last id of a source", "the last id is how many there are", lastIDIsTotal},
		{"a source answers", "the last id does not look at ctx", lastIDIgnoresContext},
		{"a source answers", "the last id of a closed store is 0", lastIDAfterClose},
		{"persons are kept under", "persons who are kept get new ids", keepAsCreated},
		{"persons are kept under", "a person without a name is left out", keepOnly(func(p domain.Person) bool { return p.Name() != "" })},
		{"persons are kept under", "an id of more than 32 bits is left out", keepOnly(func(p domain.Person) bool { return p.ID() < 1<<32 })},
		{"as many as 10000", "the last of 10000 is left out", keepFewer},
		{"persons who are there already", "who is there already is refused", refuseKept},
		{"where another person", "the persons before another are kept", keepOneByOne},
		{"where another person", "another person is passed over", keepMissing},
		{"ids of persons who were kept", "the ids of who is kept are given", giveKeptIDs},
		{"ids up to one", "a last id takes the place of a greater one", lastIDGoesBack},
		{"persons may be kept by many", "one is refused while another one keeps", refuseBesideAnother},
		{"a keeper answers", "keeping does not look at ctx", keepIgnoresContext},
		{"a keeper answers", "keeping a last id does not look at ctx", keepLastIDIgnoresContext},
	} {
		controls = append(controls, control{c.wantFailing, c.fault, storetest.Harness{
			Open: func(string) (ports.PersonStore, error) {
				m := &movable{Store: memstore.New()}
				c.plant(m)
				return m, nil
			},
		}})
	}
	return controls
}

func lastIDOfWhoIsLeft(m *movable) {
	m.lastID = func(ctx context.Context) (id int64, err error) {
		left, err := m.Seek(ctx, everybody)
		for _, person := range left.Persons {
			id = person.ID()
		}
		return id, err
	}
}

func lastIDIsTotal(m *movable) {
	m.lastID = func(ctx context.Context) (int64, error) {
		page, err := m.Page(ctx, domain.PageQuery{Number: 1, Size: 1})
		return page.Total, err
	}
}

func lastIDIgnoresContext(m *movable) {
	m.lastID = func(ctx context.Context) (int64, error) { return m.Store.LastID(context.WithoutCancel(ctx)) }
}

func lastIDAfterClose(m *movable) {
	m.lastID = func(ctx context.Context) (int64, error) {
		id, err := m.Store.LastID(ctx)
		if domain.CodeOf(err) == domain.CodeUnavailable {
			return 0, nil
		}
		return id, err
	}
}

func keepAsCreated(m *movable) {
	m.keepPersons = func(ctx context.Context, persons []domain.Person) error {
		for _, person := range persons {
			draft, err := domain.NewDraft(person.Name(), int64(person.Age()))
			if err != nil {
				return err
			}
			if _, err := m.Store.Create(ctx, draft); err != nil {
				return err
			}
		}
		return nil
	}
}

// keepOnly keeps those of whom that is true.
func keepOnly(isTrue func(domain.Person) bool) func(m *movable) {
	return func(m *movable) {
		m.keepPersons = func(ctx context.Context, persons []domain.Person) error {
			return m.Store.KeepPersons(ctx, slices.DeleteFunc(slices.Clone(persons), func(p domain.Person) bool { return !isTrue(p) }))
		}
	}
}

func keepFewer(m *movable) {
	m.keepPersons = func(ctx context.Context, persons []domain.Person) error {
		return m.Store.KeepPersons(ctx, persons[:min(len(persons), 9_999)])
	}
}

func refuseKept(m *movable) {
	m.keepPersons = func(ctx context.Context, persons []domain.Person) error {
		for _, person := range persons {
			if _, err := m.Find(ctx, person.ID()); err == nil {
				return domain.IDTaken(person.ID())
			}
		}
		return m.Store.KeepPersons(ctx, persons)
	}
}

func keepOneByOne(m *movable) {
	m.keepPersons = func(ctx context.Context, persons []domain.Person) error {
		for _, person := range persons {
			if err := m.Store.KeepPersons(ctx, []domain.Person{person}); err != nil {
				return err
			}
		}
		return nil
	}
}

func keepMissing(m *movable) {
	m.keepPersons = func(ctx context.Context, persons []domain.Person) error {
		return m.Store.KeepPersons(ctx, slices.DeleteFunc(slices.Clone(persons), func(p domain.Person) bool {
			_, err := m.Find(ctx, p.ID())
			return err == nil
		}))
	}
}

// giveIDs lets creates count by a counter, which starts behind 0.
func giveIDs(m *movable) *atomic.Int64 {
	var last atomic.Int64
	m.create = func(ctx context.Context, draft domain.Draft) (domain.Person, error) {
		person := draft.Person(last.Add(1))
		return person, m.Store.KeepPersons(ctx, []domain.Person{person})
	}
	return &last
}

func giveKeptIDs(m *movable) { giveIDs(m) }

func lastIDGoesBack(m *movable) {
	last := giveIDs(m)
	m.keepLastID = func(_ context.Context, id int64) error {
		if id > 0 {
			last.Store(id)
		}
		return nil
	}
}

func refuseBesideAnother(m *movable) {
	var keeping atomic.Int64
	m.keepPersons = func(ctx context.Context, persons []domain.Person) error {
		defer keeping.Add(-1)
		if keeping.Add(1) > 1 {
			return errCrowded
		}
		time.Sleep(time.Millisecond)
		return m.Store.KeepPersons(ctx, persons)
	}
}

func keepIgnoresContext(m *movable) {
	m.keepPersons = func(ctx context.Context, persons []domain.Person) error {
		return m.Store.KeepPersons(context.WithoutCancel(ctx), persons)
	}
}

func keepLastIDIgnoresContext(m *movable) {
	m.keepLastID = func(ctx context.Context, id int64) error { return m.Store.KeepLastID(context.WithoutCancel(ctx), id) }
}
