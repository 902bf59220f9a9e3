//go:build linux

package torture_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/disk"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

func TestWhatWasAnsweredSurvivesAPowerCut(t *testing.T) {
	t.Parallel()
	found := cutPower(t, powerCuts{generations: size(2, 15), cuts: size(12, 40), writing: size(300, 1000)})
	report(t, "after a power cut", found.faults)
	figure(t, "%s", found)
}

// What the test proves hangs on its finding what a weaker setting loses.
func TestAPowerCutTakesWhatWasNotSynced(t *testing.T) {
	t.Parallel()
	t.Run("where SQLite does not sync commits", func(t *testing.T) {
		t.Parallel()
		found := cutPower(t, powerCuts{generations: 1, cuts: size(12, 40), writing: size(300, 1000), env: "SQLITE_SYNCHRONOUS=NORMAL"})
		if ledger.Count(found.faults, ledger.Lost) == 0 {
			t.Errorf("got %s, want something lost", found)
		}
		figure(t, "%s", found)
	})
	t.Run("where the disk only pretends to sync", func(t *testing.T) {
		t.Parallel()
		found := cutPower(t, powerCuts{generations: 1, cuts: size(12, 40), writing: size(300, 1000), fault: disk.Pretended})
		if len(found.faults) == 0 {
			t.Errorf("got %s, want something lost", found)
		}
		figure(t, "%s", found)
	})
}

// powerCuts says how the power is cut.
type powerCuts struct {
	// generations is how many times the program is run; each goes on with what a cut of
	// the one before left. cuts is how many points of each are looked at.
	generations, cuts int
	writing           int // milliseconds
	env               string
	fault             disk.Fault // of syncs
}

// cutTally is what power cuts did.
type cutTally struct {
	cuts, answers, operations, syncs int
	faults                           []ledger.Fault
}

// String tells what was found.
func (c cutTally) String() string {
	return fmt.Sprintf("%d power cuts among %d operations of the disk, %d of them syncs: of %d answered writes %d lost, %d partial bulks, %d other faults",
		c.cuts, c.operations, c.syncs, c.answers, ledger.Count(c.faults, ledger.Lost), ledger.Count(c.faults, ledger.Partial),
		len(c.faults)-ledger.Count(c.faults, ledger.Lost)-ledger.Count(c.faults, ledger.Partial))
}

// generationsPerFile is after how many runs a new file is begun.
const generationsPerFile = 3

// count counts what a log has.
func (c *cutTally) count(operations []disk.Operation, book *ledger.Ledger) {
	c.operations += len(operations)
	c.syncs += countSyncs(operations)
	c.answers += book.Answers()
}

// cutPower lets clients write, and looks at what is left when the power is cut at
// many points of that.
func cutPower(t *testing.T, config powerCuts) (all cutTally) {
	t.Helper()
	random := chance(t)
	var files map[string][]byte
	for number := range config.generations {
		if number%generationsPerFile == 0 {
			files = map[string][]byte{} // else looking at all of it would take ever longer
		}
		files = config.generation(t, random, number, files, &all)
		if t.Failed() {
			break
		}
	}
	return all
}

