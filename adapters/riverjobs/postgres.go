package riverjobs

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/seed-bbcc19ba/roster/adapters/internal/pgopen"
	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// connections is how many the pool has at most: one waits for notifications, and the
	// others take and end tasks.
	connections = 4
	// connectLimit is how long it may take to make a connection, where the URL does not
	// say (connect_timeout).
	connectLimit = 5 * time.Second
	// migrationLock is the key of the advisory lock of whoever migrates.
	migrationLock = 0x726f73746572_6a6f // "roster jo"
)

// OpenPostgres opens the queue in the database that a URL names, in River's tables
// (river_job and others). The error is one line without the password, with the code
// domain.CodeUnavailable, domain.CodeInvalid for a URL that cannot be read, or those of ctx.
//
// It has 4 connections at most. An idle queue takes 1 MiB, and 1 MiB more while it is served.
func OpenPostgres(ctx context.Context, url string, config Config) (*Queue, error) {
	settings, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "the URL of the database cannot be read"}
	}
	settings.MaxConns = connections
	if settings.ConnConfig.ConnectTimeout == 0 {
		settings.ConnConfig.ConnectTimeout = connectLimit
	}
	if settings.ConnConfig.RuntimeParams["application_name"] == "" {
		settings.ConnConfig.RuntimeParams["application_name"] = "roster jobs"
	}
	limitIdle := pgopen.LimitIdle(settings.ConnConfig)
	settings.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		return conn.PgConn().Exec(ctx, limitIdle).Close()
	}
	p := &postgresTables{}
	if err := p.open(ctx, settings, config); err != nil {
		return nil, cannotOpen(ctx, settings, err)
	}
	return newQueue(p, config)
}

// cannotOpen returns the error of OpenPostgres.
func cannotOpen(ctx context.Context, settings *pgxpool.Config, err error) error {
	if ended := domain.ContextError(ctx); ended != nil {
		return ended
	}
	return &domain.Error{Code: domain.CodeUnavailable, Message: "the queue of jobs cannot be opened", Cause: pgopen.Cause(settings.ConnConfig, err)}
}

// postgresTables are River's tables in a PostgreSQL database.
type postgresTables struct {
	pool   *pgxpool.Pool
	driver *riverpgxv5.Driver
}

// open opens a pool and makes sure that the tables can be used. With an error nothing stays
// open.
func (p *postgresTables) open(ctx context.Context, settings *pgxpool.Config, config Config) (err error) {
	if p.pool, err = pgxpool.NewWithConfig(ctx, settings); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			p.pool.Close()
		}
	}()
	p.driver = riverpgxv5.New(p.pool)
	logger, flush := warnings(config.Logger)
	defer flush()
	m, err := rivermigrate.New(p.driver, &rivermigrate.Config{Logger: logger})
	if err != nil {
		return err
	}
	ready, err := upToDate(ctx, m)
	switch {
	case err != nil || ready:
		return err
	case !config.Migrate:
		return ErrOutOfDate
	default:
		return p.alone(ctx, func() error { return migrate(ctx, m) })
	}
}

// alone calls do while no other process does. The lock is a transaction's, because a
// session's would not pass by way of PgBouncer, and that transaction waits for do.
func (p *postgresTables) alone(ctx context.Context, do func() error) error {
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, pgopen.IdleUnlimited); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		return do()
	})
}

func (p *postgresTables) newClient(config *river.Config) (client, error) {
	return river.NewClient(p.driver, config)
}

func (p *postgresTables) holdPlace(ctx context.Context, held place) (ok bool, err error) {
	err = pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		const others = " FROM river_job WHERE unique_key = $1 AND id <> $2 AND state IN ('available', 'pending', 'retryable', 'scheduled')"
		if _, err := tx.Exec(ctx, "DELETE"+others+" AND attempt <= $3", held.key, held.id, held.attempt); err != nil {
			return err
		}
		var waiting int
		if err := tx.QueryRow(ctx, "SELECT count(*)"+others, held.key, held.id).Scan(&waiting); err != nil || waiting > 0 {
			return err
		}
		// Where another was taken in this moment, the index refuses it, and it is tried again.
		_, err := tx.Exec(ctx, "UPDATE river_job SET unique_states = unique_states | $1::integer::bit(8) WHERE id = $2", runningBit, held.id)
		ok = err == nil
		return err
	})
	return ok && err == nil, err
}

func (p *postgresTables) leavePlace(ctx context.Context, id int64) error {
	_, err := p.pool.Exec(ctx, "UPDATE river_job SET unique_states = unique_states & ~($1::integer::bit(8)) WHERE id = $2", runningBit, id)
	return err
}

func (p *postgresTables) close() error {
	p.pool.Close()
	return nil
}
