package ledger_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
)

// account returns a ledger of Ann, who was changed once, Bob, who was deleted, and a
// bulk of three, all answered; and of Cid, a change of Ann and a bulk of two, which
// were not. The rows are the least that must be there.
func account() (*ledger.Ledger, []ledger.Row) {
	moment := int64(0)
	l := ledger.New(func() int64 { moment++; return moment })
	ann, made := l.Create(ledger.Look{Name: "ann/0", Age: 1})
	made.Answered(1)
	ann.Change(&ledger.Look{Name: "ann/1", Age: 2}).Answered(1)
	bob, made := l.Create(ledger.Look{Name: "bob/0", Age: 1})
	made.Answered(2)
	bob.Change(nil).Answered(2)
	l.Bulk(3).Answered()
	l.Create(ledger.Look{Name: "cid/0", Age: 1})
	ann.Change(&ledger.Look{Name: "ann/2", Age: 3})
	l.Bulk(2)
	return l, append([]ledger.Row{{ID: 1, Name: "ann/1", Age: 2}}, bulk(3, 3)...)
}

// bulk returns the rows of a bulk.
func bulk(firstID int64, size int) (rows []ledger.Row) {
	for i := range size {
		rows = append(rows, ledger.Row{ID: firstID + int64(i), Name: "Person " + strconv.Itoa(i), Age: i})
	}
	return rows
}

func TestWhatWasNotAnsweredMayBeThereOrNot(t *testing.T) {
	t.Parallel()
	l, rows := account()
	if faults := l.Compare(rows, ledger.Now); len(faults) > 0 {
		t.Errorf("without what was not answered: got %v, want no fault", faults)
	}
	rows[0] = ledger.Row{ID: 1, Name: "ann/2", Age: 3}
	rows = append(rows, ledger.Row{ID: 6, Name: "cid/0", Age: 1})
	rows = append(rows, bulk(7, 2)...)
	if faults := l.Compare(rows, ledger.Now); len(faults) > 0 {
		t.Errorf("with it: got %v, want no fault", faults)
	}
}

func TestEachFaultIsFound(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(rows []ledger.Row) []ledger.Row
		want   ledger.Kind
	}{
		{"a person is gone", func(rows []ledger.Row) []ledger.Row { return rows[1:] }, ledger.Lost},
		{"a change is gone", func(rows []ledger.Row) []ledger.Row { rows[0].Name, rows[0].Age = "ann/0", 1; return rows }, ledger.Lost},
		{"one field of a change is gone", func(rows []ledger.Row) []ledger.Row { rows[0].Age = 1; return rows }, ledger.Lost},
		{"a person has another id", func(rows []ledger.Row) []ledger.Row { rows[0].ID = 9; return rows }, ledger.Strange},
		{"a deleted person is there", func(rows []ledger.Row) []ledger.Row {
			return append(rows, ledger.Row{ID: 2, Name: "bob/0", Age: 1})
		}, ledger.Lost},
		{"a bulk is gone", func(rows []ledger.Row) []ledger.Row { return rows[:1] }, ledger.Lost},
		{"the end of a bulk is gone", func(rows []ledger.Row) []ledger.Row { return rows[:3] }, ledger.Lost},
		{"one of a bulk is gone", func(rows []ledger.Row) []ledger.Row { return append(rows[:2], rows[3:]...) }, ledger.Partial},
		{"half a bulk is there that was not answered", func(rows []ledger.Row) []ledger.Row {
			return append(rows, bulk(6, 1)...)
		}, ledger.Partial},
		{"a bulk is there twice", func(rows []ledger.Row) []ledger.Row { return append(rows, bulk(6, 3)...) }, ledger.Strange},
		{"somebody is there whom nobody made", func(rows []ledger.Row) []ledger.Row {
			return append(rows, ledger.Row{ID: 6, Name: "eve/0", Age: 1})
		}, ledger.Strange},
		{"a person is there twice", func(rows []ledger.Row) []ledger.Row {
			return append(rows, ledger.Row{ID: 6, Name: "ann/1", Age: 2})
		}, ledger.Strange},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l, rows := account()
			if faults := l.Compare(test.change(rows), ledger.Now); ledger.Count(faults, test.want) == 0 {
				t.Errorf("got %v, want a fault of the kind %q", faults, test.want)
			}
		})
	}
}

func TestOnlyWhatWasAnsweredByAMomentIsWantedAtIt(t *testing.T) {
	t.Parallel()
	l, _ := account() // Ann was made from 1 to 2, and changed from 3 to 4
	for _, test := range []struct {
		moment int64
		row    []ledger.Row
		faults int
	}{
		{0, nil, 0},
		{1, nil, 0},
		{2, nil, 1},
		{2, []ledger.Row{{ID: 1, Name: "ann/0", Age: 1}}, 0},
		{2, []ledger.Row{{ID: 1, Name: "ann/1", Age: 2}}, 1}, // from the future
		{3, []ledger.Row{{ID: 1, Name: "ann/1", Age: 2}}, 0},
		{4, []ledger.Row{{ID: 1, Name: "ann/0", Age: 1}}, 1},
	} {
		if faults := l.Compare(test.row, test.moment); len(faults) != test.faults {
			t.Errorf("at %d with %v: got %v, want %d faults", test.moment, test.row, faults, test.faults)
		}
	}
}

func TestAnIdThatIsGivenAgainIsFound(t *testing.T) {
	t.Parallel()
	l, rows := account()
	_, made := l.Create(ledger.Look{Name: "dan/0", Age: 1})
	made.Answered(2) // Bob had it
	rows = append(rows, ledger.Row{ID: 2, Name: "dan/0", Age: 1})
	if faults := l.Compare(rows, ledger.Now); ledger.Count(faults, ledger.Reused) != 1 {
		t.Errorf("an answer with the id of a deleted person: got %v, want it found", faults)
	}

	l, rows = account()
	if faults := l.Settle(append(rows, bulk(6, 2)...)); len(faults) > 0 {
		t.Fatal(faults)
	}
	// The bulk of two goes, and Cid's comes with one of its ids.
	if faults := l.Settle(append(rows, ledger.Row{ID: 7, Name: "cid/0", Age: 1})); ledger.Count(faults, ledger.Reused) != 1 {
		t.Errorf("a row with the id of a bulk: got %v, want it found", faults)
	}
}

func TestWhatIsSettledStays(t *testing.T) {
	t.Parallel()
	l, rows := account()
	rows = append(rows, bulk(6, 2)...)
	rows[0] = ledger.Row{ID: 1, Name: "ann/2", Age: 3}
	if faults := l.Settle(rows); len(faults) > 0 {
		t.Fatal(faults)
	}
	if faults := l.Compare(rows, ledger.Now); len(faults) > 0 {
		t.Errorf("the same rows again: got %v, want no fault", faults)
	}
	late := slices.Concat(rows, []ledger.Row{{ID: 8, Name: "cid/0", Age: 1}})
	if faults := l.Compare(late, ledger.Now); len(faults) == 0 {
		t.Error("Cid, who was not there before, appears: got no fault, want one")
	}
	if faults := l.Compare(rows[:4], ledger.Now); ledger.Count(faults, ledger.Lost) != 1 {
		t.Errorf("the bulk of two, which was there, is gone: got %v, want it lost", faults)
	}
}
