package sqlitedriver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Open returns a pool of connections to the database with the URI; none is made yet. With an observer each connection tells
// it of its queries; of EXPLAIN, which is put for whoever observes, nobody is told. Then sql.Conn's Raw has no connection of the driver, but what stands around one.
func Open(uri string, observe ports.QueryObserver) (*sql.DB, error) {
	pool, err := sql.Open(Name, uri)
	if err != nil || observe == nil {
		return pool, err
	}
	around := &connector{driver: pool.Driver(), uri: uri, observe: observe}
	return sql.OpenDB(around), pool.Close()
}

// connector makes connections that tell of their queries. The one place where every query of a pool passes is between
// database/sql and the driver: what is prepared passes no hook of bun.
type connector struct {
	driver  driver.Driver
	uri     string
	observe ports.QueryObserver
}

// Connect implements driver.Connector.
func (c *connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.uri)
	if err != nil {
		return nil, err
	}
	full, ok := inner.(fullConn)
	if !ok { // both drivers are
		return inner, nil
	}
	return &conn{full, c.observe}, nil
}

// Driver implements driver.Connector.
func (c *connector) Driver() driver.Driver { return c.driver }

// fullConn is what connections of both drivers can do.
type fullConn interface {
	driver.Conn
	driver.Pinger
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
}

// conn tells of its queries.
type conn struct {
	fullConn
	observe ports.QueryObserver
}

// tell tells of a query that began at began.
func (c *conn) tell(ctx context.Context, statement string, began time.Time, rows int64, err error) {
	if strings.HasPrefix(statement, "EXPLAIN ") {
		return
	}
	c.observe(ctx, ports.Query{SQL: statement, Began: began, Took: time.Since(began), Rows: rows, Shared: 1, Err: err})
}

// ResetSession implements driver.SessionResetter, as a driver without it is taken.
func (c *conn) ResetSession(ctx context.Context) error {
	if resetter, ok := c.fullConn.(driver.SessionResetter); ok {
		return resetter.ResetSession(ctx)
	}
	return nil
}

// IsValid implements driver.Validator, as a driver without it is taken.
func (c *conn) IsValid() bool {
	validator, ok := c.fullConn.(driver.Validator)
	return !ok || validator.IsValid()
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	began := time.Now()
	result, err := c.fullConn.ExecContext(ctx, query, args)
	c.tell(ctx, Placeholders(query), began, changed(result, err), err)
	return result, err
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	began := time.Now()
	found, err := c.fullConn.QueryContext(ctx, query, args)
	return c.follow(ctx, Placeholders(query), began, found, err)
}

// follow tells of a query when its rows are closed.
func (c *conn) follow(ctx context.Context, statement string, began time.Time, found driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		c.tell(ctx, statement, began, 0, err)
		return nil, err
	}
	return &rows{Rows: found, conn: c, ctx: ctx, statement: statement, began: began}, nil
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	inner, err := c.fullConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := inner.(fullStmt)
	if !ok { // both drivers' are
		return inner, nil
	}
	return &stmt{full, c, Placeholders(query)}, nil
}

// BeginTx implements driver.ConnBeginTx. It may wait for another process.
func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	began := time.Now()
	inner, err := c.fullConn.BeginTx(ctx, options)
	c.tell(ctx, "BEGIN", began, 0, err)
	if err != nil {
		return nil, err
	}
	return &tx{inner: inner, told: func(statement string, began time.Time, err error) { c.tell(ctx, statement, began, 0, err) }}, nil
}

// changed returns how many rows a statement changed.
func changed(result driver.Result, err error) int64 {
	if err != nil || result == nil {
		return 0
	}
	count, err := result.RowsAffected()
	if err != nil {
		return 0
	}
	return count
}

// tx tells of its end.
type tx struct {
	inner driver.Tx
	told  func(statement string, began time.Time, err error)
}

// Commit implements driver.Tx.
func (t *tx) Commit() error {
	began := time.Now()
	err := t.inner.Commit()
	t.told("COMMIT", began, err)
	return err
}

// Rollback implements driver.Tx.
func (t *tx) Rollback() error {
	began := time.Now()
	err := t.inner.Rollback()
	t.told("ROLLBACK", began, err)
	return err
}

// fullStmt is what statements of both drivers can do.
type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// stmt tells of its queries.
type stmt struct {
	fullStmt
	conn      *conn
	statement string
}

// ExecContext implements driver.StmtExecContext.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	began := time.Now()
	result, err := s.fullStmt.ExecContext(ctx, args)
	s.conn.tell(ctx, s.statement, began, changed(result, err), err)
	return result, err
}

// QueryContext implements driver.StmtQueryContext.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	began := time.Now()
	found, err := s.fullStmt.QueryContext(ctx, args)
	return s.conn.follow(ctx, s.statement, began, found, err)
}

// rows count themselves, and tell when they are closed. database/sql closes them once.
type rows struct {
	driver.Rows
	conn      *conn           // nil once they are closed
	ctx       context.Context //nolint:containedctx // of the query, to be told of when they are closed
	statement string
	began     time.Time
	read      int64
	err       error
}

// Next implements driver.Rows.
func (r *rows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	switch {
	case err == nil:
		r.read++
	case err != io.EOF: //nolint:errorlint // a value, as database/sql compares it
		r.err = err
	}
	return err
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	err := r.Rows.Close()
	if r.err == nil {
		r.err = err
	}
	if r.conn != nil {
		r.conn.tell(r.ctx, r.statement, r.began, r.read, r.err)
		r.conn = nil
	}
	return err
}

// ColumnTypeDatabaseTypeName implements driver.RowsColumnTypeDatabaseTypeName, which rows of both drivers have.
func (r *rows) ColumnTypeDatabaseTypeName(index int) string {
	if typed, ok := r.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return typed.ColumnTypeDatabaseTypeName(index)
	}
	return ""
}

// ColumnTypeScanType implements driver.RowsColumnTypeScanType, which rows of both drivers have.
func (r *rows) ColumnTypeScanType(index int) reflect.Type {
	if typed, ok := r.Rows.(driver.RowsColumnTypeScanType); ok {
		return typed.ColumnTypeScanType(index)
	}
	return reflect.TypeFor[any]()
}

// ColumnTypeNullable implements driver.RowsColumnTypeNullable, which rows of both drivers have.
func (r *rows) ColumnTypeNullable(index int) (nullable, ok bool) {
	if typed, has := r.Rows.(driver.RowsColumnTypeNullable); has {
		return typed.ColumnTypeNullable(index)
	}
	return false, false
}
