package historytest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/historytest"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
)

// control is a broken store and the start of the name of the case that must notice.
type control struct {
	wantFailing string
	fault       string
	harness     historytest.Harness
}

func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { historytest.Run(t, c.harness) })
		})
	}
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, historytest.CaseNames(), wantFailing)
}

// Every method of the port is called by a case, too.
func TestMemstoreBehindMocksPasses(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.HistoryStore](t)
	recorded := func(broken brokenStore, _ *memstore.Store) { methods.Record(broken.HistoryStoreMock) }
	for _, fault := range []plant{recorded, reading(pick), behind(func(*curtain, brokenStore, *memstore.Store) {})} {
		historytest.Run(t, historytest.Harness{Open: func(string) (historytest.Store, error) { return planted(memstore.New(), fault), nil }})
	}
}

func TestMemstoreThatIsOpenedAgainPasses(t *testing.T) {
	t.Parallel()
	historytest.RunOpenings(t, reopened(faultless))
}

func controls() []control {
	var controls []control
	for _, c := range slices.Concat(changeFaults(), nothingFaults(), togetherFaults(), readingFaults(), countingFaults()) {
		controls = append(controls, control{c.wantFailing, c.fault, historytest.Harness{
			Open: func(string) (historytest.Store, error) { return planted(memstore.New(), c.plant), nil },
		}})
	}
	forgetful := historytest.Harness{Durable: true, Open: func(string) (historytest.Store, error) { return memstore.New(), nil }}
	return append(controls,
		control{"changes are there as they were", "a new opening forgets everything", forgetful},
		control{"changes are there as they were", "a new opening numbers from 1", reopened(ownOnly)},
		control{"changes are there for another opening", "an opening has changes of its own", reopened(ownOnly)},
	)
}

// fault is what makes a store broken.
type fault struct {
	wantFailing string
	fault       string
	plant       plant
}

func changeFaults() []fault {
	return []fault{
		{"a change of each kind", "chunks have no origin", loseOriginOfChunks},
		{"a change of each kind", "deletes of a batch have no origin", loseOriginOfDeletes},
		{"a change of each kind", "a create has the origin of the one before", oneOriginForAll},
		{"a change of each kind", "of a change the job is lost", each(func(change *domain.Change) { change.Origin.Job = "" })},
		{"a change of each kind", "of a change by a job only the job is kept", each(jobAlone)},
		{"an origin comes back", "a job is trimmed", each(func(change *domain.Change) {
			change.Origin.Job = domain.JobID(strings.TrimSpace(string(change.Origin.Job)))
		})},
		{"an origin comes back", "who did it is trimmed", each(func(change *domain.Change) { change.Origin.Who = strings.TrimSpace(change.Origin.Who) })},
		{"an origin comes back", "who did it is kept in ASCII", each(func(change *domain.Change) {
			change.Origin.Who = strings.ToValidUTF8(change.Origin.Who[:len(change.Origin.Who)/2], "")
		})},
		{"of who made a change", "who did it is cut at 255 bytes", each(cutWhoAt255Bytes)},
		{"of who made a change", "a change by who is no text is refused", refuseBadWho},
		{"a change was made during its call", "times are kept in seconds", each(func(change *domain.Change) { change.At = change.At.Truncate(time.Second) })},
		{"a change was made during its call", "times are in another zone", each(func(change *domain.Change) { change.At = change.At.In(time.FixedZone("elsewhere", 3600)) })},
		{"a change was made during its call", "a change is made a second later", each(func(change *domain.Change) { change.At = change.At.Add(time.Second) })},

		{"a create leaves", "who was created is lost", each(loseAfter)},
		{"a replace leaves", "the person before is lost", each(loseBefore)},
		{"a replace leaves", "an edit is a deletion", each(editedIsDeleted)},
		{"a patch leaves", "a change of the age is none", without(onlyAgeChanged)},
		{"a delete leaves", "the person deleted is lost", each(loseBefore)},
		{"a batch of deletes leaves", "deletes of a batch are one change", altering(joinDeletes)},
		{"a batch of 1 ", "who was created in a batch is lost", each(loseAfter)},
		{"a batch of 2 ", "a batch counts as one", countAtMost(1)},
		{"a batch of 501 ", "a batch counts as one statement", countAtMost(500)},
		{"a batch of 10000 ", "a batch counts as 9,999", countAtMost(9_999)},
		{"a batch with a claim", "a claim leaves no change", behind(claimsLeaveNone)},
		{"chunks that end leave", "chunks leave no change", behind(chunksLeaveNone)},
		{"a chunk of one", "who was created by a chunk is lost", each(loseAfter)},
	}
}

