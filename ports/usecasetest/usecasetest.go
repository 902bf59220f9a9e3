// Package usecasetest is the conformance suite of the ports that drive the domain: of the use cases themselves, and of
// whoever stands for them, such as a client of a server.
//
// The test of an adapter:
//
//	func TestUseCases(t *testing.T) {
//		t.Parallel()
//		usecasetest.Run(t, usecasetest.Harness{Open: func(t *testing.T) usecasetest.UseCases {
//			client := myclient.New(startServer(t))
//			return usecasetest.UseCases{Registry: client.Registry(), …}
//		}})
//	}
package usecasetest

import (
	"context"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

const (
	// PageSize is how many persons the registry under test has on a page.
	PageSize = 5
	// BulkMax is how many persons the bulk under test saves at most in a call.
	BulkMax = 40
)

// Harness opens the use cases under test.
type Harness struct {
	// Open returns the use cases over an empty registry of its own. What it starts it stops by t.Cleanup. Somebody works off
	// its jobs, csv and ndjson are its formats, and URLs, by Fetcher, are what it fetches.
	Open func(t *testing.T) UseCases
	// Idle is Open, but nobody works off the jobs; nil leaves out the cases of jobs that wait.
	Idle func(t *testing.T) UseCases
}

// UseCases are what the suite drives. One that is nil is left out, with its cases.
type UseCases struct {
	Registry ports.PersonRegistry // required: it tells what the others have done
	Bulk     ports.BulkCreator
	Check    ports.PersonChecker
	Fetch    ports.ConfiguredFetcher
	Jobs     ports.JobManager
	Export   ports.PersonExporter
}

// URLs are what the fetcher under test is configured with.
var urls = []string{"http://a.example/document", "http://b.example/fails", "http://c.example/document", "http://d.example/slow"}

// URLs returns what the fetcher under test is configured with.
func URLs() []string { return append([]string(nil), urls...) }

// Fetcher is where the documents of URLs come from: of one that fails, and of one that takes too long.
type Fetcher struct{}

var _ ports.DocumentFetcher = Fetcher{}

const failure = "answered 500 Internal Server Error"

// FetchDocument implements ports.DocumentFetcher.
func (Fetcher) FetchDocument(_ context.Context, url string) (domain.Document, error) {
	switch url {
	case urls[1]:
		return nil, &domain.Error{Code: domain.CodeUpstream, Message: failure}
	case urls[3]:
		return nil, &domain.Error{Code: domain.CodeDeadline, Message: "took longer than 10s"}
	default:
		return domain.Document(`{"of":"` + url + `"}`), nil
	}
}

// testCase is one sentence of the contract and what holds it up.
type testCase struct {
	name string
	has  func(UseCases) bool // nil: every one has what it takes
	body func(t *testing.T, with UseCases)
	idle bool // nobody may work off the jobs
}

// Run runs the suite as parallel subtests of t.
func Run(t *testing.T, harness Harness) {
	t.Helper()
	for _, each := range allCases() {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			open := harness.Open
			if each.idle {
				open = harness.Idle
			}
			if open == nil {
				t.Skip("somebody works off the jobs")
			}
			with := open(t)
			if each.has != nil && !each.has(with) {
				t.Skip("the use case is left out")
			}
			each.body(t, with)
		})
	}
}

func allCases() []testCase {
	var all []testCase
	for _, cases := range [][]testCase{registryCases(), changeCases(), listCases(), bulkCases(), otherCases(), jobCases()} {
		all = append(all, cases...)
	}
	return all
}
