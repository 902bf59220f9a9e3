package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is a kind of fault.
type Kind string

// The kinds of faults.
const (
	Lost    Kind = "lost"    // what was answered as done is not so
	Partial Kind = "partial" // a bulk is there in part
	Strange Kind = "strange" // what nobody asked for is there
	Reused  Kind = "reused"  // an id was given twice
)

// Fault is something that must not be.
type Fault struct {
	Kind Kind
	What string
}

func faultf(kind Kind, format string, values ...any) Fault {
	return Fault{kind, fmt.Sprintf(format, values...)}
}

// String returns the fault in words.
func (f Fault) String() string { return string(f.Kind) + ": " + f.What }

// Compare tells what is wrong with the rows of a database, all of them in the order
// of their ids, that came to its end at a moment: what was answered by then must be
// there, what was begun by then may be, and nothing else.
func (l *Ledger) Compare(rows []Row, moment int64) []Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	rows, faults := l.compareBase(rows)
	singles, runs, mixedUp := sortOut(rows)
	faults = append(faults, mixedUp...)
	for key, p := range l.persons {
		row, found := singles[key]
		faults = append(faults, p.compare(row, found, moment)...)
		delete(singles, key)
	}
	for _, row := range singles {
		faults = append(faults, faultf(Strange, "nobody asked for %v", row))
	}
	return append(append(faults, l.compareBulks(runs, moment)...), l.faults...)
}

// compareBase tells what is wrong with who was there before. It returns the others:
// ids grow, so they come behind.
func (l *Ledger) compareBase(rows []Row) (others []Row, faults []Fault) {
	for i, before := range l.base {
		if i == len(rows) || rows[i] != before {
			return rows[min(i, len(rows)):], []Fault{faultf(Lost, "%v, who was there before, is gone or changed", before)}
		}
	}
	return rows[len(l.base):], nil
}

// compare tells what is wrong with one person.
func (p *Person) compare(row Row, found bool, moment int64) []Fault {
	required, allowed := (*Look)(nil), []*Look{nil}
	idKnown := false
	for _, change := range p.history {
		switch {
		case change.answered <= moment:
			required, allowed, idKnown = change.after, []*Look{change.after}, true
		case change.begun <= moment:
			allowed = append(allowed, change.after)
		}
	}
	if found && idKnown && row.ID != p.id {
		return []Fault{faultf(Strange, "%v was answered with id %d", row, p.id)}
	}
	for _, look := range allowed {
		if look == nil && !found || look != nil && found && *look == (Look{row.Name, row.Age}) {
			return nil
		}
	}
	switch {
	case !found:
		return []Fault{faultf(Lost, "%s with id %d is not there, want %v", p.key, p.id, *required)}
	case required == nil:
		return []Fault{faultf(Lost, "%v is there again, want it deleted", row)}
	default:
		return []Fault{faultf(Lost, "%v is there, want %v", row, *required)}
	}
}

func (l *Ledger) compareBulks(runs []run, moment int64) (faults []Fault) {
	seen := map[int]int{}
	for _, r := range runs {
		seen[r.size]++
	}
	for _, bulk := range l.bulks {
		switch count := seen[bulk.size]; {
		case count > 1:
			faults = append(faults, faultf(Strange, "the bulk of %d is there %d times", bulk.size, count))
		case count == 0 && bulk.answered <= moment:
			faults = append(faults, faultf(Lost, "the bulk of %d is not there", bulk.size))
		case count == 1 && bulk.begun > moment:
			faults = append(faults, faultf(Strange, "the bulk of %d is there, and was not asked for", bulk.size))
		}
		delete(seen, bulk.size)
	}
	for size := range seen {
		faults = append(faults, faultf(Partial, "%d made-up persons follow each other, and no bulk had that size", size))
	}
	return faults
}

// run is a bulk as it is in the database.
type run struct {
	firstID int64
	size    int
}

// sortOut tells persons of bulks from the others.
func sortOut(rows []Row) (singles map[string]Row, runs []run, faults []Fault) {
	singles = map[string]Row{}
	for _, row := range rows {
		number, made := strings.CutPrefix(row.Name, "Person ")
		if !made {
			if before, twice := singles[keyOf(row.Name)]; twice {
				faults = append(faults, faultf(Strange, "%v and %v are one person", before, row))
			}
			singles[keyOf(row.Name)] = row
			continue
		}
		i, err := strconv.Atoi(number)
		if err == nil && i == 0 {
			runs = append(runs, run{firstID: row.ID})
		}
		if err != nil || len(runs) == 0 || i != runs[len(runs)-1].size || row.ID != runs[len(runs)-1].firstID+int64(i) || row.Age != i%100 {
			faults = append(faults, faultf(Partial, "%v does not follow the person before", row))
			continue
		}
		runs[len(runs)-1].size++
	}
	return singles, runs, faults
}

// Settle takes what is in the database now for what became of the requests that were
// never answered, so that their persons can be changed again. It returns what
// Compare does, and ids that somebody else had before.
func (l *Ledger) Settle(rows []Row) []Fault {
	faults := l.Compare(rows, Now)
	l.mu.Lock()
	defer l.mu.Unlock()
	others, _ := l.compareBase(rows)
	singles, runs, _ := sortOut(others)
	for key, row := range singles {
		faults = append(faults, l.own(row.ID, key)...)
	}
	sizes := map[int]bool{}
	for _, r := range runs {
		sizes[r.size] = true
		for id := r.firstID; id < r.firstID+int64(r.size); id++ {
			faults = append(faults, l.own(id, "the bulk at "+strconv.FormatInt(r.firstID, 10))...)
		}
	}
	for key, p := range l.persons {
		row, found := singles[key]
		p.settle(row, found)
	}
	for _, bulk := range l.bulks {
		switch {
		case bulk.answered == Never && sizes[bulk.size]:
			bulk.answered = l.clock()
		case bulk.answered == Never:
			bulk.begun = Never
		}
	}
	return faults
}

// settle makes the last change one that was answered, or none at all.
func (p *Person) settle(row Row, found bool) {
	if len(p.history) == 0 {
		return
	}
	last := p.history[len(p.history)-1]
	if last.answered != Never {
		return
	}
	done := last.after == nil && !found || last.after != nil && found && *last.after == (Look{row.Name, row.Age})
	if !done {
		p.history = p.history[:len(p.history)-1]
		return
	}
	last.answered = p.ledger.clock()
	if found {
		p.id = row.ID
	}
}

// Count returns how many of the faults are of a kind.
func Count(faults []Fault, kind Kind) int {
	count := 0
	for _, fault := range faults {
		if fault.Kind == kind {
			count++
		}
	}
	return count
}
