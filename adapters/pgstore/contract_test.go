package pgstore_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/accounttest"
	"github.com/seed-bbcc19ba/roster/ports/historytest"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
	"github.com/seed-bbcc19ba/roster/ports/tokentest"
)

var server *pgtest.Server

func TestMain(m *testing.M) { pgtest.Main(m, &server) }

// databases are those that the suite has opened, by its folders.
type databases struct {
	mu   sync.Mutex
	urls map[string]string
}

func (d *databases) open(dir string) (*pgstore.Store, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	url, known := d.urls[dir]
	if !known {
		var err error
		if url, err = server.Create(context.Background(), fmt.Sprintf("suite_%x", sha256.Sum256([]byte(dir)))[:30]); err != nil {
			return nil, err
		}
		d.urls[dir] = url
	}
	return pgstore.Open(context.Background(), pgstore.Config{URL: url})
}

func (d *databases) url(dir string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.urls[dir]
}

func TestStoreKeepsTheContract(t *testing.T) {
	t.Parallel()
	d := databases{urls: map[string]string{}}
	storetest.Run(t, storetest.Harness{
		Open:    func(dir string) (ports.PersonStore, error) { return d.open(dir) },
		Durable: true,
	})
}

func TestJobsKeepTheContract(t *testing.T) {
	t.Parallel()
	d := databases{urls: map[string]string{}}
	jobtest.RunStore(t, jobtest.StoreHarness{
		Open:    func(dir string) (jobtest.Store, error) { return d.open(dir) },
		Durable: true,
		Shared:  true,
	})
}

func TestHistoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	d := databases{urls: map[string]string{}}
	historytest.Run(t, historytest.Harness{
		Open:    func(dir string) (historytest.Store, error) { return d.open(dir) },
		Durable: true,
	})
}

func TestAccountsKeepTheContract(t *testing.T) {
	t.Parallel()
	d := databases{urls: map[string]string{}}
	accounttest.Run(t, accounttest.Harness{
		Open:    func(dir string) (accounttest.Store, error) { return d.open(dir) },
		Durable: true,
		Shared:  true,
		DeleteUser: func(t *testing.T, dir string, id int64) {
			t.Helper()
			exec(t, connect(t, d.url(dir)), fmt.Sprintf("DELETE FROM auth_user WHERE id = %d", id))
		},
	})
}

func TestTokensKeepTheContract(t *testing.T) {
	t.Parallel()
	d := databases{urls: map[string]string{}}
	tokentest.Run(t, tokentest.Harness{
		Open:    func(dir string) (tokentest.Store, error) { return d.open(dir) },
		Durable: true,
		Shared:  true,
	})
}
