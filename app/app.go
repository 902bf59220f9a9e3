package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/adapters/lane"
	"github.com/seed-bbcc19ba/roster/adapters/metrics"
	"github.com/seed-bbcc19ba/roster/adapters/observed"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/adapters/resilientfetcher"
	"github.com/seed-bbcc19ba/roster/app/server"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// App is roster, put together: the use cases over the store and the executors of
// a configuration, and the API that serves them. It is safe for concurrent use.
type App struct {
	Registry        ports.PersonRegistry
	Check           ports.PersonChecker
	CreateBulk      ports.BulkCreator
	AsyncCreateBulk ports.BulkCreator
	Fetch           ports.BulkFetcher
	Jobs            ports.JobManager
	Export          ports.PersonExporter
	Accounts        ports.AccountManager
	Tokens          ports.TokenManager
	// Lab is the strategy lab, which uses nothing else of the App.
	Lab ports.StrategyLab
	// Formats are the formats of imports and exports by name.
	Formats map[string]domain.RowFormat
	// SecretKey is the configuration's, or one that New made up.
	SecretKey Secret
	// Handler is the API over the use cases, and the site, which people see.
	Handler http.Handler

	config       Config
	logger       *slog.Logger
	single, bulk *lane.Lane // of single persons and pages, and of what concerns many
	site         func() (*admin.Site, error)
	closers      []func() error // in the order in which things were opened
	queue        *lateQueue
	work         *domain.JobWork
	metrics      *metrics.Metrics
	server       server.Figures
	ready        func(ctx context.Context) error
	tellers      []teller // in the order in which they were made
	tidiers      []func(ctx context.Context) error

	observers

	// draining is set when a stop begins: from then on the server is not ready.
	draining atomic.Bool
	// stopBegan is when that was; nil before.
	stopBegan atomic.Pointer[time.Time]
	// goodbye is how long connections that idle in a stop may bring one more request,
	// once none is accepted any more.
	goodbye time.Duration
	// runnable tells how many goroutines wait for a processor; nil asks the runtime.
	runnable func() int
	// certificate is nil where the server does not speak TLS, and before Run.
	certificate atomic.Pointer[server.Certificate]
}

const defaultGoodbye = 250 * time.Millisecond

// New opens the store, brings its schema up to date where config.AutoMigrate
// says so, and puts everything together. It listens to nothing yet. config comes
// from Load. The caller closes the App, or runs it.
//
// The error is a *PendingError where the schema is out of date and AutoMigrate is
// off; any other says in one line what could not be opened.
func New(ctx context.Context, config Config, logger *slog.Logger) (*App, error) {
	a := &App{SecretKey: config.SecretKey, config: config, logger: logger, goodbye: defaultGoodbye, metrics: metrics.New()}
	if !a.SecretKey.IsSet() {
		a.SecretKey = randomSecret()
	}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	if err := a.beginObserving(); err != nil {
		return err
	}
	store, err := openStore(ctx, a.config, a.logger, a.queries)
	if err != nil {
		return err
	}
	return a.buildOver(ctx, store)
}

// buildOver puts everything together over a store, which closes with the App.
func (a *App) buildOver(ctx context.Context, store Store) error {
	a.closers = append(a.closers, store.Close)
	a.explainSlowQueries(store)
	if err := a.prepareSchema(ctx, store); err != nil {
		return err
	}
	a.ready = a.readiness(store)
	scrapes := a.scrapes(store)
	a.allCalls = observed.All(a.metrics.Call, a.tracedCalls)
	store = a.observedStore(store) // from here on it is a Store and nothing else
	fetcher, err := a.newFetcher()
	if err != nil {
		return fmt.Errorf("cannot make the fetcher: %w", err)
	}

	if err := a.bindUseCases(store, observed.Fetcher(fetcher, a.allCalls)); err != nil {
		return err
	}
	limiter, err := a.newLimiter(ctx)
	if err != nil {
		return fmt.Errorf("cannot limit clients: %w", err)
	}
	proxies, err := a.config.trustedProxies()
	if err != nil {
		return err
	}
	site, err := a.siteOf(store)
	if err != nil {
		return fmt.Errorf("the lane of the admin: %w", err)
	}
	a.Handler, err = httpapi.New(httpapi.UseCases{
		Registry:        a.Registry,
		Check:           a.Check,
		CreateBulk:      a.CreateBulk,
		AsyncCreateBulk: a.AsyncCreateBulk,
		Fetch:           a.Fetch,

		Jobs:             a.Jobs,
		NewRefusalWriter: personfile.NewRefusalWriter,
		Export:           a.Export,
	}, httpapi.Config{
		AllowedHosts:       a.config.AllowedHosts,
		CORSAllowedOrigins: a.config.CORSAllowedOrigins,
		TrustedProxies:     proxies,
		Tokens:             a.askedTokens(),
		Access:             accessTo,
		RateLimiter:        limiter,
		MaxBodyBytes:       int64(a.config.MaxBodyBytes),
		MaxUploadBytes:     int64(a.config.MaxUploadBytes),
		MaxTargetBytes:     int(a.config.MaxTargetBytes),
		MaxJSONDepth:       a.config.MaxJSONDepth,
		Ready:              a.ready,
		Metrics:            scrapes,
		Logger:             a.logger,
		Site:               site,
		Observe: func(o httpapi.Observation) {
			a.metrics.Observe(o.Method, o.Route, o.Status, o.Took)
		},
		Watch: a.watch(),
	})
	return err
}

