package app

import (
	"context"
	"net/http"
	"runtime/debug"

	"github.com/seed-bbcc19ba/roster/adapters/metrics"
	"github.com/seed-bbcc19ba/roster/adapters/observed"
	"github.com/seed-bbcc19ba/roster/ports"
)

// observedStore is a store whose calls are told, port by port.
type observedStore struct {
	ports.PersonStore
	ports.JobStore
	ports.HistoryStore
	ports.AccountStore
	ports.TokenStore
}

var _ Store = observedStore{}

// observedStore returns a store that does what store does, for the use cases. What store is besides a Store (ports.Prober,
// ports.Migrator), it is not: whoever needs that asks store.
func (a *App) observedStore(store Store) Store {
	return observedStore{
		PersonStore:  observed.Persons(store, a.allCalls),
		JobStore:     observed.JobStore(a.metrics.JobStore(store), a.allCalls),
		HistoryStore: observed.History(store, a.allCalls),
		AccountStore: observed.Accounts(store, a.allCalls),
		TokenStore:   observed.Tokens(store, a.allCalls),
	}
}

// scrapes returns what answers a scrape. It looks at the store itself, so that to look is no call of those that it tells of.
func (a *App) scrapes(store Store) http.Handler {
	sources := metrics.Sources{
		Loads:  a.Loads,
		Server: a.serverFigures,
		Store:  store,
	}
	sources.Version, sources.Revision = madeFrom()
	if prober, probes := store.(ports.Prober); probes {
		sources.Ready = func(ctx context.Context) error { return prober.Ready(ctx) }
	}
	return a.metrics.Handler(sources, a.logger)
}

func (a *App) serverFigures() metrics.ServerFigures {
	figures := metrics.ServerFigures{Requests: a.server.Requests()}
	figures.Connections, figures.MaxConnections = a.server.Connections()
	figures.RefusedConnections, figures.RefusedRequests = a.server.Refused()
	return figures
}

// madeFrom returns the version and the revision of the program; "" where it does not know.
func madeFrom() (version, revision string) {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "", ""
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			revision = setting.Value
		}
	}
	return info.Main.Version, revision
}
