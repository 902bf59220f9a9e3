package domain_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func rateOf(tb testing.TB, count int, period time.Duration) domain.Rate {
	tb.Helper()
	rate, err := domain.NewRate(count, period)
	if err != nil {
		tb.Fatalf("NewRate(%d, %v): got %v, want a rate", count, period, err)
	}
	return rate
}

// bucket is a token bucket with exact fractions: what a rate means, said simply.
type bucket struct {
	rate   domain.Rate
	tokens *big.Rat
	at     time.Duration
}

func newBucket(rate domain.Rate) *bucket {
	return &bucket{rate: rate, tokens: big.NewRat(int64(rate.Count()), 1)}
}

// fill lets the tokens come back that come back until now.
func (b *bucket) fill(now time.Duration) {
	perNanosecond := big.NewRat(int64(b.rate.Count()), int64(b.rate.Period()))
	b.tokens.Add(b.tokens, perNanosecond.Mul(perNanosecond, big.NewRat(int64(now-b.at), 1)))
	if full := big.NewRat(int64(b.rate.Count()), 1); b.tokens.Cmp(full) > 0 {
		b.tokens = full
	}
	b.at = now
}

// until returns how long it takes until there are so many tokens, rounded up.
func (b *bucket) until(tokens int) time.Duration {
	missing := new(big.Rat).Sub(big.NewRat(int64(tokens), 1), b.tokens)
	missing.Mul(missing, big.NewRat(int64(b.rate.Period()), int64(b.rate.Count())))
	up := new(big.Int).Add(missing.Num(), new(big.Int).Sub(missing.Denom(), big.NewInt(1)))
	return time.Duration(up.Div(up, missing.Denom()).Int64())
}

// take returns what a rate should decide.
func (b *bucket) take(now time.Duration, cost int) domain.Decision {
	b.fill(now)
	want := domain.Decision{Rate: b.rate}
	price := big.NewRat(int64(cost), 1)
	switch {
	case cost > b.rate.Count():
		want.Never = true
	case b.tokens.Cmp(price) < 0:
		want.RetryAfter = b.until(cost)
	default:
		want.Allowed = true
		b.tokens.Sub(b.tokens, price)
	}
	want.Remaining = int(new(big.Int).Div(b.tokens.Num(), b.tokens.Denom()).Int64())
	want.ResetAfter = b.until(b.rate.Count())
	return want
}

func TestARateDecidesAsATokenBucketDoes(t *testing.T) {
	t.Parallel()
	for _, rate := range []domain.Rate{
		rateOf(t, 1, 1), rateOf(t, 1, time.Second), rateOf(t, 7, time.Second), rateOf(t, 600, time.Minute),
		rateOf(t, 1_000_000_007, time.Second), rateOf(t, 999_983, 24*time.Hour), rateOf(t, 3, 7), rateOf(t, 7, 3),
		rateOf(t, math.MaxInt64, time.Hour), rateOf(t, 13, math.MaxInt64/1000),
	} {
		t.Run(rate.String(), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, uint64(rate.Count())))
			var (
				state  domain.RateState
				now    time.Duration
				bucket = newBucket(rate)
			)
			for range 5_000 {
				cost := 1 + random.IntN(rate.Count())
				if random.IntN(2) == 0 {
					cost = 1 + random.IntN(1+rate.Count()/100)
				}
				var (
					got domain.Decision
					err error
				)
				state, got, err = rate.Take(state, now, cost)
				if want := bucket.take(now, cost); err != nil || got != want {
					t.Fatalf("a cost of %d at %d ns: got %+v and %v, want %+v", cost, now, got, err, want)
				}
				switch step := random.IntN(5); {
				case step == 0 && got.RetryAfter > 0:
					now += got.RetryAfter - 1
				case step == 1:
					now += got.RetryAfter
				case step == 2:
					now += time.Duration(random.Int64N(int64(rate.Period())/50 + 2))
				case step == 3 && random.IntN(20) == 0:
					now += got.ResetAfter
				}
				if now > math.MaxInt64/4 {
					return
				}
			}
		})
	}
}

