package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/ports/accounttest"
)

func TestFileKeepsTheContractOfAccounts(t *testing.T) {
	t.Parallel()
	accounttest.Run(t, accounttest.Harness{
		Open: func(dir string) (accounttest.Store, error) {
			return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3")})
		},
		Durable: true,
		Shared:  true,
	})
}

func TestMemoryKeepsTheContractOfAccounts(t *testing.T) {
	t.Parallel()
	accounttest.Run(t, accounttest.Harness{
		Open: func(string) (accounttest.Store, error) { return openMigrated(sqlitestore.Config{}) },
	})
}
