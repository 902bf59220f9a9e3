package httpfetcher_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/fetchertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFetcherKeepsTheContract(t *testing.T) {
	t.Parallel()
	fetchertest.Run(t, func(config fetchertest.Config) (ports.DocumentFetcher, error) {
		return opened(t, httpfetcher.Config(config)), nil
	})
}

func opened(tb testing.TB, config httpfetcher.Config) *httpfetcher.Fetcher {
	tb.Helper()
	fetcher, err := httpfetcher.New(config)
	if err != nil {
		tb.Fatalf("New(%+v): got %v, want a fetcher", config, err)
	}
	tb.Cleanup(fetcher.Close)
	return fetcher
}

func TestNegativeNumbersAreRefused(t *testing.T) {
	t.Parallel()
	for _, config := range []httpfetcher.Config{{Timeout: -1}, {MaxBytes: -1}} {
		fetcher, err := httpfetcher.New(config)
		if fetcher != nil || domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("New(%+v): got %v and the error %v, want none and code %q", config, fetcher, err, domain.CodeInvalid)
		}
	}
}