func nothingFaults() []fault {
	return []fault{
		{"a claim that was answered", "a claim that repeats leaves a change", repeatsLeaveOne},
		{"a replace and a patch", "a patch always leaves a change", equalPatchLeavesOne},
		{"a batch of nobody", "a delete of nobody leaves a change", nobodyLeavesOne},
		{"chunks that end without", "a dry run leaves a change", dryRunLeavesOne},
		{"a call that is refused", "a delete that is refused leaves a change", refusedLeavesOne},
		{"a call whose ctx ended", "a create whose ctx ended is made", endedIsMade},
	}
}

func togetherFaults() []fault {
	return []fault{
		{"persons and their change", "a change is lost when ctx ends", behind(loseWhenEnded)},
		{"who sees a person", "a change comes a moment later", changeLater},
		{"who sees a person", "a person comes a moment later", personLater},
		{"a call that has returned", "a change comes with the next", altering(withoutLatest)},
		{"of many who write", "each tenth change is lost", without(eachTenth)},
		{"of many who write", "a create among many has another's origin", oneOriginForAll},
		{"the changes of a person whom many", "two changes are swapped", altering(swapNeighbors)},
		{"later changes", "two changes are swapped one after the other", altering(swapNeighbors)},
	}
}

func readingFaults() []fault {
	return []fault{
		{"a new store has no", "a new store has a change", altering(inventOne)},
		{"changes are listed", "the earliest change comes first", reading(earliestFirst)},
		{"changes are listed", "one more than asked for is listed", reading(oneMore)},
		{"changes are listed", "at most 10 are listed", reading(atMost10)},
		{"changes are read on", "the change of the number is listed too", reading(numberToo)},
		{"changes of one person are found", "the number does not count for a person", reading(personOrNumber)},
		{"changes of one person are found", "neighbors are found too", reading(neighborsToo)},
		{"a person of a batch", "the first of a batch has its change", reading(byFirst)},
		{"changes of a person who was deleted", "the last 1,000 changes are searched", reading(amongTheLast)},
		{"a person whom nobody changed", "a negative id is everybody", reading(nobodyIsAll)},
		{"a number of changes below 1", "a size below 1 is 1", sizeAtLeastOne},

		{"changes are there as long", "changes are removed a microsecond early", tidyLater(time.Microsecond)},
		{"changes are there as long", "changes are removed a day early", tidyLater(24 * time.Hour)},
		{"older changes are removed", "nothing is removed", tidyNothing},
		{"older changes are removed", "later ones are removed", tidyLater(time.Hour)},
		{"older changes are removed", "changes are removed a microsecond late", tidyLater(-time.Microsecond)},
		{"many old changes", "there are always more to remove", alwaysMore},
		{"many old changes", "persons are removed with their changes", tidyPersons},
		{"a number is not given again", "numbers begin at 1 again", altering(renumber)},
	}
}

func countingFaults() []fault {
	return []fault{
		{"persons are counted by age", "the greatest age comes first", oldestFirst},
		{"the hours that are asked for", "hours without persons are left out", hoursWithSomebody},
		{"the hours that are asked for", "hours begin at half past", hoursFrom(30 * time.Minute)},
		{"who was created is counted", "persons count in the hour before", hoursFrom(time.Hour)},
		{"an hour counts", "who was deleted does not count", countWhoIsLeft},
		{"the size grows", "the size stays", sizeStays},

		{"each read answers canceled", "the size does not look at ctx", sizeIgnoresContext},
		{"each read answers deadline", "a deadline is answered as canceled", deadlineIsCanceled},
		{"each read answers unavailable", "nobody is counted after close", nobodyAfterClose},
	}
}
