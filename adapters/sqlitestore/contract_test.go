package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/historytest"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFileKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Harness{
		Open: func(dir string) (ports.PersonStore, error) {
			return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3")})
		},
		Durable: true,
	})
}

func TestMemoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Harness{
		Open: func(string) (ports.PersonStore, error) { return openMigrated(sqlitestore.Config{}) },
	})
}

// A queue so short refuses nearly everybody.
func TestAShortQueueKeepsTheContractInACrowd(t *testing.T) {
	t.Parallel()
	for _, queue := range []int{1, 20} {
		storetest.RunCrowd(t, storetest.Harness{
			Open: func(dir string) (ports.PersonStore, error) {
				return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3"), Queue: queue})
			},
		})
	}
	storetest.RunCrowd(t, storetest.Harness{
		Open: func(string) (ports.PersonStore, error) { return openMigrated(sqlitestore.Config{Queue: 1}) },
	})
}

func TestStoreKeepsTheContractOfHistory(t *testing.T) {
	t.Parallel()
	historytest.Run(t, historytest.Harness{
		Open: func(dir string) (historytest.Store, error) {
			return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3")})
		},
		Durable: true,
	})
}

func TestStoreInMemoryKeepsTheContractOfHistory(t *testing.T) {
	t.Parallel()
	historytest.Run(t, historytest.Harness{
		Open: func(string) (historytest.Store, error) { return openMigrated(sqlitestore.Config{}) },
	})
}
