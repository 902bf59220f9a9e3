package ports

import "context"

// Call is a call of a port, or a batch of an executor, as observers are told of it.
type Call struct {
	// Layer is what is called: LayerStore, LayerRegistry, LayerExecutor and so on. Name tells those apart that there are several of,
	// such as CREATE_BULK; mostly it is "".
	Layer, Name string
	// Method is the method of the port, or MethodBatch where an executor has a batch handled. There are only so many.
	Method string
	// Items is how many items are handed over together; 0 where it is one thing.
	Items int
}

// The layers of calls.
const (
	LayerRegistry = "registry"
	LayerBulk     = "bulk"
	LayerCheck    = "check"
	LayerFetch    = "fetch"
	LayerJobs     = "jobs"
	LayerExport   = "export"
	LayerBrowse   = "browse"
	LayerExecutor = "executor"
	LayerStore    = "store"
	LayerFetcher  = "fetcher"
	LayerJob      = "job" // the tasks of jobs: a JobHandler
)

// The methods that observers tell from others.
const (
	MethodBatch    = "batch"
	MethodAwaitJob = "AwaitJob" // of LayerStore: it waits on purpose
	MethodWork     = "Work"     // of LayerJob, as the next
	MethodGiveUp   = "GiveUp"
)

// CallObserver is told of a call when it begins. It returns the ctx in which the call is made, and what is told when it has
// ended, with its error; neither is nil. It is used by many at once, and each call waits for it.
type CallObserver func(ctx context.Context, call Call) (context.Context, func(err error))
