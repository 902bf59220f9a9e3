package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/seed-bbcc19ba/roster/adapters/internal/migrations"
)

// The migrations that take over a table where Django has made it.
const (
	versionPersons  = 1
	versionAccounts = 5
)

// migrationTx is the transaction in which goose applies one migration. goose
// takes it for a lock, and a lock it is: SQLite lets one process write at a time,
// and whoever waited for it sees what the other one did. That the statements and
// the row that marks them as applied are saved together comes with it; goose
// itself asks what is pending before its transactions begin, so two processes
// could apply a migration twice.
//
// A PRAGMA foreign_keys in a migration does nothing, as in every transaction.
type migrationTx struct {
	version int64
	lastIDs lastIDs // before it
}

// SessionLock implements lock.SessionLocker.
func (m *migrationTx) SessionLock(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := m.begin(ctx, conn); err != nil {
		return errors.Join(err, rollback(ctx, conn))
	}
	return nil
}

func (m *migrationTx) begin(ctx context.Context, conn *sql.Conn) (err error) {
	switch m.version {
	case versionPersons:
		err = checkPersons(ctx, conn)
	case versionAccounts:
		err = checkUsers(ctx, conn)
	}
	if err != nil {
		return err
	}
	m.lastIDs, err = readLastIDs(ctx, conn)
	return err
}

// SessionUnlock implements lock.SessionLocker. The migration has succeeded when
// the row is there that goose writes after it.
func (m *migrationTx) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	var applied int
	err := conn.QueryRowContext(ctx, "SELECT count(*) FROM "+migrations.Table+" WHERE version_id = ?", m.version).Scan(&applied)
	if err != nil || applied == 0 {
		// The error that matters is goose's; without its table there is one here too.
		return rollback(ctx, conn)
	}
	if err := m.commit(ctx, conn); err != nil {
		return errors.Join(err, rollback(ctx, conn))
	}
	return nil
}

func (m *migrationTx) commit(ctx context.Context, conn *sql.Conn) error {
	if err := m.lastIDs.keep(ctx, conn); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, "COMMIT")
	return err
}

// rollback undoes the transaction, unless SQLite did so by itself.
func rollback(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	if code := resultCode(err); code == codeError {
		return nil // no transaction is active
	}
	return err
}
