package app

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/observed"
	"github.com/seed-bbcc19ba/roster/adapters/slowquery"
	"github.com/seed-bbcc19ba/roster/adapters/tracing"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// observers are those who are told of what goes on. Where there is none, nothing stands around what it would observe.
type observers struct {
	tracing     *tracing.Tracing    // nil where nothing is traced
	slow        *slowquery.Log      // nil where no query is slow
	tracedCalls ports.CallObserver  // of every layer; nil is nobody
	allCalls    ports.CallObserver  // of stores and fetchers, for tracing and metrics; never nil
	queries     ports.QueryObserver // nil is nobody
}

// beginObserving makes the observers that the configuration asks for. It comes before anything that they observe, and what it
// makes closes after that.
func (a *App) beginObserving() error {
	var err error
	if a.tracing, err = a.config.Tracing.open(a.logger); err != nil {
		return err
	}
	var queries []ports.QueryObserver
	if a.tracing != nil {
		a.closers = append(a.closers, a.endTracing)
		a.logger = slog.New(tracing.LogHandler(a.logger.Handler()))
		a.tracedCalls = a.tracing.Call
		queries = append(queries, a.tracing.Query)
	}
	if a.config.Debug {
		queries = append(queries, tallyQuery)
	}
	if a.config.SlowQuery > 0 {
		a.slow = slowquery.New(slowquery.Config{Threshold: a.config.SlowQuery, Logger: a.logger})
		queries = append(queries, a.slow.Observe)
	}
	a.queries = observed.AllQueries(queries...)
	return nil
}

// flushLimit is how long the end waits for a collector of traces.
const flushLimit = 5 * time.Second

// endTracing sends what waits for the collector, within what is left of ShutdownTimeout.
func (a *App) endTracing() error {
	left := flushLimit
	if began := a.stopBegan.Load(); began != nil {
		left = min(left, a.config.ShutdownTimeout-time.Since(*began))
	}
	ctx, cancel := context.WithTimeout(context.Background(), left)
	defer cancel()
	if err := a.tracing.Close(ctx); err != nil {
		a.logger.LogAttrs(ctx, slog.LevelWarn, "some traces were not sent", slog.String("error", err.Error()))
	}
	return nil
}

// explainSlowQueries has the store say how it answers what was slow. It is called when the store is open, so that plans end before the
// store does.
func (a *App) explainSlowQueries(store Store) {
	if a.slow == nil {
		return
	}
	if explainer, ok := store.(ports.Explainer); ok {
		a.slow.ExplainBy(explainer)
	}
	a.closers = append(a.closers, a.slow.Close)
}

// observeInside has the use cases tell when their lanes have let them in, and the jobs who gave them.
func (a *App) observeInside() {
	if a.tracing == nil {
		return
	}
	a.Registry = observed.Registry(a.Registry, a.tracing.LetIn)
	a.Jobs = observed.Jobs(a.tracing.Jobs(a.Jobs), a.tracing.LetIn)
	a.CreateBulk = observed.Bulk("CREATE_BULK", a.CreateBulk, a.tracing.LetIn)
	a.AsyncCreateBulk = observed.Bulk("ASYNC_CREATE_BULK", a.AsyncCreateBulk, a.tracing.LetIn)
}

// observeUseCases has calls of the use cases told, what they wait for in their lanes among them.
func (a *App) observeUseCases() {
	if a.tracedCalls == nil {
		return
	}
	a.Registry = observed.Registry(a.Registry, a.tracedCalls)
	a.Check = observed.Check(a.Check, a.tracedCalls)
	a.CreateBulk = observed.Bulk("CREATE_BULK", a.CreateBulk, a.tracedCalls)
	a.AsyncCreateBulk = observed.Bulk("ASYNC_CREATE_BULK", a.AsyncCreateBulk, a.tracedCalls)
	a.Fetch = observed.Fetch(a.Fetch, a.tracedCalls)
	a.Jobs = observed.Jobs(a.Jobs, a.tracedCalls)
	a.Export = observed.Export(a.Export, a.tracedCalls)
}

// observeBrowser has calls of the browser told.
func (a *App) observeBrowser(browser ports.PersonBrowser) ports.PersonBrowser {
	if a.tracedCalls == nil {
		return browser
	}
	return observed.Browser(browser, a.tracedCalls)
}

// observeExecutor has the calls of an executor told that handles batches by what observeHandler returned.
func observeExecutor[In, Out any](a *App, name string, executor domain.Executor[In, Out]) domain.Executor[In, Out] {
	if a.tracedCalls == nil {
		return executor
	}
	return observed.Executor(name, executor, a.tracedCalls)
}

func observeHandler[In, Out any](a *App, name string, handler domain.Handler[In, Out]) domain.Handler[In, Out] {
	if a.tracedCalls == nil {
		return handler
	}
	return observed.Handler(name, handler, a.tracedCalls)
}

// observeJobs has the work at chunks traced.
func (a *App) observeJobs(handler ports.JobHandler) ports.JobHandler {
	if a.tracing == nil {
		return handler
	}
	return a.tracing.JobHandler(handler)
}

// watch returns what watches requests; nil is nobody.
func (a *App) watch() func(r *http.Request, id string) (context.Context, httpapi.Watcher) {
	var watchers []func(ctx context.Context, r *http.Request, id string, watcher *httpapi.Watcher) context.Context
	if a.config.Debug {
		watchers = append(watchers, watchQueries)
	}
	if a.tracing != nil {
		watchers = append(watchers, a.traceRequest)
	}
	if len(watchers) == 0 {
		return nil
	}
	return func(r *http.Request, id string) (context.Context, httpapi.Watcher) {
		ctx, watcher := r.Context(), httpapi.Watcher{}
		for _, watch := range watchers {
			ctx = watch(ctx, r, id, &watcher)
		}
		return ctx, watcher
	}
}

// traceRequest begins the span of a request, which ends with it. A probe, which comes every few seconds, has none.
func (a *App) traceRequest(ctx context.Context, r *http.Request, id string, watcher *httpapi.Watcher) context.Context {
	if httpapi.IsProbe(r.URL.Path) {
		return ctx
	}
	ctx, ended := a.tracing.Request(ctx, r.Header, id)
	if ended != nil {
		watcher.Ended = func(o httpapi.Observation) { ended(o.Method, o.Route, o.Status) }
	}
	return ctx
}
