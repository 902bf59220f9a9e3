// Package ports is the edge of the hexagon: what drives the domain (driving.go)
// and what the domain drives (store.go, executor.go, fetcher.go and the others).
//
// # Driving ports
//
// An adapter that brings work, such as an HTTP API or a command line, calls interfaces: [PersonRegistry], [BulkCreator],
// [PersonChecker], [BulkFetcher], [JobManager] and the others. The use cases of package domain are behind them, or whatever stands around one: a limit,
// a trace, or a client of a roster on another machine. So a program decides late, and in one place, how far away the registry is.
// Who stands for a use case elsewhere keeps what driving.go says of it. The suite usecasetest covers six of them, those that have a client on
// another machine: [PersonRegistry], [BulkCreator], [PersonChecker], [ConfiguredFetcher], [JobManager] and [PersonExporter].
//
// # Driven ports
//
// A contract says what every adapter of a kind promises: [PersonStore], [Executor], [DocumentFetcher], [RateLimiter], [JobStore], [JobQueue],
// [AccountStore], [TokenStore], [HistoryStore], [RowFormat]. It is composed of the needs that package domain states beside its use cases, and adds
// order, atomicity, codes and durability. Some are for adapters that can do more: [Prober], [Migrator], [Archivist], [PersonSource],
// [PersonKeeper], [Explainer] and [LoadTeller]; whoever uses them asks by a type assertion.
//
// # Writing an adapter
//
// A sentence of a contract is held up by a case of the
// matching suite: storetest, querytest, historytest, accounttest, tokentest, jobtest, executortest, fetchertest, ratelimitertest,
// formattest. Whoever writes an adapter runs the suite against it in about twenty lines:
//
//	func TestStore(t *testing.T) {
//		t.Parallel()
//		storetest.Run(t, storetest.Harness{
//			Open: func(dir string) (ports.PersonStore, error) { return mystore.Open(dir) },
//		})
//	}
//
// The examples of storetest and executortest are a whole store and a whole executor; the folder docs has a guide to each.
//
// # Testing against a port
//
// Package portmock holds a mock of each interface, made by moq, for tests about calls ("the store is not asked"). For tests about
// behaviour adapters/memstore is the shorter way: it keeps the contract in memory.
package ports

//go:generate go run github.com/matryer/moq@v0.8.1 -rm -pkg portmock -out portmock/driven.go . PersonStore Prober Executor DocumentFetcher RateLimiter JobStore JobQueue JobHandler AccountStore HistoryStore TokenStore LoadTeller
//go:generate go run github.com/matryer/moq@v0.8.1 -rm -pkg portmock -out portmock/driving.go . PersonRegistry BulkCreator PersonChecker ConfiguredFetcher BulkFetcher JobManager PersonExporter SelectionExporter PersonBrowser Surveyor AccountManager TokenManager StrategyLab
