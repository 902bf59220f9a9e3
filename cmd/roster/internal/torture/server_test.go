//go:build linux

package torture_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite" // reads what the program wrote, whatever driver that has

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/ledger"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// patience is how long an answer may take on a machine that does much else.
const patience = 30 * time.Second

// bigPages let a walk through all persons take few requests.
const bigPages = "PAGE_SIZE=10000"

// withoutJobs leaves the database's files alone in their folder: that of tasks may be lost at any time.
const withoutJobs = "JOB_WORKERS=0"

// newDatabase returns the path of a database file that is not there yet, alone in
// its folder.
func newDatabase(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "db.sqlite3")
}

// start starts roster on a database. It is killed when the test ends.
func start(t *testing.T, database string, env ...string) *program.Program {
	t.Helper()
	server, err := program.Start(t.Context(), program.Config{Binary: binary(t), Database: database, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Kill()
		if log := server.Log(); t.Failed() && log != "" {
			t.Logf("the server's log ends with\n%s", log)
		}
	})
	return server
}

// everybody returns whoever the server has.
func everybody(t *testing.T, address string) []ledger.Row {
	t.Helper()
	client := wire.NewClient(address, patience)
	defer client.Close()
	persons, err := client.Everybody()
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]ledger.Row, len(persons))
	for i, person := range persons {
		rows[i] = ledger.Row(person)
	}
	return rows
}

// get returns the status of a GET.
func get(t *testing.T, address, path string) int {
	t.Helper()
	client := wire.NewClient(address, patience)
	defer client.Close()
	answer, err := client.Do(http.MethodGet, path, "")
	if err != nil {
		t.Fatal(err)
	}
	return answer.Status
}

// report fails the test for each fault, but does not go on for ever.
func report(t *testing.T, when string, faults []ledger.Fault) {
	t.Helper()
	const enough = 20
	for i, fault := range faults {
		if i == enough {
			t.Errorf("%s: and %d more", when, len(faults)-enough)
			break
		}
		t.Errorf("%s: %v", when, fault)
	}
}

// copyFolder copies the files of a folder to a new one as they are now, but for
// those that SQLite makes anew from the others.
func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".sqlite3-shm" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, entry.Name()), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// inspect opens a database file without roster, recovers it as SQLite does and reads
// it. The error is for a file that is not sound.
func inspect(ctx context.Context, path string) (found []ledger.Row, err error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := wantSound(ctx, db); err != nil {
		return nil, err
	}
	var tables int
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = 'persons_person'").Scan(&tables)
	if err != nil || tables == 0 {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT id, name, age FROM persons_person ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var row ledger.Row
		if err := rows.Scan(&row.ID, &row.Name, &row.Age); err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, rows.Err()
}

// checkFile opens a database file without roster and returns why it is not sound.
func checkFile(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	return errors.Join(wantSound(ctx, db), db.Close())
}

func wantSound(ctx context.Context, db *sql.DB) error {
	var found string
	err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&found)
	if err == nil && found != "ok" {
		err = fmt.Errorf("the file is not sound: %s", found)
	}
	return err
}
