package sqlitestore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestAWriteIntoAFileThatIsGoneIsRefused(t *testing.T) {
	t.Parallel()
	for name, disturb := range map[string]func(path string) error{
		"removed": os.Remove,
		"replaced": func(path string) error {
			if err := os.Rename(path, path+".old"); err != nil {
				return err
			}
			return os.WriteFile(path, nil, 0o600)
		},
		"emptied":              func(path string) error { return os.Truncate(path, 0) },
		"left without its WAL": func(path string) error { return os.Remove(path + "-wal") },
		"given another WAL": func(path string) error {
			if err := os.Remove(path + "-wal"); err != nil {
				return err
			}
			return os.WriteFile(path+"-wal", nil, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "db.sqlite3")
			store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
			if _, err := store.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			draft, err := domain.NewDraft("Ann", 31)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Create(t.Context(), draft); err != nil {
				t.Fatal(err)
			}
			if err := disturb(path); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Create(t.Context(), draft); domain.CodeOf(err) != domain.CodeUnavailable {
				t.Errorf("got %v, want %s: the person would be lost", err, domain.CodeUnavailable)
			}
			if _, err := store.CreateBatch(t.Context(), []domain.Draft{draft}); domain.CodeOf(err) != domain.CodeUnavailable {
				t.Errorf("got %v, want %s: the batch would be lost", err, domain.CodeUnavailable)
			}
			if err := store.Ready(t.Context()); domain.CodeOf(err) != domain.CodeUnavailable {
				t.Errorf("Ready: got %v, want %s", err, domain.CodeUnavailable)
			}
			_, _ = store.Find(t.Context(), 1) // a reader connects
			if strings.Contains(name, "WAL") {
				return
			}
			if info, err := os.Stat(path); err == nil && info.Size() > 0 || err != nil && name == "replaced" {
				t.Errorf("got %v, %v at the path: a reader made a database of its own", info, err)
			}
		})
	}
}
