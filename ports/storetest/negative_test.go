package storetest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
)

// control is a broken store and the start of the name of the case that must notice.
type control struct {
	wantFailing string
	fault       string
	harness     storetest.Harness
}

func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { storetest.Run(t, c.harness) })
		})
	}
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, storetest.CaseNames(), wantFailing)
}

func controls() []control {
	return slices.Concat(storeControls(), probeControls(), movingControls(), durableControls())
}

// storeControls returns stores that keep nothing, each with one fault.
func storeControls() []control {
	var controls []control
	for _, c := range []struct {
		wantFailing string
		fault       string
		plant       plant
	}{
		{"a name comes back equal", "names lose their carriage returns", changeNames(func(name string) string { return strings.ReplaceAll(name, "\r", "") })},
		{"a name comes back equal", "names are composed", changeNames(func(name string) string { return strings.ReplaceAll(name, "e\u0301", "é") })},
		{"the longest names", "names are cut at 255 bytes", changeNames(cutAt255Bytes)},
		{"ages from 0", "ages are kept in 16 bits", shortAges},
		{"what a store returns", "a page is kept and given out again", keepPage},
		{"what a store returns", "a slice is kept and given out again", keepSlice},
		{"the drafts of a batch", "a batch is kept as it was handed over", keepDrafts},

		{"the first person has id 1", "ids start at 2", startAtTwo},
		{"the first person of a batch", "ids start at 2 in a batch", startAtTwo},
		{"ids grow", "a batch answers its ids the wrong way round", reverseBatch},
		{"an id is not given again after the last", "ids start after the greatest that is left", reuseIDs},
		{"an id is not given again after everybody", "ids start over in an empty store", reuseIDs},
		{"persons created at the same time", "an id is counted before the person is saved", countIDs},

		{"a batch of nobody", "a batch of nobody is an error", refuseEmptyBatch},
		{"a batch of 1 ", "a batch answers nobody", answerNobody},
		{"a batch of 2 ", "a batch answers the wrong way round", reverseBatch},
		{"a batch of 499 ", "a batch answers the wrong way round too", reverseBatch},
		{"a batch of 500 ", "a batch of a full statement is cut short", cutBatchAt(500)},
		{"a batch of 501 ", "a batch loses what is over a statement", cutBatchAt(501)},
		{"a batch of 10000 ", "a large batch is refused", cutBatchAt(10_000)},
		{"a batch whose ctx ended before", "a batch saves its first half before it looks at ctx", halveBatch},
		{"a batch whose ctx ends while", "a batch saves its first half when ctx ends", halveBatch},
		{"a batch is seen whole", "a batch is saved in two halves", halveBatch},

		{"find, replace, patch and delete", "deleting nobody is no error", swallowMissing},
		{"find, replace, patch and delete", "replacing nobody creates somebody", upsert},
		{"find, replace, patch and delete", "patch answers somebody beside an error", patchBesideError},
		{"every method answers canceled", "a batch answers its persons beside an error", batchBesideError},
		{"a deleted person", "a deleted person is still found", findDeleted},
		{"a call that fails", "replacing nobody creates somebody and fails", upsert},
		{"replace sets", "replace keeps the age", replaceNameOnly},
		{"patch sets", "patch returns the person as it was", patchReturnsOld},
		{"the zero patch", "the zero patch sets the age to 0", zeroPatchSetsAge},
		{"delete removes", "delete removes the next person too", deleteNext},

		{"a batch of deletes of nobody", "a batch of deletes of a stranger is an error", answerDelete(strangerIsNotFound)},
		{"deletes of a batch of 1 ", "a batch of deletes answers nobody", answerDelete(answerNobodyGone)},
		{"deletes of a batch of 2 ", "a batch of deletes answers the wrong way round", answerDelete(answerBackward)},
		{"deletes of a batch of 500 ", "deletes above 499 are lost", deleteAtMost(499)},
		{"deletes of a batch of 501 ", "deletes above 500 are lost", deleteAtMost(500)},
		{"deletes of a batch of 501 ", "a batch of deletes sorts what it was handed", askDelete(sortAsked)},
		{"deletes of a batch of 1000 ", "deletes above 999 are lost", deleteAtMost(999)},
		{"in a batch of deletes", "who comes twice is answered twice", answerDelete(answerEachID)},
		{"a batch of deletes removes those", "a batch of deletes ignores conditions", deleting(deleteUnasked)},
		{"a batch of deletes removes those", "where a condition does not hold for one nobody is deleted", deleting(deleteAllOrNone)},
		{"a batch of deletes asks", "conditions of a batch of deletes are asked about everybody", deleting(askAboutEverybody)},
		{"a batch of deletes asks", "conditions of a batch of deletes are asked about nobody", deleting(deleteUnasked)},
		{"an id is not given again after a batch", "the ids of a batch of deletes are given again", reuseBatchIDs},
		{"a batch of deletes is seen whole", "a batch is deleted in two halves", deleting(deleteHalves)},
		{"a batch of deletes whose ctx ends", "half a batch is deleted when ctx ends", deleting(deleteHalves)},
		{"of many batches of deletes", "a batch of deletes answers whom it saw", deleting(deleteWhomItSaw)},
		{"nobody changes a person between", "a batch of deletes asks too early", deleting(deleteWhomItSaw)},

		{"in the opposite order 0 ", "an empty list has no page in the opposite order", emptyListHasNoPage},
		{"in the opposite order 1 ", "the total counts the deleted in the opposite order", totalCountsDeleted},
		{"in the opposite order 99 ", "there is one order", changePage(alwaysForward, asIs)},
		{"in the opposite order 100 ", "there is an empty page after a full one in the opposite order", emptyPageAfterFull},
		{"in the opposite order 101 ", "the first page is the short one", shortPageFirst},
		{"in the opposite order 10000 ", "a page is in the order of the ids", orderOnPage},
		{"pages are exact", "the first of many pages is the short one", shortPageFirst},

		{"a change whose conditions hold", "no condition ever holds", conditionally(neverHold)},
		{"a change of which one condition", "conditions are ignored", conditionally(ignoreConditions)},
		{"a change of which one condition", "the last condition counts", conditionally(askTheLast)},
		{"conditions are asked about the person", "conditions are asked about nobody", conditionally(askAboutNobody)},
		{"of changes on the condition", "others come between the asking and the change", conditionally(askTooEarly)},

		{"a create with a claim", "claims are ignored", claiming(func(c *claimant) { c.ignored = true })},
		{"a batch of 1 with a claim", "claims of a batch are ignored", claiming(func(c *claimant) { c.ignored = true })},
		{"a batch of 501 with a claim", "claims on more than 500 are ignored", claiming(func(c *claimant) { c.short = 500 })},
		{"a batch of 10000 with a claim", "claims on more than 1000 are ignored", claiming(func(c *claimant) { c.short = 1000 })},
		{"what a claim was answered", "a claim is answered the persons as they are now", claiming(func(c *claimant) { c.current = true })},
		{"a key that stands for another", "any request is the same", claiming(func(c *claimant) { c.anything = true })},
		{"a claim that comes too late", "claims are kept for ever", claiming(func(c *claimant) { c.forever = true })},
		{"claims of different keys", "the case of a key does not count", claiming(keysWithoutCase)},
		{"claims of different keys", "keys are trimmed", claiming(keysAreTrimmed)},
		{"a claim on other drafts", "the claim of the first draft counts", claiming(func(c *claimant) { c.firstOnly = true })},
		{"a claim of a batch that was not saved", "a claim is kept before its batch is saved", claiming(func(c *claimant) { c.tooSoon = true })},
		{"of many claims of one key", "others come between looking and saving", claiming(func(c *claimant) { c.unlocked = true })},
		{"claims among creates", "claims among many are kept too late", claiming(func(c *claimant) { c.unlocked = true })},

		{"0 persons", "an empty list has no page", emptyListHasNoPage},
		{"1 persons", "the total counts the deleted", totalCountsDeleted},
		{"99 persons", "a later page leaves out its first person", dropFirstOfPage},
		{"100 persons", "there is an empty page after a full one", emptyPageAfterFull},
		{"101 persons", "the number of pages is rounded down", lastPageRoundsDown},
		{"10000 persons", "the list ends at id 10000", hideLateIDs},
		{"a page larger", "a page holds at most 100", capPageSize},
		{"a page that does not exist", "page 0 is page 1", pageZeroIsOne},
		{"a page size below 1", "a page size below 1 is 1", pageSizeAtLeastOne},
		{"a page and its total", "the total is of another moment", totalOfAnotherMoment},

		{"pages are exact", "the deletes of some ids are not counted", byBlocks(forgetDeletes)},
		{"pages are exact", "a person at a multiple of 1024 is counted before it", byBlocks(countEdgeBefore)},
		{"pages are exact", "a page begins after a multiple of 1024", byBlocks(beginLate)},
		{"a page read while one", "the total of a page is of another moment", totalOfAnotherMoment},
		{"a page read while one", "a page is counted after its persons are saved", byBlocks(countLater)},
		{"a page read while one", "a page is as it was when last asked for", showLast},
		{"a page read while one", "a person is counted before it is saved", totalKnowsFirst},
		{"pages read while many", "a page is counted after many are saved", byBlocks(countLater)},
		{"pages read while many", "the deletes of many are not counted", byBlocks(forgetDeletes)},
		{"pages read while many", "two persons are swapped", swapOnPage},
		{"pages read while many", "the total is of another moment than many saw", totalOfAnotherMoment},

		{"seek finds the nearest of 0 ", "a slice of nobody holds a stranger", changeSlice(seekStranger)},
		{"seek finds the nearest of 1 ", "who has the id is met again", changeSeek(seekFromIsMet)},
		{"seek finds the nearest of 2 ", "seek goes forward only", changeSeek(seekForwardOnly)},
		{"seek finds the nearest of 130 ", "the place is counted", seekFromIsIndex},
		{"seek finds the nearest of 10000 ", "the list ends at id 10000", changeSlice(seekHidesLateIDs)},
		{"seek tells exactly", "a full slice means that there are more", changeSlice(seekFullMeansMore)},
		{"seek tells exactly", "there are never more before a place", changeSlice(seekMoreForwardOnly)},
		{"seek before a place", "the persons before a place come nearest first", changeSlice(seekNearestFirst)},
		{"seek before a place", "the persons before a place are the first of all", seekFarthest},
		{"seek from the ends", "places are kept in 32 bits", changeSeek(seekFromIsShort)},
		{"seek from the ends", "the place after the greatest overflows", changeSeek(seekFromOverflows)},
		{"seek for more", "a slice holds at most 1000", changeSeek(seekAtMostThousand)},
		{"seek for more", "one more than the greatest size overflows", changeSlice(seekSizeOverflows)},
		{"a seek size below 1", "a slice size below 1 is 1", changeSeek(seekSizeAtLeastOne)},
		{"what seek answers", "whether there are more is of another moment", seekMoreOfAnotherMoment},

		{"a walk meets 0", "a walk begins with a stranger", changeSlice(seekStranger)},
		{"a walk meets 1 ", "a walk leaves out the last person", changeSlice(seekLeavesOutLast)},
		{"a walk meets 2 ", "a walk goes the wrong way round", changeSlice(seekLastFirst)},
		{"a walk meets 10000 ", "a walk meets one person twice where it reads on", changeSeek(seekFromIsMet)},
		{"a walk can be left", "a walk goes on where the last one was left", seekOnlyOnce},
		{"a walk can be left", "a walk meets whom the last one met", keepSlice},
		{"a walk meets whoever is there throughout exactly once while the walker", "a walk counts persons instead of ids", seekByOffset},
		{"a walk meets whoever is there throughout exactly once while others", "a walk counts persons while others delete", seekByOffset},

		{"every method answers canceled", "find does not look at ctx", findIgnoresContext},
		{"every method answers canceled", "seek does not look at ctx", seekIgnoresContext},
		{"every method answers canceled", "seek answers persons beside an error", seekBesideError},
		{"every method answers deadline", "a deadline is answered as canceled", deadlineIsCanceled},
		{"every method answers deadline", "delete looks at ctx when it is done", deleteLooksLate},

		{"what a call did", "a person is read from a cache", cacheFind},
		{"a person who is written", "a person is read from a cache while written", cacheFind},
		{"patches of different fields", "patch reads and then replaces", patchByReplace},
		{"twenty patchers", "patch returns what is there a moment later", patchReturnsLater},
		{"what many callers", "every hundredth create is lost", loseCreates},

		{"writes that come", "a create that is refused is saved", inCrowd(refuseAndSave)},
		{"writes that come", "a delete that is refused is made", refuseAfter},
		{"writes that come", "a create among many is dropped", inCrowd(dropInCrowd)},
		{"writes that come", "a create among many is internal", inCrowd(crowdIsInternal)},
		{"writes that come", "a create among many is never answered", inCrowd(neverAnswer)},
		{"writes that come", "an id among many is not the person's", wrongID},
		{"writes that come", "all writes are refused", refuseEverybody},

		{"every method answers unavailable", "close does nothing", closeNothing},
		{"a second close", "a second close is an error", closeOnce},
		{"every method answers unavailable", "seek finds nobody after close", seekAfterClose},
		{"calls under way", "a create while the store closes is internal", closeIsInternal},
	} {
		controls = append(controls, control{c.wantFailing, c.fault, storetest.Harness{
			Open: func(string) (ports.PersonStore, error) { return planted(memstore.New(), c.plant), nil },
		}})
	}
	return controls
}