// generation runs the program on files and cuts the power at many points. It returns
// what one of the cuts left.
func (p powerCuts) generation(t *testing.T, random *rand.Rand, number int, files map[string][]byte, all *cutTally) map[string][]byte {
	t.Helper()
	database := filepath.Join(t.TempDir(), "data", "db.sqlite3")
	if err := disk.Restore(filepath.Dir(database), files); err != nil {
		t.Fatal(err)
	}
	w := watch(t, database)
	if err := w.Fail(disk.Faults{Sync: p.fault}); err != nil {
		t.Fatal(err)
	}
	book := ledger.New(lengthOf(t, w))
	if len(files) > 0 {
		copied := filepath.Join(copyFolder(t, filepath.Dir(database)), filepath.Base(database))
		before, err := inspect(t.Context(), copied)
		if err != nil {
			t.Fatal(err)
		}
		book.Inherit(before)
	}

	clients := &writers{ledger: book, bulkPause: 60}
	clients.persons.Store(int64(number) * 1_000_000)
	server := start(t, database, append(w.Environment(true), p.env, withoutJobs)...)
	if status := get(t, server.Address, wire.Persons); status != http.StatusOK {
		t.Errorf("the first answer after a power cut: got %d, want 200", status)
	}
	clients.run(server.Address, 6, random, during(time.Duration(p.writing)*time.Millisecond))
	if number%2 == 0 {
		server.Kill()
	} else if err := server.Stop(); err != nil { // so that the last use of the file is looked at too
		t.Errorf("a stop: got %v, want exit 0", err)
	}
	report(t, "before the power cut", clients.takeFaults())

	operations, err := disk.ReadLog(w.Log())
	if err != nil {
		t.Fatal(err)
	}
	all.count(operations, book)
	if p.fault == disk.None && countSyncs(operations) == 0 {
		t.Fatalf("the log has %d operations and no sync: the library does not see what the program does", len(operations))
	}
	return p.cut(t, random, files, operations, book, all)
}

// cut cuts the power at many points and looks at what is left. It returns what the
// last cut left.
func (p powerCuts) cut(t *testing.T, random *rand.Rand, files map[string][]byte, operations []disk.Operation, book *ledger.Ledger, all *cutTally) (left map[string][]byte) {
	t.Helper()
	model := disk.NewModel(files)
	next := 0
	for _, point := range points(random, operations, p.cuts) {
		for ; next < point; next++ {
			if err := model.Apply(operations[next]); err != nil {
				t.Fatal(err)
			}
		}
		moment := int64(0)
		if point > 0 {
			moment = operations[point-1].End
		}
		left = model.Cut(random, []float64{0, 0.5, 0.95, random.Float64()}[random.IntN(4)])
		all.cuts++
		all.faults = append(all.faults, look(t, left, book, moment)...)
	}
	return left
}

// points returns where the power is cut, in growing order: numbers of operations
// that were done before. Half of them are next to a sync, where most is at stake, and
// some at the beginning, where the schema is made or the WAL recovered.
func points(random *rand.Rand, operations []disk.Operation, count int) []int {
	var syncs, chosen []int
	for i, operation := range operations {
		if operation.Kind == disk.Sync {
			syncs = append(syncs, i)
		}
	}
	for len(chosen) < count {
		point := random.IntN(len(operations) + 1)
		switch random.IntN(8) {
		case 0:
			point = random.IntN(min(len(operations), 100) + 1)
		case 1, 2, 3, 4:
			if len(syncs) > 0 {
				point = syncs[random.IntN(len(syncs))] + random.IntN(2) // before it or after it
			}
		}
		chosen = append(chosen, point)
	}
	slices.Sort(chosen)
	return chosen
}

func countSyncs(operations []disk.Operation) (count int) {
	for _, operation := range operations {
		if operation.Kind == disk.Sync {
			count++
		}
	}
	return count
}

// scratch returns a new folder, in memory where there is one: what is only looked at
// need not wait for a disk.
func scratch(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "torture")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// look opens what a power cut left and tells what is wrong with it.
func look(t *testing.T, left map[string][]byte, book *ledger.Ledger, moment int64) []ledger.Fault {
	t.Helper()
	folder := filepath.Join(scratch(t), "left")
	defer os.RemoveAll(filepath.Dir(folder)) // hundreds of them would be much
	if err := disk.Restore(folder, left); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "db.sqlite3")
	rows, nextID, err := recovered(t.Context(), path)
	if err != nil {
		return []ledger.Fault{{Kind: ledger.Lost, What: "the database: " + err.Error()}}
	}
	faults := book.Compare(rows, moment)
	if last := book.LastID(moment); nextID <= last {
		faults = append(faults, ledger.Fault{Kind: ledger.Reused, What: fmt.Sprintf("id %d was given, and the next was %d", last, nextID)})
	}
	if err := checkFile(t.Context(), path); err != nil {
		faults = append(faults, ledger.Fault{Kind: ledger.Strange, What: err.Error()})
	}
	return faults
}
