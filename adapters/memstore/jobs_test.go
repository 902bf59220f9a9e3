package memstore_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/ports/jobtest"
)

func TestStoreKeepsTheContractOfJobs(t *testing.T) {
	t.Parallel()
	jobtest.RunStore(t, jobtest.StoreHarness{
		Open: func(string) (jobtest.Store, error) { return memstore.New(), nil },
	})
}
