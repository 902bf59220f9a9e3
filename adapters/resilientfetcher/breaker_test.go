package resilientfetcher_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/resilientfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
)

const leftAlone = "failed again and again and is not asked for a while"

// withBreaker leaves an upstream alone for five seconds after three failures.
func withBreaker() resilientfetcher.Config { return resilientfetcher.Config{BreakerFailures: 3} }

// check fetches the URL and fails the test unless the upstream was asked, or left alone.
func check(t *testing.T, fetcher *resilientfetcher.Fetcher, inner *fake, url string, wantAsked bool, why string) {
	t.Helper()
	before := len(inner.times(url))
	_, err := fetcher.FetchDocument(t.Context(), url)
	asked := len(inner.times(url)) > before
	if asked != wantAsked {
		t.Errorf("%s: asked %t, want %t: %s", url, asked, wantAsked, why)
	}
	if said := domain.MessageOf(err) == leftAlone && domain.CodeOf(err) == domain.CodeUpstream; said == asked {
		t.Errorf("%s: got %v though asked is %t, want the words for who is left alone just then", url, err, asked)
	}
}

// state says how the upstreams of a test are; a URL's path may say something else.
type state struct{ down atomic.Bool }

func (s *state) answer(context.Context, string, int) (domain.Document, error) {
	if s.down.Load() {
		return nil, outage("refused")
	}
	return document, nil
}

func TestAnUpstreamThatIsOutIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var upstream state
		upstream.down.Store(true)
		inner := newFake(upstream.answer)
		fetcher := newFetcher(t, inner, withBreaker())
		for range 3 {
			check(t, fetcher, inner, a, true, "it has not failed three times in a row")
		}
		for range 10 {
			check(t, fetcher, inner, a, false, "it failed three times in a row")
		}
		time.Sleep(5*time.Second - time.Nanosecond)
		check(t, fetcher, inner, a, false, "the pause is not over")
		time.Sleep(time.Nanosecond)
		check(t, fetcher, inner, a, true, "the pause is over, one tries")
		check(t, fetcher, inner, a, false, "that failed, so the pause begins anew")
		upstream.down.Store(false)
		time.Sleep(5 * time.Second)
		for range 10 {
			check(t, fetcher, inner, a, true, "one tried and it went well")
		}
		upstream.down.Store(true)
		for range 3 {
			check(t, fetcher, inner, a, true, "what was before the recovery does not count")
		}
		check(t, fetcher, inner, a, false, "it failed three times in a row again")
	})
}

func TestOnlyOneTriesAfterThePause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var slow atomic.Bool
		inner := newFake(func(context.Context, string, int) (domain.Document, error) {
			if !slow.Load() {
				return nil, outage("refused")
			}
			time.Sleep(time.Second)
			return document, nil
		})
		fetcher := newFetcher(t, inner, withBreaker())
		for range 3 {
			_, _ = fetcher.FetchDocument(t.Context(), a)
		}
		slow.Store(true)
		time.Sleep(5 * time.Second)
		var fetches sync.WaitGroup
		for range 50 {
			fetches.Go(func() { _, _ = fetcher.FetchDocument(t.Context(), a) })
		}
		fetches.Wait()
		if got := len(inner.times(a)); got != 4 {
			t.Errorf("the upstream was asked %d times, want 4: three failures and one of the 50", got)
		}
	})
}

func TestWhatCountsAgainstAnUpstream(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fetch     func(ctx context.Context) error
		wantAlone bool
	}{
		"an outage":                   {func(context.Context) error { return outage("refused") }, true},
		"no answer in time":           {hangs, true},
		"an outage behind a redirect": {func(context.Context) error { return outageElsewhere() }, false},
		"another failure":             {func(context.Context) error { return &domain.Error{Code: domain.CodeUpstream, Message: "not JSON"} }, false},
		"a document too large":        {func(context.Context) error { return &domain.Error{Code: domain.CodeTooLarge, Message: "too large"} }, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			inner := newFake(func(ctx context.Context, _ string, _ int) (domain.Document, error) { return nil, test.fetch(ctx) })
			fetcher := newFetcher(t, inner, withBreaker())
			for range 3 {
				_, _ = fetcher.FetchDocument(t.Context(), a)
			}
			check(t, fetcher, inner, a, !test.wantAlone, name+" three times")
		})
	}
}

func TestAFetchWithItsRetriesCountsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(context.Context, string, int) (domain.Document, error) { return nil, outage("refused") })
		config := withBreaker()
		config.Retries = 2
		fetcher := newFetcher(t, inner, config)
		for range 3 {
			_, _ = fetcher.FetchDocument(t.Context(), a)
		}
		if got := len(inner.times(a)); got != 9 {
			t.Errorf("three fetches made %d attempts, want 9: they are no reason yet to leave the upstream alone", got)
		}
		check(t, fetcher, inner, a, false, "three fetches failed")
	})
}

// An upstream that comes back within the retries is never left alone, however many
// fetches were on their way.
func TestAFlickerIsRiddenOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		inner := newFake(func(context.Context, string, int) (domain.Document, error) {
			if time.Since(begin) < 100*time.Millisecond {
				return nil, outage("refused")
			}
			return document, nil
		})
		config := withBreaker()
		config.Retries = 2
		fetcher := newFetcher(t, inner, config)
		var fetches sync.WaitGroup
		for range 50 {
			fetches.Go(func() {
				if _, err := fetcher.FetchDocument(t.Context(), a); err != nil {
					t.Errorf("got %v, want the document: the upstream was out for 100ms", err)
				}
			})
		}
		fetches.Wait()
	})
}

func TestCallersWhoGiveUpDoNotCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var patience time.Duration
		inner := newFake(func(ctx context.Context, _ string, _ int) (domain.Document, error) { return nil, hangs(ctx) })
		fetcher := newFetcher(t, inner, withBreaker())
		giveUp := func() {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_, _ = fetcher.FetchDocument(ctx, a)
		}
		patience = time.Second
		for range 10 {
			giveUp()
		}
		for range 3 {
			check(t, fetcher, inner, a, true, "only callers gave up so far")
		}
		check(t, fetcher, inner, a, false, "three had the whole time limit")

		time.Sleep(5 * time.Second)
		giveUp() // the one that was to try
		check(t, fetcher, inner, a, false, "whoever tried did not find out, so the pause begins anew")
		time.Sleep(5 * time.Second)
		check(t, fetcher, inner, a, true, "the pause is over: an upstream is not left alone for ever")
	})
}

func TestATryThatPanicsLeavesNobodyAloneForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(_ context.Context, _ string, times int) (domain.Document, error) {
			if times == 4 {
				panic("planted")
			}
			return nil, outage("refused")
		})
		fetcher := newFetcher(t, inner, withBreaker())
		for range 3 {
			_, _ = fetcher.FetchDocument(t.Context(), a)
		}
		time.Sleep(5 * time.Second)
		func() {
			defer func() { _ = recover() }()
			_, _ = fetcher.FetchDocument(t.Context(), a)
		}()
		time.Sleep(5 * time.Second)
		check(t, fetcher, inner, a, true, "the pause is over")
	})
}

func TestACallThatHasEndedIsToldSoThoughTheUpstreamIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(context.Context, string, int) (domain.Document, error) { return nil, outage("refused") })
		fetcher := newFetcher(t, inner, withBreaker())
		for range 3 {
			_, _ = fetcher.FetchDocument(t.Context(), a)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := fetcher.FetchDocument(ctx, a); domain.CodeOf(err) != domain.CodeCanceled {
			t.Errorf("got %v, want code %q", err, domain.CodeCanceled)
		}
	})
}

func TestEachUpstreamHasABreakerOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(_ context.Context, url string, _ int) (domain.Document, error) {
			if strings.HasPrefix(url, a) {
				return nil, outage("refused")
			}
			return document, nil
		})
		fetcher := newFetcher(t, inner, withBreaker())
		for range 5 {
			_, _ = fetcher.FetchDocument(t.Context(), a)
		}
		for _, same := range []string{a + "other?x=1", "http://a.test:80/", "HTTP://A.TEST", "http://user:password@a.test/"} {
			check(t, fetcher, inner, same, false, "it is the same upstream")
		}
		for _, another := range []string{b, "https://a.test/", "http://a.test:8080/", "http://www.a.test/", "http://a.test.b.test/", "nonsense", ""} {
			check(t, fetcher, inner, another, true, "it is another upstream")
		}
	})
}

func TestTheBreakersOfManyUpstreamsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(func(context.Context, string, int) (domain.Document, error) { return nil, outage("refused") })
		fetcher := newFetcher(t, inner, withBreaker())
		fail := func(url string) {
			for range 3 {
				_, _ = fetcher.FetchDocument(t.Context(), url)
			}
		}
		fail(a)
		fail(b)
		for i := range 2 * resilientfetcher.MaxUpstreams {
			fail(fmt.Sprintf("http://host%d.test/", i))
			check(t, fetcher, inner, b, false, "it is asked for all the time, so it is not forgotten")
		}
		check(t, fetcher, inner, a, true, "so many others were asked since that it is forgotten")
		if got := fetcher.Kept(); got != resilientfetcher.MaxUpstreams {
			t.Errorf("got %d breakers, want %d", got, resilientfetcher.MaxUpstreams)
		}
	})
}

// upstreams are bad.test, which hangs, and others, which answer after 100 ms.
func upstreams(ctx context.Context, address string, _ int) (domain.Document, error) {
	if u, err := url.Parse(address); err == nil && u.Host == "bad.test" {
		return nil, hangs(ctx)
	}
	time.Sleep(100 * time.Millisecond)
	return document, nil
}

// For two minutes somebody asks each second for 50 documents of which 10 are at an
// upstream that hangs. The others come as if it were not there, and it is asked
// little.
func TestAnUpstreamThatHangsDoesNotSlowTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := newFake(upstreams)
		fetcher := newFetcher(t, inner, resilientfetcher.Config{Retries: 2, BreakerFailures: 5})
		var urls []string
		for i := range 50 {
			host := "good.test"
			if i%5 == 0 {
				host = "bad.test"
			}
			urls = append(urls, fmt.Sprintf("http://%s/%d", host, i))
		}
		executor, err := localexec.New(domain.FetchHandler(timed{fetcher, t}), localexec.PerItem(200, 64))
		if err != nil {
			t.Fatal(err)
		}
		defer executor.Close()
		fetch := domain.NewFetch(executor, urls)
		var rounds sync.WaitGroup
		const seconds = 120
		for range seconds {
			rounds.Go(func() {
				for _, fetched := range fetch.FetchConfigured(t.Context()) {
					if good := strings.Contains(fetched.URL, "good"); good != (fetched.Err == nil) {
						t.Errorf("%s: got %v, want an error where the upstream is bad only", fetched.URL, fetched.Err)
					}
				}
			})
			time.Sleep(time.Second)
		}
		rounds.Wait()
		asked := 0
		for i := 0; i < 50; i += 5 {
			asked += len(inner.times(fmt.Sprintf("http://bad.test/%d", i)))
		}
		// Until the first ten seconds are over nobody knows; then at most one tries after
		// each pause.
		if most := 10*10 + 10 + seconds/5; asked > most {
			t.Errorf("the bad upstream was asked %d times by %d fetches, want at most %d", asked, 10*seconds, most)
		}
	})
}

// timed fails the test when a document from a good upstream takes longer than the
// upstream does.
type timed struct {
	*resilientfetcher.Fetcher
	t *testing.T
}

func (f timed) FetchDocument(ctx context.Context, url string) (domain.Document, error) {
	begin := time.Now()
	document, err := f.Fetcher.FetchDocument(ctx, url)
	if took := time.Since(begin); err == nil && took != 100*time.Millisecond {
		f.t.Errorf("%s took %v, want 100ms as if no upstream were bad", url, took)
	}
	return document, err
}

func FuzzUpstreamOf(f *testing.F) {
	for _, seed := range []string{a, "https://A.test", "http://[::1]:8080/x", "http://u:p@a.test?q", "//a", "http://", "\x00", "ftp://a:b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		upstream := resilientfetcher.UpstreamOf(address)
		if upstream == "" {
			return
		}
		if again := resilientfetcher.UpstreamOf(upstream); again != "" && again != upstream {
			t.Errorf("%q: got the upstream %q, and of that %q, want the same: one upstream has one breaker", address, upstream, again)
		}
		if u, err := url.Parse(address); err == nil {
			u.Path, u.RawPath, u.RawQuery, u.Fragment, u.User = "/other", "", "q", "", nil
			if other := resilientfetcher.UpstreamOf(u.String()); other != upstream {
				t.Errorf("%q and %q: got the upstreams %q and %q, want the same: only the path differs", address, u, upstream, other)
			}
		}
	})
}
