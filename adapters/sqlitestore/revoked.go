package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
)

// revokedToken is an API token that somebody ended. The id alone would not do: a file may come from another database, whose
// tokens have the same ids.
type revokedToken struct {
	id, revoked int64
	key         []byte
}

// readRevoked returns the API tokens that were ended; none of a database that has no table of them.
func readRevoked(ctx context.Context, db querier) (ended []revokedToken, err error) {
	table, err := tableSQL(ctx, db, tableTokens)
	if err != nil || table == "" {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT id, key, revoked FROM roster_tokens WHERE revoked IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var token revokedToken
		if err := rows.Scan(&token.id, &token.key, &token.revoked); err != nil {
			return nil, err
		}
		ended = append(ended, token)
	}
	return ended, rows.Err()
}

// keepRevoked ends API tokens that are there as they were ended elsewhere. What ended earlier stays as it is.
func keepRevoked(ctx context.Context, conn *sql.Conn, ended []revokedToken) error {
	if table, err := tableSQL(ctx, conn, tableTokens); err != nil || table == "" {
		return err
	}
	for _, token := range ended {
		if _, err := conn.ExecContext(ctx, "UPDATE roster_tokens SET revoked = ? WHERE id = ? AND key = ? AND revoked IS NULL",
			token.revoked, token.id, token.key); err != nil {
			return err
		}
	}
	return nil
}
