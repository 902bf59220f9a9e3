// Package pgopen is what those have in common who open a PostgreSQL database.
package pgopen

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// idleParameter is PostgreSQL's name for how long a transaction may wait for its client, and
// idleLimit is that where the URL does not say it. What a process has locked whose machine is gone,
// or which is stopped, would otherwise hold others up for as long as TCP lasts: hours.
const (
	idleParameter = "idle_in_transaction_session_timeout"
	idleLimit     = 5 * time.Second
)

// LimitIdle is the statement that has transactions of a connection not wait for their client
// for ever. It is empty where the URL says how long they may.
//
// Said so, and not as the connection is made, it passes by way of PgBouncer too.
func LimitIdle(settings *pgx.ConnConfig) string {
	if settings.RuntimeParams[idleParameter] != "" {
		return ""
	}
	return fmt.Sprintf("SET %s = %d", idleParameter, idleLimit.Milliseconds())
}

// IdleUnlimited is the statement that lets one transaction wait for its client.
const IdleUnlimited = "SET LOCAL " + idleParameter + " = 0"

// Cause returns in one line, without the password, where a database is and what went wrong.
func Cause(settings *pgx.ConnConfig, err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		err = errors.New(refused.Message)
	}
	line := strings.Join(strings.Fields(err.Error()), " ") // each address that was tried has its own
	where := url.URL{Scheme: "postgresql", Host: fmt.Sprintf("%s:%d", settings.Host, settings.Port), Path: settings.Database}
	return fmt.Errorf("%s: %s", where.String(), line)
}
