package memstore_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/ports/tokentest"
)

func TestStoreKeepsTheContractOfTokens(t *testing.T) {
	t.Parallel()
	tokentest.Run(t, tokentest.Harness{
		Open: func(string) (tokentest.Store, error) { return memstore.New(), nil },
	})
}
