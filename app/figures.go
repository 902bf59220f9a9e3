package app

import "github.com/seed-bbcc19ba/roster/ports"

// teller is what tells its load, and what its settings begin with.
type teller struct {
	name string
	ports.LoadTeller
}

func (a *App) tellLoad(name string, of ports.LoadTeller) {
	a.tellers = append(a.tellers, teller{name, of})
}

// Loads returns how much is going on in each executor and each lane, by what their settings
// begin with: CHECK, CREATE_BULK, ASYNC_CREATE_BULK, FETCH, WORK and BULK. It costs nothing
// to speak of.
func (a *App) Loads() []ports.NamedLoad {
	loads := make([]ports.NamedLoad, len(a.tellers))
	for i, one := range a.tellers {
		loads[i] = ports.NamedLoad{Name: one.name, Load: one.Load()}
	}
	return loads
}

// Routes returns the figures of the requests that Handler has answered, probes included, those with the most requests
// first (metrics.Metrics.Routes). What the server refused before was none of Handler's.
func (a *App) Routes() []ports.RouteFigures { return a.metrics.Routes() }
