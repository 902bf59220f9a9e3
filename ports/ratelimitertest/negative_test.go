package ratelimitertest_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
	"github.com/seed-bbcc19ba/roster/ports/ratelimitertest"
)

// control is a limiter with one mistake, sound otherwise, and the start of the name
// of the case that must notice.
type control struct {
	mistake     string
	wantFailing string
	plant       plant
}

func TestSuiteRefusesBrokenLimiters(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.mistake, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) {
				ratelimitertest.Run(t, ratelimitertest.Harness{Open: opening(c.plant), Shares: true})
			})
		})
	}
}

// Without it the mistakes might be those of what they are planted in.
// And every method of the port is called by a case.
func TestTheLimiterWithoutAMistakePasses(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.RateLimiter](t)
	open := opening(func(*limiter) {})
	ratelimitertest.Run(t, ratelimitertest.Harness{Shares: true, Open: func(dir string, rate domain.Rate) (ports.RateLimiter, error) {
		sound, err := open(dir, rate)
		mock := &portmock.RateLimiterMock{}
		methods.Forward(mock, sound)
		return mock, err
	}})
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, ratelimitertest.CaseNames(), wantFailing)
}

func controls() []control {
	return []control{
		{"charges a new key twice", "a key that was never seen", decides(chargeNewTwice)},
		{"allows a unit too many", "the count can be taken at once by one", countedBy(+1)},
		{"allows a unit too few", "the count can be taken at once by one", countedBy(-1)},
		{"rounds small costs up", "the count can be taken at once by many", decides(roundCostsUp)},
		{"counts requests for units", "the count can be taken at once by one", decides(countRequests)},
		{"charges whom it refuses", "a refused request takes nothing", decides(chargeRefused)},
		{"charges what is left for a cost above the count", "a cost above the count", decides(chargeTheRest)},
		{"tells a cost above the count to come back", "a cost above the count", decides(comeBackForever)},
		{"gives back for a negative cost", "a cost below 1", decides(giveBack)},
		{"takes no cost for one", "a cost below 1", decides(atLeastOne)},

		{"gives everything back at once", "units come back evenly", decides(fixedWindow)},
		{"reads the time in milliseconds", "units come back evenly", decides(inMilliseconds)},
		{"says a nanosecond too little to retry", "a refused request is allowed when", decides(retryTooSoon)},
		{"says whole seconds to retry", "a refused request is allowed when", decides(retryInSeconds)},
		{"saves up twice the count", "nothing beyond the count", decides(saveUp)},
		{"rounds a unit's time up", "no rounding adds up", decides(roundUp)},
		{"rounds a unit's time down", "no rounding adds up", decides(roundDown)},
		{"tells what remained before", "every decision is that of the rate", decides(remainingBefore)},
		{"tells the period for the reset", "every decision is that of the rate", decides(resetIsPeriod)},

		{"reads keys in any case", "keys are told apart", byKey(lowerCase)},
		{"cuts keys at 64 KiB", "keys are told apart", byKey(cutAt64KiB)},
		{"ends keys at a NUL", "keys are told apart", byKey(endAtNUL)},
		{"mends keys that are not UTF-8", "keys are told apart", byKey(mendUTF8)},
		{"has one count for all", "no key changes what another", byKey(oneKey)},
		{"forgets everybody at 1,000 keys", "however many keys", forgetsAt1000},
		{"forgets who was away for half a period", "however many keys", decides(forgetTheAbsent)},

		{"looks before it takes", "callers at the same time take", looksBeforeItTakes},
		{"refuses whom it has no time for", "callers at the same time take", refusesTheBusy},
		{"refuses costs that it has no time for", "callers of different costs", refusesTheBusy},
		{"looks before it takes of a key", "callers of many keys", looksBeforeItTakes},

		{"takes though ctx is canceled", "a ctx that is canceled before", ignoresCtx},
		{"answers ctx.Err for the cause", "a ctx that is canceled before", losesTheCause},
		{"takes though the deadline has passed", "a ctx that is past its deadline", ignoresCtx},
		{"calls a deadline canceled", "a ctx that is past its deadline", deadlineIsCanceled},
		{"fails others with who was canceled", "callers whose ctx ends meanwhile", failsTogether},
		{"decides after Close", "after Close Take is unavailable", decidesAfterClose},
		{"fails a second Close", "after Close Take is unavailable", failsSecondClose},
		{"answers a decision beside an error", "after Close Take is unavailable", decidesBesideErrors},
		{"answers internal beside Close", "calls beside Close", internalAfterClose},

		{"counts alone", "limiters that share", countsAlone},
		{"looks before it takes of what it shares", "callers of several limiters", looksBeforeItTakes},
		{"forgets at Close", "a limiter that is opened later", forgetsAtClose},
		{"shares only when it is closed", "a limiter that is opened later", sharesAtClose},
	}
}
