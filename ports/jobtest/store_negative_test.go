package jobtest_test

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// storeControl is a broken store and the start of the name of the case that must notice.
type storeControl struct {
	wantFailing string
	fault       string
	harness     jobtest.StoreHarness
}

func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	for _, c := range storeControls() {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { jobtest.RunStore(t, c.harness) })
		})
	}
}

func TestEveryCaseOfStoresHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range storeControls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, jobtest.StoreCaseNames(), wantFailing)
}

// Every method of the port is called by a case, too.
func TestMemstoreBehindAMockPasses(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.JobStore](t)
	jobtest.RunStore(t, jobtest.StoreHarness{Open: func(string) (jobtest.Store, error) {
		return planted(memstore.New(), func(mock *portmock.JobStoreMock, _ *memstore.Store) { methods.Record(mock) }), nil
	}})
}

func TestMemstoreThatIsSharedPasses(t *testing.T) {
	t.Parallel()
	jobtest.RunOpenings(t, shared(faultless))
}

func storeControls() []storeControl { return slices.Concat(plantedControls(), openingControls()) }

// plantedControls returns stores that keep nothing, each with one fault.
func plantedControls() []storeControl {
	var controls []storeControl
	for _, c := range []struct {
		wantFailing string
		fault       string
		plant       plant
	}{
		{"a job comes back", "a dry run is forgotten", changeFound(loseDryRun)},
		{"a job comes back", "who gave a job is forgotten", changeFound(loseOrigin)},
		{"a job comes back", "reasons are trimmed", changeFound(trimReason)},
		{"times come back", "times are kept in seconds", changeFound(cutTimes)},
		{"times come back", "times are answered in local time", changeFound(localTimes)},
		{"times come back", "no time is 1970", changeFound(zeroTimesAre1970)},
		{"a chunk comes back", "texts end at a NUL", changeAdded(cutText)},
		{"a chunk comes back", "texts are made UTF-8", changeAdded(repairText)},
		{"a chunk comes back", "no text is an empty one", changeAdded(emptyText)},
		{"a chunk comes back", "first rows are kept in 32 bits", changeAdded(shortFirst)},
		{"refusals come back", "limits are forgotten", changeEnds(loseLimits)},
		{"what a store was handed", "texts are kept as they were handed over", keepText},

		{"a job with an id that is taken", "a taken id is no error", swallowCreate},
		{"chunks that are received are counted", "chunks over 999 are lost", addAThousand},
		{"chunks that a job does not receive", "chunks that are refused are no error", swallowAdd},
		{"of chunks with a number", "chunks are saved one by one", addOneByOne},
		{"chunks that are received at the same time", "each tenth chunk is lost", addMostly},
		{"a job is submitted once", "a job is submitted again", submitAgain},
		{"a job that receives is dropped", "nothing is dropped", dropNothing},
		{"a job that does not receive", "jobs in any state are dropped", dropAnything},
		{"a job that does not receive", "to drop nothing is an error", dropNothing},

		{"a claim that repeats", "claims are ignored", changeClaim(noClaim)},
		{"a claim that repeats", "a claim is answered the job as it was", answerOnce},
		{"a key that stands for another", "any request is another", changeClaim(noClaim)},
		{"a key that stands for another", "a job whose key is refused stays", leaveRefused},
		{"of many jobs with one claim at once", "others come between looking and submitting", looseClaims},
		{"a claim that comes too late", "claims are kept for ever", changeClaim(sameTime)},
		{"claims of different keys", "keys are trimmed", changeClaim(trimKey)},
		{"claims of different keys", "the case of a key does not count", changeClaim(foldKey)},
		{"a claim is remembered as long", "a claim outlasts its job", answerOnce},

		{"jobs are listed", "the least id comes first", changeList(leastFirst)},
		{"jobs are listed", "the job of the place is listed too", listPlaceToo},
		{"a list of jobs has each state", "jobs that receive are not listed", changeList(withoutReceiving)},

		{"who awaits a job is answered at once", "the next change is awaited", await(awaitTheNext)},
		{"who awaits a job is answered when it changes", "who awaits looks once", await(lookOnce)},
		{"who awaits a job is answered when it changes", "who awaits looks again when ctx ends", await(lookLate)},
		{"who awaits a job that stays", "who awaits is answered at once", await(answerAtOnce)},
		{"who awaits a job that stays", "a nanosecond is a change", await(compareAll)},
		{"who awaits a job that is removed", "a job that is removed is awaited", awaitOn(domain.CodeNotFound)},
		{"who awaits a job when the store is closed", "who awaits does not notice the close", awaitOn(domain.CodeUnavailable)},
		{"who awaits a job when the store is closed", "who awaits notices the close when ctx ends", await(lookLate)},

		{"a change of a job is saved", "a reason is not saved", changing(saveNoReason)},
		{"a change of a job that fails", "a change that fails is saved", changing(saveFailed)},
		{"a change of a job that fails", "a change's error is another's", changing(hideReason)},
		{"changes of a job at the same time", "others come between looking and changing", changing(changeUnlocked)},

		{"a chunk of 0 ", "refusals are lost", changeEnds(loseRefusals)},
		{"a chunk of 1 ", "the job is answered as it was", ending(answerOld)},
		{"a chunk of 2 ", "persons are saved the wrong way round", changeEnds(reverseDrafts)},
		{"a chunk of 499 ", "persons above 498 are lost", loseDrafts(498)},
		{"a chunk of 500 ", "persons above 499 are lost", loseDrafts(499)},
		{"a chunk of 501 ", "persons above 500 are lost", loseDrafts(500)},
		{"a chunk of 10000 ", "a full chunk is refused", refuseMany(9_999)},
		{"chunks that end together", "ends are sorted", changeEnds(sortEnds)},
		{"100000 persons", "many chunks are refused", refuseMany(90_000)},
		{"a job is done with its last", "a job is never done", ending(staysRunning)},
		{"a dry run counts", "a dry run saves", ending(saveChecked)},
		{"an atomic job with refusals", "refusals of a failed job are not read", changeRefusals(refusalsOfFailed)},
		{"where one of the chunks has ended", "chunks end one by one", ending(endOneByOne)},
		{"chunks of a job that does not run", "a job begins when a chunk ends", ending(beginByItself)},
		{"a chunk is found until", "chunks that were found stay", keepChunks},
		{"the chunks that are open", "the greatest open chunks come first", openBackward},

		{"a chunk ends once", "a chunk that has ended is saved again", ending(saveAgain)},
		{"chunks that end at the same time", "each tenth end is not made", endMostly()},
		{"nobody sees a part", "persons are saved before their chunk ends", ending(saveBefore)},
		{"nobody sees a part", "refusals come after the counts", refuseAfter},
		{"after a cancel was answered", "others come between looking and ending", ending(lookBefore)},
		{"chunks whose ctx ends", "half of a chunk is saved when ctx ends", ending(saveHalf)},

		{"refusals are read on", "the rest of a line is left out", changeRefusals(refusalsByLine)},
		{"refusals of another job", "refusals of all jobs are read", changeRefusals(refusalsOfAll)},
		{"a refusal that comes twice", "a refusal that comes twice is an error", failOverTwins},

		{"open jobs", "those that changed last come first", openJobsBackward},
		{"open jobs", "jobs in any state are open", openInAnyState},
		{"jobs that receive no more", "the store looks at its own clock", tidying(tidyByItsClock)},
		{"jobs that have long been over", "nothing is tidied", tidying(tidyNothing)},
		{"tidying leaves", "jobs under way are tidied", tidying(tidyIdle)},

		{"every method that takes an id", "no job has no refusals", changeRefusals(refusalsOfNobody)},
		{"every method answers canceled", "a list does not look at ctx", listIgnoresContext},
		{"every method answers deadline", "a deadline is answered as canceled", tidying(deadlineIsCanceled)},
		{"every method answers unavailable", "a closed store drops jobs", dropAfterClose},
	} {
		controls = append(controls, storeControl{c.wantFailing, c.fault, jobtest.StoreHarness{
			Open: func(string) (jobtest.Store, error) { return planted(memstore.New(), c.plant), nil },
		}})
	}
	return controls
}

// openingControls returns stores that say they are durable or shared, and are not quite.
func openingControls() []storeControl {
	forgetful := jobtest.StoreHarness{
		Durable: true,
		Open:    func(string) (jobtest.Store, error) { return memstore.New(), nil },
	}
	return []storeControl{
		{"jobs and all that is theirs are there when", "a new opening forgets all", forgetful},
		{"jobs and all that is theirs are there for another", "a store writes when it is closed", forgetful},
		{"who awaits a job is answered when another opening", "who awaits does not see another opening", shared(await(lookOnce))},
		{"a chunk ends once however many end it through two", "a chunk is saved by each opening", shared(ending(saveAgain))},
		{"after a cancel was answered nobody is saved through", "another opening comes between looking and ending", shared(ending(lookBefore))},
		{"of many jobs with one claim in two", "claims are known to one opening", shared(looseClaims)},
		{"changes of a job through two", "another opening comes between looking and changing", shared(changing(changeUnlocked))},
	}
}