func TestARefusedRequestLeavesTheStateAsItIs(t *testing.T) {
	t.Parallel()
	rate := rateOf(t, 10, time.Second)
	before, _, _ := rate.Take(domain.RateState{}, time.Hour, 6)
	for _, cost := range []int{5, 10, 11, math.MaxInt} {
		after, decision, err := rate.Take(before, time.Hour, cost)
		if after != before || decision.Allowed || decision.Remaining != 4 || err != nil {
			t.Errorf("a cost of %d of the 4 that are left: got %+v, %+v and %v, want it refused for nothing", cost, after, decision, err)
		}
		if decision.Never != (cost > 10) || (decision.RetryAfter == 0) != decision.Never {
			t.Errorf("a cost of %d: got %+v, want it never where it is more than 10, and else a time to retry", cost, decision)
		}
	}
}

func TestWhatARateCannotDecideIsInvalid(t *testing.T) {
	t.Parallel()
	state := domain.RateState{FullAt: 5, Part: 1}
	for _, test := range []struct {
		rate domain.Rate
		cost int
	}{{rateOf(t, 1, 1), 0}, {rateOf(t, 1, 1), -1}, {rateOf(t, 1, 1), math.MinInt}, {domain.Rate{}, 1}} {
		after, decision, err := test.rate.Take(state, 0, test.cost)
		if domain.CodeOf(err) != domain.CodeInvalid || after != state || decision != (domain.Decision{}) {
			t.Errorf("%v, a cost of %d: got %+v, %+v and %v, want code invalid and nothing else", test.rate, test.cost, after, decision, err)
		}
	}
	for _, test := range []struct {
		count  int
		period time.Duration
	}{{0, 1}, {1, 0}, {-1, 1}, {1, -1}} {
		if rate, err := domain.NewRate(test.count, test.period); domain.CodeOf(err) != domain.CodeInvalid || !rate.IsZero() {
			t.Errorf("NewRate(%d, %d): got %v and %v, want code invalid", test.count, test.period, rate, err)
		}
	}
}

func TestNoMoreThanAPeriodIsHeldAgainstAClient(t *testing.T) {
	t.Parallel()
	rate := rateOf(t, 60, time.Minute)
	for name, state := range map[string]domain.RateState{
		"a clock that was set back":        {FullAt: 5 * time.Hour},
		"the end of time":                  {FullAt: math.MaxInt64, Part: math.MaxInt},
		"a period and a part":              {FullAt: time.Hour + time.Minute, Part: 1},
		"a part of another rate":           {FullAt: time.Hour + time.Minute, Part: 1000},
		"a period to the nanosecond":       {FullAt: time.Hour + time.Minute},
		"a period of a negative part also": {FullAt: time.Hour + time.Minute, Part: -1},
	} {
		_, refused, _ := rate.Take(state, time.Hour, 1)
		if refused.Allowed || refused.RetryAfter != time.Second || refused.ResetAfter != time.Minute || refused.Remaining != 0 {
			t.Errorf("%s: got %+v, want nothing left and everything back in a minute", name, refused)
		}
	}
}

func TestAStateIsFullWhenEverythingHasComeBack(t *testing.T) {
	t.Parallel()
	rate := rateOf(t, 7, time.Second)
	state, decision, _ := rate.Take(domain.RateState{}, time.Hour, 3)
	for wait, want := range map[time.Duration]bool{decision.ResetAfter - 1: false, decision.ResetAfter: true, time.Hour: true} {
		now := time.Hour + wait
		if got := state.IsFull(now); got != want {
			t.Errorf("%v after it, where reset is after %v: got full %t, want %t", wait, decision.ResetAfter, got, want)
		}
		_, kept, _ := rate.Take(state, now, 7)
		if kept.Allowed != want {
			t.Errorf("%v after it: all units allowed: got %t, want %t", wait, kept.Allowed, want)
		}
	}
	if (domain.RateState{}).IsFull(0) != true {
		t.Error("the zero state: got one that owes something, want one that owes nothing at any moment")
	}
}