// probeControls returns stores that can be probed, and answer it wrongly.
func probeControls() []control {
	var controls []control
	for _, c := range []struct {
		wantFailing string
		fault       string
		open        func() ports.PersonStore
	}{
		{"a probed store is ready", "a closed store is ready", withReady(readyWhenClosed)},
		{"a probe answers canceled", "a probe does not look at ctx", withReady(readyIgnoresContext)},
		{"a probe changes nothing", "a probe saves somebody for a moment", withReady(readySaves)},
		{"a probe waits its turn", "a store that is being written is not ready", busyWhileWriting},
	} {
		controls = append(controls, control{c.wantFailing, c.fault, storetest.Harness{
			Open: func(string) (ports.PersonStore, error) { return c.open(), nil },
		}})
	}
	return controls
}

// durableControls returns stores that say they are durable and are not quite.
func durableControls() []control {
	forgetful := storetest.Harness{
		Durable: true,
		Open:    func(string) (ports.PersonStore, error) { return memstore.New(), nil },
	}
	return []control{
		{"persons are there as they were", "a new opening forgets everybody", forgetful},
		{"10000 persons of a batch are there", "a new opening forgets a batch", forgetful},
		{"an id is not given again when the store is opened again after the last", "a new opening forgets the last id", reopened(forgetUsedIDs)},
		{"an id is not given again when the store is opened again after everybody", "a new opening forgets all ids", reopened(forgetUsedIDs)},
		{"whoever was answered", "a new opening forgets the last person", reopened(forgetLastPerson)},
		{"what was answered as saved is there for another", "a store writes when it is closed", abandoned(loseAll)},
		{"what was answered as saved is there for another", "the last write is made when the store is closed", abandoned(forgetLastPerson)},
		{"what many were answered", "what many wrote is written when the store is closed", abandoned(loseAll)},
		{"an id is not given again by another opening", "the last id is written when the store is closed", abandoned(forgetUsedIDs)},
		{"a claim is remembered when the store is opened again", "a new opening forgets claims", reopened(forgetUsedIDs)},
		{"a claim is remembered by another opening", "claims are written when the store is closed", abandoned(forgetUsedIDs)},
	}
}

// Every method of the port is called by a case, too.
func TestMemstoreBehindAMockPasses(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.PersonStore](t)
	storetest.Run(t, storetest.Harness{
		Open: func(string) (ports.PersonStore, error) {
			return planted(memstore.New(), func(mock *portmock.PersonStoreMock, _ *memstore.Store) { methods.Record(mock) }), nil
		},
	})
}

func TestAStoreThatRefusesManyPassesTheCrowd(t *testing.T) {
	t.Parallel()
	storetest.RunCrowd(t, storetest.Harness{
		Open: func(string) (ports.PersonStore, error) { return planted(memstore.New(), inCrowd(refuseCrowd)), nil },
	})
}

func TestMemstoreWithPagesByBlocksPasses(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Harness{
		Open: func(string) (ports.PersonStore, error) {
			return planted(memstore.New(), byBlocks(func(*blocks) {})), nil
		},
	})
}

func TestMemstoreThatIsKeptPasses(t *testing.T) {
	t.Parallel()
	storetest.Run(t, reopened(func(store *memstore.Store) *memstore.Store { return store }))
}
