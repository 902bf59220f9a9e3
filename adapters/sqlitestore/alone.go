package sqlitestore

import (
	"context"
	"database/sql"
	"net/url"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/domain"
)

// alone is a database that nobody else has open, and that nobody else can open until
// it is released.
type alone struct {
	lastIDs lastIDs
	revoked []revokedToken
	db      *sql.DB // nil where the database is damaged
	conn    *sql.Conn
}

var errInUse = &domain.Error{Code: domain.CodeUnavailable, Message: "somebody has the database open: stop the servers first"}

// lockAlone waits for nobody: the error is errInUse where a program has the database
// open. What was still in its WAL is in the file afterwards, and the WAL is gone.
//
// A database that is damaged cannot be locked; who has one open is told all the same,
// because SQLite looks for them before it looks at the file.
func lockAlone(ctx context.Context, path string) (*alone, error) {
	if wasEmptied(path) {
		return &alone{}, nil
	}
	err := leaveWAL(ctx, path)
	if err == nil {
		return lockExclusively(ctx, path)
	}
	switch code := resultCode(err); {
	case code == codeBusy:
		return nil, errInUse
	case isDamage(code):
		return &alone{}, nil
	default:
		return nil, err
	}
}

// leaveWAL moves what is in the WAL into the database, which has none from then on.
// SQLite does so only for who is alone.
func leaveWAL(ctx context.Context, path string) error {
	// Before the first read, so that it asks for the lock at once: mattn's driver reads
	// when it connects, and modernc's has no such setting.
	settings := url.Values{"mode": {"rw"}, "_locking_mode": {"EXCLUSIVE"}, "_busy_timeout": {"0"}}
	return withConnection(ctx, path, settings, func(ctx context.Context, db *sql.DB) error {
		if _, err := db.ExecContext(ctx, "PRAGMA locking_mode = EXCLUSIVE"); err != nil {
			return err
		}
		var mode string
		if err := db.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode); err != nil {
			return err
		}
		if mode != "delete" {
			return errInUse
		}
		return nil
	})
}

// lockExclusively locks a database that has no WAL. Nothing is written under the lock,
// so there is no journal that its release would remove, when another database already
// has the path.
func lockExclusively(ctx context.Context, path string) (*alone, error) {
	db, err := sql.Open(sqlitedriver.Name, databaseURI(Config{Path: path})+"?mode=rw&_busy_timeout=0")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	locked := &alone{db: db}
	if err := locked.lock(ctx); err != nil {
		locked.release()
		if resultCode(err) == codeBusy {
			return nil, errInUse
		}
		return nil, err
	}
	return locked, nil
}

func (a *alone) lock(ctx context.Context) (err error) {
	if a.conn, err = a.db.Conn(ctx); err != nil {
		return err
	}
	if _, err := a.conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	var mode string
	if err := a.conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" { // somebody was here in between
		return errInUse
	}
	if a.lastIDs, err = readLastIDs(ctx, a.conn); err != nil {
		return err
	}
	a.revoked, err = readRevoked(ctx, a.conn)
	if code := resultCode(err); isDamage(code) || code == codeError {
		return nil // a restore is for a database that cannot be read, too
	}
	return err
}

// release ends the lock. That it fails changes nothing: the end of the process, too,
// ends it, and nothing was written.
func (a *alone) release() {
	if a.db == nil {
		return
	}
	if a.conn != nil {
		_ = rollback(context.Background(), a.conn)
		_ = a.conn.Close()
	}
	_ = a.db.Close()
}