func TestARateIsWrittenAsSettingsGiveIt(t *testing.T) {
	t.Parallel()
	for want, rate := range map[string]domain.Rate{
		"": {}, "600/1m": rateOf(t, 600, time.Minute), "5/1h": rateOf(t, 5, time.Hour), "1/10s": rateOf(t, 1, 10*time.Second),
		"2/1m30s": rateOf(t, 2, 90*time.Second), "3/24h": rateOf(t, 3, 24*time.Hour), "4/1h10m": rateOf(t, 4, 70*time.Minute), "1/10m": rateOf(t, 1, 10*time.Minute),
		"1/1h0m1s": rateOf(t, 1, time.Hour+time.Second),
	} {
		if got := rate.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// FuzzRate takes twice in any state: nothing overflows, and what is said holds.
func FuzzRate(f *testing.F) {
	f.Add(600, int64(time.Minute), int64(0), 0, int64(time.Hour), 1)
	f.Add(math.MaxInt, int64(math.MaxInt64), int64(math.MaxInt64), math.MaxInt, int64(math.MaxInt64), math.MaxInt)
	f.Add(1, int64(math.MaxInt64), int64(math.MinInt64), math.MinInt, int64(math.MinInt64), 1)
	f.Add(math.MaxInt, int64(1), int64(5), 7, int64(5), math.MaxInt)
	f.Fuzz(func(t *testing.T, count int, period, fullAt int64, part int, moment int64, cost int) {
		rate, err := domain.NewRate(count, time.Duration(period))
		if err != nil {
			t.Skip("no rate")
		}
		now := time.Duration(moment)
		given := domain.RateState{FullAt: time.Duration(fullAt), Part: part}
		state, decision, err := rate.Take(given, now, cost)
		if err != nil {
			if cost > 0 || state != given {
				t.Fatalf("got %v and %+v, want a decision about a cost of %d", err, state, cost)
			}
			return
		}
		what := fmt.Sprintf("%v, a cost of %d at %d on %+v: got %+v", rate, cost, moment, given, decision)
		if decision.Remaining < 0 || decision.Remaining > count || decision.ResetAfter < 0 || decision.ResetAfter > rate.Period() {
			t.Fatalf("%s, want between nothing and everything", what)
		}
		if decision.Never != (cost > count) || decision.RetryAfter < 0 || decision.RetryAfter > rate.Period() {
			t.Fatalf("%s, want never only beyond the count, and else a wait of at most the period", what)
		}
		if !decision.Allowed && (state != given || (decision.RetryAfter > 0) == decision.Never) {
			t.Fatalf("%s and %+v, want the state kept and a time to retry", what, state)
		}
		if decision.Allowed && (decision.RetryAfter != 0 || state.Part < 0 || state.Part >= count) {
			t.Fatalf("%s and %+v, want a state in its bounds", what, state)
		}
		if decision.Allowed && decision.Remaining > 0 {
			if _, rest, _ := rate.Take(state, now, decision.Remaining); !rest.Allowed || rest.Remaining != 0 {
				t.Fatalf("%s, then %+v for what remains, want it allowed and nothing left", what, rest)
			}
		}
		const farOff = math.MaxInt64 / 4
		if decision.RetryAfter > 0 && moment >= 0 && moment < farOff && period < farOff {
			if _, later, _ := rate.Take(given, now+decision.RetryAfter, cost); fullAt < farOff && fullAt-moment < period && !later.Allowed {
				t.Fatalf("%s, then %+v, want it allowed after that wait", what, later)
			}
		}
	})
}
