package cli_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-bbcc19ba/roster/app/cli"
)

func TestMigrationThatIsThereIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "00002_add_email.sql")
	if err := cli.WriteNew(path, "the first"); err != nil {
		t.Fatal(err)
	}
	if err := cli.WriteNew(path, "the second"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the second time: got %v, want an error that says that the file is there", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "the first" {
		t.Errorf("got %q and the error %v, want what was written first", content, err)
	}
}
