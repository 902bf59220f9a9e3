// Package pgopen tells why a PostgreSQL database cannot be opened.
package pgopen

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

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
