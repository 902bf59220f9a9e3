package storetest_test

import (
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/storetest"
)

// The store of the example is held to the contract as yours would be.
func TestTheExampleKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Harness{
		Open: func(dir string) (ports.PersonStore, error) {
			return OpenFileStore(filepath.Join(dir, "persons.json"))
		},
		Durable: true,
	})
}
