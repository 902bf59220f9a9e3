package ports

import (
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// LoadTeller tells how much is going on. An Executor may be one; then the suite of
// executors (executortest) holds it to this, with its workers and its queue.
//
//   - Workers and Queue are the executor's.
//   - Running is how many batches run, and never more than Workers.
//   - Waiting is how many calls are inside beyond Workers, and never more than Queue. So it
//     is 0 while a call would find a worker, and Queue when the next one is refused.
//   - Refused is how many calls found no room since the start. Those that Close refused, or
//     that gave up, are none of them.
//   - Load waits for nobody and holds up nobody.
type LoadTeller interface {
	Load() domain.Load
}

// NamedLoad is the load of one executor or lane of a server.
type NamedLoad struct {
	// Name is the beginning of its settings, such as CREATE_BULK.
	Name string
	domain.Load
}

// RouteFigures are what has become of the requests of one method and route since the start.
type RouteFigures struct {
	Method, Route string
	// Count is all of them; of these Refused were answered 4xx, and Failed 5xx.
	Count, Refused, Failed uint64
	// Median and P99 are how long half of them took at most, and 99 of a hundred. They are
	// read from a histogram: whoever makes them says how exact that is.
	Median, P99 time.Duration
}
