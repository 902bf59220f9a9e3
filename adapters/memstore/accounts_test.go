package memstore_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/ports/accounttest"
)

func TestStoreKeepsTheContractOfAccounts(t *testing.T) {
	t.Parallel()
	accounttest.Run(t, accounttest.Harness{
		Open: func(string) (accounttest.Store, error) { return memstore.New(), nil },
	})
}
