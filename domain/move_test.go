package domain_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// fullBatch is how many persons a move keeps together.
const fullBatch = 5000

// newMemory returns a store with n persons, between whose ids there are gaps, and the last
// of whose ids is that of nobody.
func newMemory(t *testing.T, n int) *memstore.Store {
	t.Helper()
	store := memstore.New()
	persons := make([]domain.Person, n)
	for i := range persons {
		persons[i] = domain.GeneratedDraft(uint(i)).Person(int64(i)*2 + 3)
	}
	if err := errors.Join(store.KeepPersons(t.Context(), persons), store.KeepLastID(t.Context(), int64(n)*2+70)); err != nil {
		t.Fatal(err)
	}
	return store
}

// allOf returns everybody in a store.
func allOf(t *testing.T, store *memstore.Store) []domain.Person {
	t.Helper()
	slice, err := store.Seek(t.Context(), domain.SeekQuery{From: math.MinInt64, Size: math.MaxInt})
	if err != nil {
		t.Fatal(err)
	}
	return slice.Persons
}

// wantMoved fails the test unless the target holds what the source does, and gives none of
// its ids.
func wantMoved(t *testing.T, source, target *memstore.Store) {
	t.Helper()
	if got, want := allOf(t, target), allOf(t, source); !slices.Equal(got, want) {
		t.Errorf("got %d persons in the target, want the %d of the source, with their ids", len(got), len(want))
	}
	last, err := source.LastID(t.Context())
	if got, err2 := target.LastID(t.Context()); got != last || err != nil || err2 != nil {
		t.Errorf("got the last id %d in the target and %v, want %d: what the source ever gave is not given again", got, errors.Join(err, err2), last)
	}
}

func TestAMoveMovesEverybodyWithTheirIDs(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, fullBatch - 1, fullBatch, fullBatch + 1, 2*fullBatch + 1000} {
		source, target := newMemory(t, n), memstore.New()
		steps := map[domain.MovePhase]domain.MoveProgress{}
		moved, err := domain.NewMove(source, target).Run(t.Context(), func(p domain.MoveProgress) { steps[p.Phase] = p })
		if err != nil {
			t.Errorf("%d persons: %v", n, err)
			continue
		}
		wantMoved(t, source, target)
		hash := sha256.New()
		for _, p := range allOf(t, source) {
			fmt.Fprintf(hash, "%d %d %d %s\n", p.ID(), p.Age(), len(p.Name()), p.Name())
		}
		want := domain.Moved{Persons: int64(n), LastID: int64(n)*2 + 70, Sum: [sha256.Size]byte(hash.Sum(nil))}
		if moved != want {
			t.Errorf("%d persons: got %+v, want %+v", n, moved, want)
		}
		for _, phase := range []domain.MovePhase{domain.MoveKeeping, domain.MoveComparing} {
			if got, want := steps[phase], (domain.MoveProgress{Phase: phase, Done: int64(n), Total: int64(n)}); got != want {
				t.Errorf("%d persons: the last that was told of a phase: got %+v, want %+v", n, got, want)
			}
		}
	}
}

// breaking is a target whose connection breaks at one of its calls, before or after it has
// taken effect.
type breaking struct {
	*memstore.Store
	left  int // calls until it breaks
	after bool
	kept  int
	calls []string
}

var errBroken = &domain.Error{Code: domain.CodeUnavailable, Message: "the connection is broken"}

func (b *breaking) call(name string, do func() error) error {
	b.calls = append(b.calls, name)
	b.left--
	if b.left >= 0 {
		return do()
	}
	if b.after {
		return errors.Join(errBroken, do())
	}
	return errBroken
}

func (b *breaking) Seek(ctx context.Context, query domain.SeekQuery) (slice domain.Slice, err error) {
	err = b.call("Seek", func() (err error) { slice, err = b.Store.Seek(ctx, query); return err })
	return slice, err
}

func (b *breaking) KeepPersons(ctx context.Context, persons []domain.Person) error {
	b.kept += len(persons)
	return b.call("KeepPersons", func() error { return b.Store.KeepPersons(ctx, persons) })
}

func (b *breaking) KeepLastID(ctx context.Context, id int64) error {
	return b.call("KeepLastID", func() error { return b.Store.KeepLastID(ctx, id) })
}

func TestAMoveThatWasBrokenOffGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	const persons = 2*fullBatch + 1000
	source := newMemory(t, persons)
	for _, after := range []bool{false, true} {
		for calls := 0; ; calls++ {
			target := &breaking{Store: memstore.New(), left: calls, after: after}
			_, err := domain.NewMove(source, target).Run(t.Context(), nil)
			if err == nil {
				break
			}
			if !errors.Is(err, errBroken) {
				t.Fatalf("broken at call %d: got %v, want the error of the target", calls, err)
			}
			found := len(allOf(t, target.Store))
			if last, _ := target.LastID(t.Context()); found > 0 && last <= persons*2 {
				t.Errorf("broken at call %d: %d persons are there and the last id is %d: an id of the source may be given", calls, found, last)
			}
			target.left, target.kept = math.MaxInt, 0
			moved, err := domain.NewMove(source, target).Run(t.Context(), nil)
			if err != nil || moved.Found != int64(found) || moved.Persons != persons {
				t.Errorf("again, after it was broken at call %d: got %+v and %v, want %d who were found", calls, moved, err, found)
			}
			if target.kept != persons-found {
				t.Errorf("again, after it was broken at call %d: %d persons were kept, want the %d who are missing and no others", calls, target.kept, persons-found)
			}
			wantMoved(t, source, target.Store)
		}
	}
}

func TestATargetWithOthersIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	source := newMemory(t, fullBatch+10) // ids 3, 5, 7 …
	first := allOf(t, source)[:fullBatch+5]
	other := domain.GeneratedDraft(999)
	for name, test := range map[string]struct {
		there []domain.Person
		want  domain.DifferenceError
	}{
		"another at the first id":    {[]domain.Person{other.Person(3)}, domain.DifferenceError{ID: 3, InSource: true, InTarget: true}},
		"one before the first":       {[]domain.Person{other.Person(1)}, domain.DifferenceError{ID: 1, InTarget: true}},
		"one between two":            {[]domain.Person{first[0], other.Person(4)}, domain.DifferenceError{ID: 4, InTarget: true}},
		"one behind the last":        {slices.Concat(allOf(t, source), []domain.Person{other.Person(1 << 40)}), domain.DifferenceError{ID: 1 << 40, InTarget: true}},
		"the first is missing":       {first[1:], domain.DifferenceError{ID: 3, InSource: true}},
		"one in the middle differs":  {slices.Concat(first[:fullBatch+2], []domain.Person{other.Person(first[fullBatch+2].ID())}), domain.DifferenceError{ID: first[fullBatch+2].ID(), InSource: true, InTarget: true}},
		"one in the middle, missing": {slices.Concat(first[:fullBatch], first[fullBatch+1:]), domain.DifferenceError{ID: first[fullBatch].ID(), InSource: true}},
	} {
		target := &breaking{Store: memstore.New(), left: math.MaxInt}
		if err := target.Store.KeepPersons(t.Context(), test.there); err != nil {
			t.Fatal(err)
		}
		moved, err := domain.NewMove(source, target).Run(t.Context(), nil)
		test.want.Phase = domain.MoveChecking
		wantDifference(t, name, err, test.want)
		if moved != (domain.Moved{}) || slices.Contains(target.calls, "KeepPersons") || slices.Contains(target.calls, "KeepLastID") {
			t.Errorf("%s: got %+v and the calls %v, want nothing written", name, moved, target.calls)
		}
	}
}

func wantDifference(t *testing.T, name string, err error, want domain.DifferenceError) {
	t.Helper()
	difference, isDifference := errors.AsType[*domain.DifferenceError](err)
	if domain.CodeOf(err) != domain.CodeConflict || !isDifference || *difference != want {
		t.Errorf("%s: got %v (%+v), want code %q and %+v", name, err, difference, domain.CodeConflict, want)
	}
}

// While the last persons are moved somebody writes to the source.
func TestWhatIsWrittenMeanwhileIsFound(t *testing.T) {
	t.Parallel()
	const persons = fullBatch + 10
	draft := domain.GeneratedDraft(999)
	for name, test := range map[string]struct {
		write func(ctx context.Context, source *memstore.Store) error
		want  domain.DifferenceError
		again bool // another run moves it
	}{
		"somebody is created": {
			func(ctx context.Context, source *memstore.Store) error {
				_, err := source.Create(ctx, draft)
				return err
			},
			domain.DifferenceError{ID: persons*2 + 71, InSource: true}, true,
		},
		"somebody is changed": {
			func(ctx context.Context, source *memstore.Store) error {
				_, err := source.Replace(ctx, 5, draft)
				return err
			},
			domain.DifferenceError{ID: 5, InSource: true, InTarget: true}, false,
		},
		"somebody is deleted": {
			func(ctx context.Context, source *memstore.Store) error { return source.Delete(ctx, 2*persons+1) },
			domain.DifferenceError{ID: 2*persons + 1, InTarget: true}, false,
		},
	} {
		source, target := newMemory(t, persons), memstore.New()
		_, err := domain.NewMove(source, target).Run(t.Context(), func(p domain.MoveProgress) {
			if p.Phase == domain.MoveKeeping && p.Done == persons {
				if err := test.write(t.Context(), source); err != nil {
					t.Fatal(err)
				}
			}
		})
		test.want.Phase = domain.MoveComparing
		wantDifference(t, name, err, test.want)
		_, err = domain.NewMove(source, target).Run(t.Context(), nil)
		if test.again {
			if err != nil {
				t.Errorf("%s, and moved again: got %v, want it moved", name, err)
			}
			wantMoved(t, source, target)
		} else {
			test.want.Phase = domain.MoveChecking
			wantDifference(t, name+", and moved again", err, test.want)
		}
	}
}

// Whoever is created and deleted while the move compares is in neither, and had an id.
func TestAnIDThatIsGivenMeanwhileIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	source, target := newMemory(t, 10), memstore.New()
	moved, err := domain.NewMove(source, target).Run(t.Context(), func(p domain.MoveProgress) {
		if p.Phase == domain.MoveComparing && p.Done == 10 {
			person, err := source.Create(t.Context(), domain.GeneratedDraft(999))
			if err := errors.Join(err, source.Delete(t.Context(), person.ID())); err != nil {
				t.Fatal(err)
			}
		}
	})
	if err != nil || moved.LastID != 91 {
		t.Errorf("got %+v and %v, want the last id 91", moved, err)
	}
	wantMoved(t, source, target)
}

func TestAMoveEndsWithItsCtx(t *testing.T) {
	t.Parallel()
	source, target := newMemory(t, 2*fullBatch), memstore.New()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := domain.NewMove(source, target).Run(ctx, func(p domain.MoveProgress) {
		if p.Done > 0 {
			cancel()
		}
	})
	if got := len(allOf(t, target)); domain.CodeOf(err) != domain.CodeCanceled || got != fullBatch {
		t.Errorf("got %d persons and %v, want the %d of the first step, and code %q", got, err, fullBatch, domain.CodeCanceled)
	}
}
