package pglimiter_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/pglimiter"
	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/ratelimitertest"
)

var server *pgtest.Server

func TestMain(m *testing.M) { pgtest.Main(m, &server) }

// databases are those that the suite has opened, by its folders.
type databases struct {
	mu   sync.Mutex
	urls map[string]string
}

func (d *databases) url(dir string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	url, known := d.urls[dir]
	if !known {
		var err error
		if url, err = server.Create(context.Background(), fmt.Sprintf("suite_%x", sha256.Sum256([]byte(dir)))[:30]); err != nil {
			return "", err
		}
		d.urls[dir] = url
	}
	return url, nil
}

// The server is outside of the bubble in which the suite's time passes: who waits for it
// does not let time pass, and the clock is the bubble's.
func TestLimiterKeepsTheContract(t *testing.T) {
	t.Parallel()
	d := databases{urls: map[string]string{}}
	ratelimitertest.Run(t, ratelimitertest.Harness{
		Open: func(dir string, rate domain.Rate) (ports.RateLimiter, error) {
			url, err := d.url(dir)
			if err != nil {
				return nil, err
			}
			return pglimiter.New(pglimiter.Config{URL: url, Rate: rate, Now: time.Now})
		},
		Shares: true,
	})
}
