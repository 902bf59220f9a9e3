package domain

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"math"
	"strconv"
)

// MoveSource is whom Move reads.
type MoveSource interface {
	Page(ctx context.Context, query PageQuery) (Page, error)
	Seek(ctx context.Context, query SeekQuery) (Slice, error)
	// LastID returns the greatest id that was ever given, or 0.
	LastID(ctx context.Context) (int64, error)
}

// MoveTarget is where Move writes.
type MoveTarget interface {
	Page(ctx context.Context, query PageQuery) (Page, error)
	Seek(ctx context.Context, query SeekQuery) (Slice, error)
	// KeepPersons saves persons under the ids that they have.
	KeepPersons(ctx context.Context, persons []Person) error
	// KeepLastID makes sure that ids up to id are not given.
	KeepLastID(ctx context.Context, id int64) error
}

// Move is the use case of moving all persons of one store into another, where they have
// the same ids. The source is only read. Not moved is what else a store may keep: users and
// their sessions, API tokens, the history, claims and jobs.
type Move struct {
	source MoveSource
	target MoveTarget
}

// NewMove returns the use case.
func NewMove(source MoveSource, target MoveTarget) *Move { return &Move{source, target} }

// MovePhase is what a move does at a time.
type MovePhase string

// The phases, in their order.
const (
	// MoveChecking compares who is in the target already.
	MoveChecking MovePhase = "checking"
	// MoveKeeping moves.
	MoveKeeping MovePhase = "moving"
	// MoveComparing compares everybody in the end.
	MoveComparing MovePhase = "comparing"
)

// MoveProgress says how far a phase is.
type MoveProgress struct {
	Phase MovePhase
	// Done is how many persons are done, and Total how many there were when the
	// phase began. It may end with more or fewer, where others write.
	Done, Total int64
}

// Moved says what a move came to.
type Moved struct {
	// Persons is how many there are, in the source and in the target.
	Persons int64
	// Found is how many of them were in the target before.
	Found int64
	// LastID is the greatest id that the source ever gave.
	LastID int64
	// Sum is the SHA-256 of all persons in the order of their ids, each as a line of id,
	// age, the number of bytes of the name, and the name, with a space between them.
	Sum [sha256.Size]byte
}

// DifferenceError tells of the first person, in the order of the ids, whom source and
// target of a move do not hold alike.
type DifferenceError struct {
	// Phase is MoveChecking, when nothing was written yet, or MoveComparing.
	Phase MovePhase
	ID    int64
	// InSource and InTarget tell who has the person; where both do, name or age differ.
	InSource, InTarget bool
}

// Error returns one line without name and age.
func (e *DifferenceError) Error() string {
	switch {
	case !e.InTarget:
		return fmt.Sprintf("person %d is only in the source", e.ID)
	case !e.InSource:
		return fmt.Sprintf("person %d is only in the target", e.ID)
	default:
		return fmt.Sprintf("person %d is not the same in source and target", e.ID)
	}
}

// moveSize is how many persons are read at a time, and kept together.
const moveSize = 5000

// Run moves whoever is not in the target yet, and compares both in the end, person by
// person. It goes on where an earlier run was broken off, at whatever moment: the
// target must hold nobody, or the first persons of the source and nobody else, which is
// compared before anything is written. From before the first person is written the
// target gives no id that the source ever gave.
//
// The error is CodeConflict with a *DifferenceError in its chain where they differ,
// before or in the end; nobody is ever overwritten. Who writes to the source
// meanwhile is found in the end: who was created last is moved by another run, who was
// changed or deleted makes the target unfit. Other errors are those of the stores; what was
// kept until then stays.
//
// told, unless it is nil, is told of the beginning of each phase and of each step, from the
// same goroutine. Memory does not grow with the number of persons.
func (m *Move) Run(ctx context.Context, told func(MoveProgress)) (Moved, error) {
	if told == nil {
		told = func(MoveProgress) {}
	}
	found, err := m.compare(ctx, MoveChecking, told)
	if err != nil {
		return Moved{}, err
	}
	if _, err := m.keepLastID(ctx); err != nil {
		return Moved{}, err
	}
	if err := m.keep(ctx, found, told); err != nil {
		return Moved{}, err
	}
	both, err := m.compare(ctx, MoveComparing, told)
	if err != nil {
		return Moved{}, err
	}
	lastID, err := m.keepLastID(ctx) // it may be another one by now
	if err != nil {
		return Moved{}, err
	}
	return Moved{Persons: both.persons, Found: found.persons, LastID: lastID, Sum: both.sum()}, nil
}

