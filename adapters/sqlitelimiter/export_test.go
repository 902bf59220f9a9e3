package sqlitelimiter

import "context"

// Pragma returns a setting of the open connection.
func (l *Limiter) Pragma(ctx context.Context, name string) (value string, err error) {
	err = l.file.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}

// Rows returns how many clients are kept.
func (l *Limiter) Rows(ctx context.Context) (rows int, err error) {
	err = l.file.conn.QueryRowContext(ctx, "SELECT count(*) FROM clients").Scan(&rows)
	return rows, err
}

// Lock begins a transaction that keeps everybody else out of the file until the
// limiter is closed.
func (l *Limiter) Lock(ctx context.Context) error {
	_, err := l.file.beginning.ExecContext(ctx)
	return err
}

// Busy tells whether a group is being decided.
func (l *Limiter) Busy() bool { return l.queue.IsBusy() }

// Waiting returns how many calls wait for their group.
func (l *Limiter) Waiting() int { return l.queue.Waiting() }
