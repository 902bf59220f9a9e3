package memstore_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/ports/historytest"
)

func TestStoreKeepsTheContractOfHistory(t *testing.T) {
	t.Parallel()
	historytest.Run(t, historytest.Harness{
		Open: func(string) (historytest.Store, error) { return memstore.New(), nil },
	})
}
