package domain

import (
	"context"
	"iter"
	"math"
	"slices"
)

// SeekQuery asks for the persons next to a place in the list of all persons in
// the order of their ids.
type SeekQuery struct {
	// From is the place: an id, anybody's or nobody's. Who has it is not among the
	// persons asked for. math.MinInt64 is before everybody and math.MaxInt64 behind
	// everybody, because no store gives these two as ids.
	From int64
	// Backward asks for the persons before From instead of those after it.
	Backward bool
	// Size is how many persons are asked for at most, at least 1.
	Size int
}

// Limit returns how many persons a store reads to answer the query: one more than
// are asked for, which tells whether there are more. The error is CodeInvalid for
// a size below 1.
func (q SeekQuery) Limit() (int, error) {
	if q.Size < 1 {
		return 0, &Error{Code: CodeInvalid, Message: "a slice holds at least one person"}
	}
	// No list has more than math.MaxInt persons, so nobody is left out there.
	return min(q.Size, math.MaxInt-1) + 1, nil
}

// Slice makes the answer of what a store read: at most Limit persons, the nearest
// to From first. It keeps found and changes it.
func (q SeekQuery) Slice(found []Person) Slice {
	more := len(found) > q.Size
	if more {
		found = found[:q.Size]
	}
	if q.Backward {
		slices.Reverse(found)
	}
	return Slice{Persons: found, More: more}
}

// Slice is a part of the list of all persons, as it was at one moment.
type Slice struct {
	// Persons are in the order of their ids, whichever direction was asked for.
	Persons []Person
	// More tells whether there are more persons in the direction asked for.
	More bool
}

// After returns the persons after an id, anybody's or nobody's, as many as a page
// holds. math.MinInt64 asks for the first.
func (r *Registry) After(ctx context.Context, id int64) (Slice, error) {
	return r.store.Seek(ctx, SeekQuery{From: id, Size: r.pageSize})
}

// Before returns the persons before an id, anybody's or nobody's, as many as a
// page holds. math.MaxInt64 asks for the last.
func (r *Registry) Before(ctx context.Context, id int64) (Slice, error) {
	return r.store.Seek(ctx, SeekQuery{From: id, Backward: true, Size: r.pageSize})
}

// walkSize is how many persons All reads at a time.
const walkSize = 500

// All walks through all persons in the order of their ids. It reads 500 at a time
// and keeps nothing of the store in use between two reads, so persons may be
// written meanwhile, by the walker too. A person who is there during the whole
// walk is met exactly once, as they were when they were read. A walk can be left
// early, and walked again from the start.
//
// When ctx ends, its error comes next; that the store is closed is noticed at the
// next read. An error is the last thing that All yields.
func (r *Registry) All(ctx context.Context) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		query := SeekQuery{From: math.MinInt64, Size: walkSize}
		for {
			slice, err := r.store.Seek(ctx, query)
			if err != nil {
				yield(Person{}, err)
				return
			}
			for _, person := range slice.Persons {
				if !yield(person, nil) {
					return
				}
				if err := ContextError(ctx); err != nil {
					yield(Person{}, err)
					return
				}
				query.From = person.ID()
			}
			if !slice.More {
				return
			}
		}
	}
}