// newFetcher returns what gets documents, over HTTP and with retries. Its
// connections close with the App.
func (a *App) newFetcher() (ports.DocumentFetcher, error) {
	config := httpfetcher.Config{
		Timeout:            a.config.FetchTimeout,
		MaxBytes:           int64(a.config.FetchMaxBytes),
		ConnectionsPerHost: a.config.FetchHostConnections,
		AllowPrivate:       a.config.FetchAllowPrivate,
	}
	if a.tracing != nil {
		config.Header = a.tracing.Inject
	}
	fetcher, err := httpfetcher.New(config)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() error { fetcher.Close(); return nil })
	var try ports.DocumentFetcher = fetcher
	if a.tracing != nil {
		try = a.tracing.Fetcher(fetcher)
	}
	return resilientfetcher.New(try, resilientfetcher.Config{
		Timeout:         a.config.FetchTimeout,
		Retries:         a.config.FetchRetries,
		BreakerFailures: a.config.FetchBreakerFailures,
		BreakerPause:    a.config.FetchBreakerPause,
	})
}

// bindUseCases makes each use case over the executor that its strategy names.
func (a *App) bindUseCases(store Store, fetcher ports.DocumentFetcher) error {
	registry, err := domain.NewRegistry(store, a.config.PageSize)
	if err != nil {
		return err
	}
	finder, err := newExecutor(a, "CHECK", domain.FindHandler(store), a.config.Check)
	if err != nil {
		return err
	}
	createBulk, err := a.newBulkCreate("CREATE_BULK", store, a.config.CreateBulk)
	if err != nil {
		return err
	}
	asyncCreateBulk, err := a.newBulkCreate("ASYNC_CREATE_BULK", store, a.config.AsyncCreateBulk)
	if err != nil {
		return err
	}
	documents, err := newExecutor(a, "FETCH", domain.FetchHandler(fetcher), a.config.Fetch)
	if err != nil {
		return err
	}
	a.Registry = registry
	a.Check = domain.NewCheck(finder)
	a.CreateBulk, a.AsyncCreateBulk = createBulk, asyncCreateBulk
	a.Fetch = domain.NewFetch(documents, a.config.FetchURLs)
	if err := a.bindJobs(store); err != nil {
		return err
	}
	a.observeInside()
	if err := a.guardUseCases(); err != nil {
		return err
	}
	a.observeUseCases()
	a.tidiers = append(a.tidiers, tidyHistory(store))
	if a.Lab, err = NewLab(); err != nil {
		return err
	}
	if a.Tokens, err = account.NewTokens(store, nil); err != nil {
		return err
	}
	return a.bindAccounts(store)
}

func (a *App) newBulkCreate(name string, store ports.PersonStore, strategy Strategy) (*domain.BulkCreate, error) {
	executor, err := newExecutor(a, name, domain.CreateHandler(store), strategy)
	if err != nil {
		return nil, err
	}
	return domain.NewBulkCreate(executor, a.config.BulkMax)
}

// Close waits for the work that runs in the executors, then closes what New
// opened, the store last. The store answers domain.CodeUnavailable from then on. A
// second Close is harmless: what is closed already stays so.
func (a *App) Close() error {
	var errs []error
	for _, closer := range slices.Backward(a.closers) {
		errs = append(errs, closer())
	}
	return errors.Join(errs...)
}
