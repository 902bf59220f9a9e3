package sqlitelimiter_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitelimiter"
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
	config := daily(t, 10)
	config.Database = filepath.Join(filepath.Dir(config.Path), "db")
	if err := os.WriteFile(config.Database, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(config.Database, 0o660); err != nil {
		t.Fatal(err)
	}
	owner := os.Geteuid()
	if owner == 0 {
		owner = nobody
		if err := os.Chown(config.Database, owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	wantRemaining(t, open(t, config), 9, "nothing was taken")
	for _, name := range []string{config.Path, config.Path + "-wal", config.Path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Sys().(*syscall.Stat_t); int(got.Uid) != owner || info.Mode().Perm() != 0o660 {
			t.Errorf("%s: got it with the owner %d and the mode %o, want %d and 660 like the database, whose server has to write it", name, got.Uid, info.Mode().Perm(), owner)
		}
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

func TestAFileThatCannotBeWrittenIsToldWhenItIsOpened(t *testing.T) {
	t.Parallel()
	config := daily(t, 10)
	config.Path = filepath.Join(openFolder(t), "limits")
	if err := open(t, config).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(config.Path, 0o444); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func(ctx context.Context) {
		limiter, err := sqlitelimiter.New(config)
		if err != nil {
			t.Error(err)
			return
		}
		defer limiter.Close()
		err = limiter.Open(ctx)
		if domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("got %v, want code unavailable", err)
			return
		}
		for _, word := range []string{config.Path, "must be able to write"} {
			if text := err.Error(); !strings.Contains(text, word) || strings.Contains(text, "\n") {
				t.Errorf("got %q, want one line with %q", text, word)
			}
		}
	})
}
