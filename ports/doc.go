// Package ports is the edge of the hexagon: what drives the domain (driving.go)
// and what the domain drives (store.go, executor.go, fetcher.go and the others).
//
// The driven contracts are composed of the needs that package domain states, and
// add what every adapter promises. A sentence here is held up by a case of the
// matching suite: storetest, historytest, accounttest, jobtest, executortest, fetchertest, ratelimitertest,
// formattest. Whoever writes an adapter of their own runs the suite against it in about twenty lines.
//
// Package portmock holds a mock of each interface, made by moq.
package ports

//go:generate go run github.com/matryer/moq@v0.8.1 -rm -pkg portmock -out portmock/driven.go . PersonStore Prober Executor DocumentFetcher RateLimiter JobStore JobQueue JobHandler AccountStore HistoryStore TokenStore LoadTeller
//go:generate go run github.com/matryer/moq@v0.8.1 -rm -pkg portmock -out portmock/driving.go . PersonRegistry BulkCreator PersonChecker BulkFetcher JobManager PersonExporter SelectionExporter PersonBrowser Surveyor AccountManager TokenManager StrategyLab
