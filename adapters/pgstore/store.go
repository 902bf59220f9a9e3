// Package pgstore keeps persons in PostgreSQL, in the tables of the original service:
// a database that Django made is taken over as it is, and Django can still use it,
// also at the same time.
//
// Everything goes through one pool of connections (pgx). What is answered as saved is
// committed; whether it is on the disk then is PostgreSQL's setting synchronous_commit,
// which is on by default. Any number of processes may use one database at once.
package pgstore

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Config says where the database is and how it is used.
type Config struct {
	// URL names the database: postgresql://user:password@host:port/name?sslmode=verify-full,
	// with whatever else libpq knows (https://www.postgresql.org/docs/current/libpq-connect.html),
	// PGPASSWORD and the like included.
	URL string
	// Connections is how many connections are open at once; 0 is 16.
	Connections int
	// Queue is how many calls may wait for a connection; 0 is 1024. One more is refused
	// with domain.CodeUnavailable at once.
	Queue int
	// Observe is told of each query; nil is nobody, and costs nothing. Queries that nobody asked for, such as those that
	// fold counts, have a ctx of their own.
	Observe ports.QueryObserver
}

const (
	defaultConnections = 16
	defaultQueue       = 1024
)

// Store keeps persons until it is closed. Its methods answer domain.CodeUnavailable
// until the tables are there: see Migrate.
//
// Find, Create, Replace, Patch and Delete cost O(log n) and one round trip, Seek
// O(log n + size of the slice). Page costs O(n / 4096), whatever page it is: the table
// roster_counts says how many persons have ids in each block of 4,096. Triggers keep
// it, within the transaction of each write, so the total is exact and includes what
// others than roster write.
//
// CreateBatch makes one transaction. Its ids grow, but others' ids may lie between
// them where others save at the same time.
//
// A read whose connection is lost is made once more. A write is, where it is certain
// that it was never begun; else it is answered domain.CodeUnavailable.
type Store struct {
	pool      *pgxpool.Pool
	places    chan struct{} // for each call that goes on or waits
	closed    chan struct{}
	closeOnce sync.Once
	plans     chan struct{} // for the call of Explain that goes on
	folder    folder
	watcher   watcher
}

var (
	_ ports.PersonStore  = (*Store)(nil)
	_ ports.JobStore     = (*Store)(nil)
	_ ports.AccountStore = (*Store)(nil)
	_ ports.TokenStore   = (*Store)(nil)
	_ ports.Prober       = (*Store)(nil)
	_ ports.Migrator     = (*Store)(nil)
	_ ports.Explainer    = (*Store)(nil)
)

// Open connects to the database and does not touch its tables. The error is
// domain.CodeUnavailable and one line that names host and database and holds no
// password, or what ctx says when it ends.
func Open(ctx context.Context, config Config) (*Store, error) {
	if config.Connections <= 0 {
		config.Connections = defaultConnections
	}
	if config.Queue <= 0 {
		config.Queue = defaultQueue
	}
	pool, err := connect(ctx, config)
	if err != nil {
		return nil, err
	}
	s := &Store{
		pool:   pool,
		places: make(chan struct{}, config.Connections+config.Queue),
		closed: make(chan struct{}),
		plans:  make(chan struct{}, 1),
	}
	s.folder.pool = pool
	s.watcher.connect, s.watcher.find, s.watcher.every = listenerOf(pool), s.findJobs, jobLook
	return s, nil
}

// Close implements ports.PersonStore. It waits for the calls under way.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		close(s.closed)
		s.watcher.wait()
		s.folder.wait()
		s.pool.Close()
	})
	return nil
}
