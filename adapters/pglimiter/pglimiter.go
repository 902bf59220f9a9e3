// Package pglimiter counts what clients take in a table of PostgreSQL, which servers on
// any number of machines share.
//
// The table, roster_rates, is made by the migrations of roster's database: the limiter needs
// no right but to read and write it, and a server that may not migrate (AUTO_MIGRATE=off)
// finds it as it finds the others. It is unlogged: nothing waits for the disk, a restart
// loses nothing, and after a crash of PostgreSQL everybody has everything again.
package pglimiter

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/adapters/internal/ratequeue"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Config says where the database is and what is allowed.
type Config struct {
	// URL names the database, as libpq does.
	URL string
	// Rate is what each client may take.
	Rate domain.Rate
	// Patience is how long calls wait for the database; 0 is one second.
	Patience time.Duration
	// Now tells the time; nil asks the database, so that servers whose clocks differ count
	// together.
	Now func() time.Time
}

const defaultPatience = time.Second

// Limiter counts against one rate, together with every other limiter on its database.
// When the clock is set back, no client waits for more than a period. It starts no goroutine,
// and has one connection.
//
// Take costs two round trips: 0.1 ms beside the database, and 0.03 ms where 16 ask at once. Calls that come meanwhile wait and then go together
// (ratequeue.Queue), so that a crowd shares them, and its clients' rows are locked once. Rows of
// clients whose units have all come back are deleted as it goes. Where the database cannot be
// used a call is answered domain.CodeUnavailable, and the next one connects anew.
//
// Keys are kept as their SHA-256.
type Limiter struct {
	config   Config
	settings *pgx.ConnConfig
	queue    *ratequeue.Queue

	// Who decides a group uses these.
	conn  *pgx.Conn // nil while there is none
	taken int       // calls since rows were looked at
	swept []byte    // the last key that was looked at
}

var _ ports.RateLimiter = (*Limiter)(nil)

// New returns a limiter that connects when it is first used. The error is
// domain.CodeInvalid for the zero Rate and for a URL that cannot be read, of which it says nothing.
func New(config Config) (*Limiter, error) {
	if config.Rate.IsZero() {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a limiter needs a rate"}
	}
	settings, err := pgx.ParseConfig(config.URL)
	if err != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "the URL of the database cannot be read"}
	}
	if settings.RuntimeParams["application_name"] == "" {
		settings.RuntimeParams["application_name"] = "roster"
	}
	if config.Patience <= 0 {
		config.Patience = defaultPatience
	}
	l := &Limiter{config: config, settings: settings, swept: []byte{}}
	l.queue = ratequeue.New(l.decide)
	return l, nil
}

// Open connects now, so that whoever starts a server hears what is wrong with it. The error
// is domain.CodeUnavailable, or those of ctx; the limiter can be used all the same, and tries
// again.
func (l *Limiter) Open(ctx context.Context) error { return l.queue.Open(ctx) }

// Take implements ports.RateLimiter.
func (l *Limiter) Take(ctx context.Context, key string, cost int) (domain.Decision, error) {
	return l.queue.Take(ctx, key, cost)
}

// Close implements ports.RateLimiter. It waits for the calls under way.
func (l *Limiter) Close() error {
	return l.queue.Close(func() error {
		l.disconnect()
		return nil
	})
}

// rowKey is a key as it is kept.
type rowKey = [sha256.Size]byte

func rowKeyOf(key string) rowKey { return sha256.Sum256([]byte(key)) }
