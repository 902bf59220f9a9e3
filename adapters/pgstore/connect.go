package pgstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/adapters/internal/pgopen"
	"github.com/seed-bbcc19ba/roster/domain"
)

// connectLimit is how long it may take to make a connection, where the URL does not
// say (connect_timeout).
const connectLimit = 5 * time.Second

// cancelGrace is how long the server has to stop a statement whose ctx has ended,
// before its connection is given up.
const cancelGrace = time.Second

// CheckURL returns why a URL cannot be used, without the URL, which may hold a password.
func CheckURL(text string) error {
	if _, err := pgxpool.ParseConfig(text); err != nil {
		return errors.New("an option of it cannot be read, or a file that it names")
	}
	return nil
}

// connect opens a pool and makes sure that the database can be used.
func connect(ctx context.Context, config Config) (*pgxpool.Pool, error) {
	settings, err := pgxpool.ParseConfig(config.URL)
	if err != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "the URL of the database cannot be read"}
	}
	settings.MaxConns = int32(min(config.Connections, 10_000)) //nolint:gosec // it fits
	if settings.ConnConfig.ConnectTimeout == 0 {
		settings.ConnConfig.ConnectTimeout = connectLimit
	}
	if settings.ConnConfig.RuntimeParams["application_name"] == "" {
		settings.ConnConfig.RuntimeParams["application_name"] = "roster"
	}
	settings.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// A statement whose ctx ends is canceled, and its connection is kept.
	settings.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelGrace}
	}
	// To compile the statement of a page takes forty times as long as to run it. Said
	// so, and not as the connection is made, it passes by way of PgBouncer too.
	setup := "SET jit = off; " + pgopen.LimitIdle(settings.ConnConfig)
	settings.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		return conn.PgConn().Exec(ctx, setup).Close()
	}
	if config.Observe != nil {
		settings.ConnConfig.Tracer = &tracer{config.Observe}
	}
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err == nil {
		if err = checkServer(ctx, pool); err != nil {
			pool.Close()
		}
	}
	if err != nil {
		return nil, cannotOpen(ctx, settings, err)
	}
	return pool, nil
}

// leastVersion is the oldest version of PostgreSQL that is still looked after by its
// makers.
const leastVersion = 14

// checkServer returns why a database cannot hold what roster saves.
func checkServer(ctx context.Context, pool *pgxpool.Pool) error {
	var (
		encoding string
		version  int
	)
	err := pool.QueryRow(ctx, "SELECT current_setting('server_encoding'), current_setting('server_version_num')::integer").Scan(&encoding, &version)
	switch {
	case err != nil:
		return err
	case encoding != "UTF8":
		return fmt.Errorf("its encoding is %s, not UTF8", encoding)
	case version/10_000 < leastVersion:
		return fmt.Errorf("PostgreSQL %d is too old: %d is the oldest that will do", version/10_000, leastVersion)
	default:
		return nil
	}
}

// cannotOpen returns the error of Open, in one line without the password.
func cannotOpen(ctx context.Context, settings *pgxpool.Config, err error) error {
	code := domain.CodeUnavailable
	if ended := domain.ContextError(ctx); ended != nil {
		code = domain.CodeOf(ended)
	}
	return &domain.Error{Code: code, Message: "the database cannot be opened", Cause: pgopen.Cause(settings.ConnConfig, err)}
}
