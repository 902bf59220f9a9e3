package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/ports/tokentest"
)

func TestFileKeepsTheContractOfTokens(t *testing.T) {
	t.Parallel()
	tokentest.Run(t, tokentest.Harness{
		Open: func(dir string) (tokentest.Store, error) {
			return openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3")})
		},
		Durable: true,
		Shared:  true,
	})
}

func TestMemoryKeepsTheContractOfTokens(t *testing.T) {
	t.Parallel()
	tokentest.Run(t, tokentest.Harness{
		Open: func(string) (tokentest.Store, error) { return openMigrated(sqlitestore.Config{}) },
	})
}
