// Package fetchertest is the conformance suite of ports.DocumentFetcher.
//
// The suite starts the upstreams that it needs, well-behaved and not, on the
// loopback interface; it sends nothing elsewhere. A fetcher that refuses private
// addresses is opened with that guard off.
//
// The test of an adapter:
//
//	func TestFetcher(t *testing.T) {
//		t.Parallel()
//		fetchertest.Run(t, func(config fetchertest.Config) (ports.DocumentFetcher, error) {
//			return myfetcher.New(config.Timeout, config.MaxBytes)
//		})
//	}
package fetchertest

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Config is what a case asks of the fetcher that it opens. Both are always set.
type Config struct {
	// Timeout is how long one fetch may take.
	Timeout time.Duration
	// MaxBytes is the greatest size of a document.
	MaxBytes int64
}

// Run runs the suite against the fetchers that open returns, at least one new one
// for each case. The cases run in parallel.
func Run(t *testing.T, open func(Config) (ports.DocumentFetcher, error)) {
	t.Helper()
	opened := func(t *testing.T, config Config) ports.DocumentFetcher {
		t.Helper()
		fetcher, err := open(config)
		if err != nil {
			t.Fatalf("open(%+v): got %v, want a fetcher: the suite asks for nothing unusual", config, err)
		}
		return fetcher
	}
	for _, each := range allCases() {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			each.body(t, opened)
		})
	}
}

func allCases() []testCase {
	return slices.Concat(
		documentCases(), mediaTypeCases(), brokenCases(), urlCases(), redirectCases(),
		sizeCases(), timeCases(), contextCases(), messageCases(), outageCases(), concurrencyCases(),
	)
}

// testCase is one sentence of the contract and what holds it up.
type testCase struct {
	name string
	body func(t *testing.T, open opener)
}

// opener opens a fetcher or fails the test.
type opener func(t *testing.T, config Config) ports.DocumentFetcher

// patient is for cases in which no limit is met.
func patient() Config { return Config{Timeout: 30 * time.Second, MaxBytes: 1 << 20} }

// hasty is for cases in which the time limit is met.
func hasty() Config { return Config{Timeout: 150 * time.Millisecond, MaxBytes: 1 << 20} }
