package worker

import (
	"github.com/seed-bbcc19ba/roster/adapters/metrics"
	"github.com/seed-bbcc19ba/roster/adapters/observed"
	"github.com/seed-bbcc19ba/roster/ports"
)

// counting returns a store whose calls are counted, as a server counts them for /metrics.
func counting(store ports.PersonStore) ports.PersonStore {
	return observed.Persons(store, metrics.New().Call)
}
