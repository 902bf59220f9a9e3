// Package ledger keeps account of what a server was asked and what it answered, and
// tells what of it a database has lost.
//
// Each person belongs to one client, who has one request under way at a time. So
// what may be in the database follows from the answers: the last that was answered,
// or what was asked after it and never answered. A ledger is safe for concurrent use.
package ledger

import (
	"math"
	"strings"
	"sync"
)

// Moments are counted by the clock of a ledger, in units of its own.
const (
	// Never is when a request was answered that was not.
	Never = math.MaxInt64
	// Now is after everything that was answered.
	Now = Never - 1
)

// Row is a person as the database has it.
type Row struct {
	ID   int64
	Name string
	Age  int
}

// Look is a person but for the id.
type Look struct {
	Name string
	Age  int
}

// Ledger is the account of one database.
type Ledger struct {
	clock func() int64

	mu      sync.Mutex
	persons map[string]*Person
	bulks   []*Bulk
	base    []Row            // who was there before
	owners  map[int64]string // who was seen with an id, ever
	faults  []Fault          // that were found when a request was answered
	answers int
}

// New returns an empty ledger. The clock never goes back.
func New(clock func() int64) *Ledger {
	return &Ledger{clock: clock, persons: map[string]*Person{}, owners: map[int64]string{}}
}

// Inherit notes the rows that are in the database before anything is asked. Nobody
// changes them.
func (l *Ledger) Inherit(rows []Row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.base = rows
	for _, row := range rows {
		l.owners[row.ID] = "somebody inherited"
	}
}

// LastID returns the greatest id that had been answered by a moment, or inherited.
func (l *Ledger) LastID(moment int64) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := int64(0)
	for _, row := range l.base {
		last = max(last, row.ID)
	}
	for _, p := range l.persons {
		if len(p.history) > 0 && p.history[0].answered <= moment {
			last = max(last, p.id)
		}
	}
	return last
}

// Answers returns how many writes have been answered as done.
func (l *Ledger) Answers() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answers
}

// Person is a person that a client made, or asked for.
type Person struct {
	ledger  *Ledger
	key     string
	id      int64 // 0 as long as it is not known
	history []*Change
}

// ID returns the person's id, 0 where no answer told it.
func (p *Person) ID() int64 {
	p.ledger.mu.Lock()
	defer p.ledger.mu.Unlock()
	return p.id
}

// Change is a request that makes, changes or deletes a person.
type Change struct {
	person          *Person
	after           *Look // nil is nobody
	begun, answered int64
}

// keyOf returns what a name says about whose it is: what stands before the slash.
// What stands behind it may change.
func keyOf(name string) string {
	key, _, _ := strings.Cut(name, "/")
	return key
}

// Create notes the request that makes a person. Names are "whose/which": no two
// persons have the first part in common.
func (l *Ledger) Create(look Look) (*Person, *Change) {
	l.mu.Lock()
	p := &Person{ledger: l, key: keyOf(look.Name)}
	l.persons[p.key] = p
	l.mu.Unlock()
	return p, p.Change(&look)
}

// Change notes a request that changes a person, to nobody where it is deleted. The
// request before it was answered.
func (p *Person) Change(after *Look) *Change {
	p.ledger.mu.Lock()
	defer p.ledger.mu.Unlock()
	c := &Change{person: p, after: after, begun: p.ledger.clock(), answered: Never}
	p.history = append(p.history, c)
	return c
}

// Answered notes that the change was answered as done, for the person with an id.
func (c *Change) Answered(id int64) {
	p := c.person
	p.ledger.mu.Lock()
	defer p.ledger.mu.Unlock()
	p.id = id
	c.answered = p.ledger.clock()
	p.ledger.answers++
	p.ledger.faults = append(p.ledger.faults, p.ledger.own(id, p.key)...)
}

// Refused notes an answer by which the change was not and will not be made.
func (c *Change) Refused() {
	p := c.person
	p.ledger.mu.Lock()
	defer p.ledger.mu.Unlock()
	p.history = p.history[:len(p.history)-1]
}

// Bulk is a request that makes several persons.
type Bulk struct {
	ledger          *Ledger
	size            int
	begun, answered int64
}

// Bulk notes a request for a bulk. No two bulks of a ledger have the same size: it
// is how they are known again.
func (l *Ledger) Bulk(size int) *Bulk {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := &Bulk{ledger: l, size: size, begun: l.clock(), answered: Never}
	l.bulks = append(l.bulks, b)
	return b
}

// Answered notes that the bulk was answered as done.
func (b *Bulk) Answered() {
	b.ledger.mu.Lock()
	defer b.ledger.mu.Unlock()
	b.answered = b.ledger.clock()
	b.ledger.answers++
}

// Refused notes an answer by which the bulk was not and will not be made.
func (b *Bulk) Refused() {
	b.ledger.mu.Lock()
	defer b.ledger.mu.Unlock()
	b.begun = Never
}

// own notes who has an id. A second owner is a fault.
func (l *Ledger) own(id int64, key string) []Fault {
	if before, known := l.owners[id]; known && before != key {
		return []Fault{faultf(Reused, "id %d was given to %s and then to %s", id, before, key)}
	}
	l.owners[id] = key
	return nil
}
