package cli_test

import (
	"os/user"
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// fresh returns the environment of a new database.
func fresh(t *testing.T) []string {
	t.Helper()
	return []string{"DATABASE_URL=sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3"), "LOG_LEVEL=ERROR", "SECRET_KEY=" + longKey}
}

func TestWhatACommandChangesIsSaidToBeTheSystemUsers(t *testing.T) {
	t.Parallel()
	current, err := user.Current()
	if err != nil {
		t.Skipf("the system knows no user: %v", err)
	}
	environ := fresh(t)
	runWith(t, environ, "bulk", "3")
	store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: environ[0][len("DATABASE_URL=sqlite:///"):]})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	changes, err := store.Changes(t.Context(), domain.ChangesQuery{Size: 10})
	want := domain.Origin{Via: domain.ViaCLI, Who: current.Username}
	if err != nil || len(changes) != 1 || changes[0].Origin != want || changes[0].Count != 3 {
		t.Errorf("got %+v, %v, want one change of 3 persons by %+v", changes, err, want)
	}
}
