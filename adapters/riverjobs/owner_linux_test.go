package riverjobs_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/riverjobs"
	"github.com/seed-bbcc19ba/roster/domain"
)

// nobody is a user, and a group, that is not the test's.
const nobody = 65534

// asNobody calls do as a user who is not root: root may write everything. It must do
// everything in its own goroutine, with a ctx that never ends.
func asNobody(t *testing.T, do func(ctx context.Context)) {
	t.Helper()
	if os.Geteuid() != 0 {
		do(context.Background())
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Error(err)
			return
		}
		do(context.Background())
	}()
	<-ended
}

func TestAFileThatIsMadeBelongsToWhomTheDatabaseBelongs(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "db.sqlite3")
	if err := os.WriteFile(database, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(database, 0o660); err != nil {
		t.Fatal(err)
	}
	owner := os.Geteuid()
	if owner == 0 {
		owner = nobody
		if err := os.Chown(database, owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	path := database + "-jobs"
	wantTaken(t, openAt(t, path, riverjobs.Config{Migrate: true, Database: database}))
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Sys().(*syscall.Stat_t); int(got.Uid) != owner || info.Mode().Perm() != 0o660 {
			t.Errorf("%s: got it with the owner %d and the mode %o, want %d and 660 like the database, whose server has to write it", name, got.Uid, info.Mode().Perm(), owner)
		}
	}
}

func TestAFileThatIsThereKeepsItsOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	database, elsewhere, path := filepath.Join(dir, "db"), filepath.Join(dir, "elsewhere"), filepath.Join(dir, "db-jobs")
	for name, mode := range map[string]os.FileMode{database: 0o666, elsewhere: 0o600} {
		if err := os.WriteFile(name, nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(database, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(elsewhere, path); err != nil {
		t.Fatal(err)
	}
	openAt(t, path, riverjobs.Config{Migrate: true, Database: database})
	info, err := os.Stat(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Sys().(*syscall.Stat_t); int(got.Uid) != os.Geteuid() || info.Mode().Perm() != 0o600 {
		t.Errorf("got the owner %d and the mode %o, want what was there before: a link may lead root anywhere", got.Uid, info.Mode().Perm())
	}
}

// openFolder returns a folder in which everybody may do everything.
func openFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(folder, 0o777); err != nil { //nolint:gosec // that is what it is for
			t.Fatal(err)
		}
	}
	return dir
}

func TestAFileThatCannotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		folder, file os.FileMode
		isThere      bool
	}{
		"the file is read-only":             {0o777, 0o444, true},
		"the folder is read-only":           {0o555, 0o666, true},
		"the folder is read-only and empty": {0o555, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := openFolder(t)
			database := filepath.Join(dir, "db")
			path := database + "-jobs"
			if err := os.WriteFile(database, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if test.isThere {
				if err := openAt(t, path, migrating).Close(); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, test.file); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, test.folder); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(dir, 0o700) }) //nolint:gosec // a folder
			asNobody(t, func(ctx context.Context) {
				queue, err := riverjobs.OpenSQLite(ctx, path, riverjobs.Config{Migrate: true, Database: database})
				if domain.CodeOf(err) != domain.CodeUnavailable || queue != nil {
					t.Errorf("got %v and %v, want code unavailable", queue, err)
					return
				}
				for _, word := range []string{path, "must be able to write"} {
					if text := err.Error(); !strings.Contains(text, word) || strings.Contains(text, "\n") {
						t.Errorf("got %q, want one line with %q", text, word)
					}
				}
			})
		})
	}
}
