package app

import (
	"context"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

var errDraining = &domain.Error{Code: domain.CodeUnavailable, Message: "the server is stopping"}

// readiness returns what tells probes whether requests can be served: the store
// says so, where it can, and no stop has begun.
func (a *App) readiness(store ports.PersonStore) func(ctx context.Context) error {
	prober, probes := store.(ports.Prober)
	return func(ctx context.Context) error {
		if probes {
			if err := prober.Ready(ctx); err != nil {
				return err
			}
		}
		if a.draining.Load() { // last: a stop may have begun meanwhile
			return errDraining
		}
		return nil
	}
}
