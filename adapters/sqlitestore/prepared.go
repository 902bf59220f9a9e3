package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/uptrace/bun"
)

// prepared is a query that is parsed once per connection. It is prepared when it
// is first used, because a store may be opened before its table is made. With few
// rows as the answer, parsing is most of the time: see BenchmarkFind.
type prepared struct {
	query string

	mu        sync.Mutex // held while the statement is set, which is once
	statement *sql.Stmt
}

// queryRow asks for one row.
func (p *prepared) queryRow(ctx context.Context, db *bun.DB, args ...any) (*sql.Row, error) {
	if err := p.prepare(ctx, db); err != nil {
		return nil, err
	}
	return p.statement.QueryRowContext(ctx, args...), nil
}

// queryRows asks for many rows.
func (p *prepared) queryRows(ctx context.Context, db *bun.DB, args ...any) (*sql.Rows, error) {
	if err := p.prepare(ctx, db); err != nil {
		return nil, err
	}
	return p.statement.QueryContext(ctx, args...)
}

// prepare makes sure that there is a statement. It lives as long as db.
func (p *prepared) prepare(ctx context.Context, db *bun.DB) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.statement == nil {
		p.statement, err = db.DB.PrepareContext(ctx, p.query)
	}
	return err
}

// rowIn asks for one row where db may be a transaction. It is prepared already.
func (p *prepared) rowIn(ctx context.Context, db bun.IDB, args ...any) *sql.Row {
	return p.in(ctx, db).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // it ends with the transaction
}

// execIn changes something where db may be a transaction. It is prepared already.
func (p *prepared) execIn(ctx context.Context, db bun.IDB, args ...any) error {
	_, err := p.in(ctx, db).ExecContext(ctx, args...) //nolint:sqlclosecheck // it ends with the transaction
	return err
}

func (p *prepared) in(ctx context.Context, db bun.IDB) *sql.Stmt {
	if tx, inTx := db.(bun.Tx); inTx {
		return tx.StmtContext(ctx, p.statement)
	}
	return p.statement
}

// each asks for many rows and has each of them scanned.
func (p *prepared) each(ctx context.Context, db *bun.DB, scan func(*sql.Rows) error, args ...any) (err error) {
	rows, err := p.queryRows(ctx, db, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