// keepLastID lets the target give no id that the source ever gave, and returns the last.
func (m *Move) keepLastID(ctx context.Context) (int64, error) {
	id, err := m.source.LastID(ctx)
	if err != nil {
		return 0, err
	}
	return id, m.target.KeepLastID(ctx, id)
}

// keep moves whoever comes behind those who were found.
func (m *Move) keep(ctx context.Context, found *digest, told func(MoveProgress)) error {
	total, err := total(ctx, m.source)
	if err != nil {
		return err
	}
	progress := MoveProgress{Phase: MoveKeeping, Total: total - found.persons}
	told(progress)
	query := SeekQuery{From: found.last, Size: moveSize}
	for {
		slice, err := m.source.Seek(ctx, query)
		if err != nil {
			return err
		}
		if err := m.target.KeepPersons(ctx, slice.Persons); err != nil {
			return err
		}
		progress.Done += int64(len(slice.Persons))
		told(progress)
		if !slice.More {
			return nil
		}
		query.From = slice.Persons[len(slice.Persons)-1].ID()
	}
}

// compare walks through both stores side by side and returns what both hold. When it
// checks, it goes only as far as the target does.
func (m *Move) compare(ctx context.Context, phase MovePhase, told func(MoveProgress)) (*digest, error) {
	progress := MoveProgress{Phase: phase}
	var err error
	if progress.Total, err = total(ctx, m.target); err != nil {
		return nil, err
	}
	told(progress)
	both, query := newDigest(), SeekQuery{From: math.MinInt64, Size: moveSize}
	for {
		here, err := m.source.Seek(ctx, query)
		if err != nil {
			return nil, err
		}
		there, err := m.target.Seek(ctx, query)
		if err != nil {
			return nil, err
		}
		if phase == MoveChecking { // whoever comes behind them is still to be moved
			here = Slice{Persons: here.Persons[:min(len(here.Persons), len(there.Persons))]}
		}
		if difference := firstDifference(here.Persons, there.Persons); difference != nil {
			difference.Phase = phase
			return nil, &Error{Code: CodeConflict, Message: differMessages[phase], Cause: difference}
		}
		both.add(here.Persons)
		query.From, progress.Done = both.last, both.persons
		told(progress)
		if !here.More && !there.More {
			return both, nil
		}
	}
}

var differMessages = map[MovePhase]string{
	MoveChecking:  "the target holds others than the source, and nobody was moved",
	MoveComparing: "source and target are not the same after the move",
}

// firstDifference returns the first person who is not in both, or nil.
func firstDifference(here, there []Person) *DifferenceError {
	for i := range max(len(here), len(there)) {
		switch {
		case i == len(there) || i < len(here) && here[i].id < there[i].id:
			return &DifferenceError{ID: here[i].id, InSource: true}
		case i == len(here) || here[i].id > there[i].id:
			return &DifferenceError{ID: there[i].id, InTarget: true}
		case here[i] != there[i]:
			return &DifferenceError{ID: here[i].id, InSource: true, InTarget: true}
		}
	}
	return nil
}

// total returns how many persons a store holds.
func total(ctx context.Context, store interface {
	Page(ctx context.Context, query PageQuery) (Page, error)
},
) (int64, error) {
	page, err := store.Page(ctx, PageQuery{Number: 1, Size: 1})
	return page.Total, err
}

// digest is what a walk has met.
type digest struct {
	persons int64
	last    int64 // id of the last of them; math.MinInt64 before the first
	hash    hash.Hash
	line    []byte
}

func newDigest() *digest { return &digest{last: math.MinInt64, hash: sha256.New()} }

func (d *digest) add(persons []Person) {
	for _, person := range persons {
		d.line = strconv.AppendInt(d.line[:0], person.id, 10)
		d.line = strconv.AppendInt(append(d.line, ' '), int64(person.age), 10)
		d.line = strconv.AppendInt(append(d.line, ' '), int64(len(person.name)), 10)
		d.line = append(append(append(d.line, ' '), person.name...), '\n')
		_, _ = d.hash.Write(d.line) // it never fails
		d.persons++
		d.last = person.id
	}
}

func (d *digest) sum() (sum [sha256.Size]byte) {
	d.hash.Sum(sum[:0])
	return sum
}
