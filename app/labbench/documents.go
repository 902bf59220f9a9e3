package labbench

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// openFetch makes an upstream with a document for each item of each call.
func openFetch(ctx context.Context, s *subject, e lab.Experiment, strategy lab.Strategy, recorder *lab.Recorder) error {
	upstream, err := serveUpstream(ctx, e.Upstream)
	if err != nil {
		return err
	}
	s.closing(upstream.close)
	fetcher, err := httpfetcher.New(httpfetcher.Config{
		Timeout: lab.Patience, ConnectionsPerHost: strategy.Workers, AllowPrivate: true,
	})
	if err != nil {
		return err
	}
	s.closing(func() error { fetcher.Close(); return nil })
	bad := ""
	if e.Panic > 0 {
		bad = upstream.url(e.Panic-1, 0)
	}
	executor, err := newExecutor(s, domain.FetchHandler(fetcher), func(url string) bool { return url == bad }, strategy, recorder)
	if err != nil {
		return err
	}
	fetch := domain.NewFetch(executor, nil)
	s.call = func(ctx context.Context, number int) (failed int, first error) {
		urls := make([]string, e.Items)
		for i := range urls {
			urls[i] = upstream.url(number, i)
		}
		for _, fetched := range fetch.Fetch(ctx, urls) {
			if fetched.Err == nil {
				continue
			}
			if failed++; first == nil {
				first = fetched.Err
			}
		}
		return failed, first
	}
	return nil
}

func (u *upstream) url(call, item int) string {
	return fmt.Sprintf("http://%s/calls/%d/items/%d", u.address, call, item)
}
