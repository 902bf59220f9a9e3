package sqlitestore_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// check returns what is found in a file.
func check(t *testing.T, path string) []ports.FileFinding {
	t.Helper()
	findings, err := sqlitestore.NewArchivist("").Check(t.Context(), path)
	if err != nil {
		t.Fatalf("Check: %v", err)
	}
	return findings
}

// ids returns the ids of findings.
func ids(findings []ports.FileFinding) (ids []string) {
	for _, finding := range findings {
		ids = append(ids, finding.ID)
	}
	return ids
}

// grave tells whether an error is among findings.
func grave(findings []ports.FileFinding) bool {
	return slices.ContainsFunc(findings, func(f ports.FileFinding) bool { return f.Grave })
}

// fileOf returns the path of a database with n persons that nobody has open.
func fileOf(t *testing.T, n int) string {
	t.Helper()
	path := newFile(t)
	store, err := openMigrated(sqlitestore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.CreateBatch(t.Context(), newDrafts(t, n)); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheckFindsNothingInASoundFileAndChangesNothing(t *testing.T) {
	t.Parallel()
	path := fileOf(t, 3_000)
	before := contents(t, path)
	if got := check(t, path); len(got) != 0 {
		t.Errorf("Check: got %+v, want nothing", got)
	}
	if after := contents(t, path); !maps.Equal(after, before) {
		t.Errorf("afterwards: got files %v, want %v, byte for byte", slices.Collect(maps.Keys(after)), slices.Collect(maps.Keys(before)))
	}

	store := open(t, path)
	for range 3 {
		person := create(t, store, "Bob")
		if got := check(t, path); len(got) != 0 {
			t.Errorf("Check beside a store that is open: got %+v, want nothing", got)
		}
		if got, err := store.Find(t.Context(), person.ID()); err != nil || got != person {
			t.Errorf("Find: got %v and %v, want %v", got, err, person)
		}
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		want string // ids
		says string
	}{
		"something else": {func(t *testing.T, path string) {
			t.Helper()
			write(t, filepath.Dir(path), filepath.Base(path), strings.Repeat("These are notes, not a database.\n", 300))
		}, "file.E001", "not a SQLite database"},
		"an empty file": {func(t *testing.T, path string) {
			t.Helper()
			write(t, filepath.Dir(path), filepath.Base(path), "")
		}, "file.E003 file.W002", "no table of persons"},
		"another shape": {func(t *testing.T, path string) {
			t.Helper()
			execute(t, path, "CREATE TABLE persons_person (id integer PRIMARY KEY, name text, age integer)")
		}, "file.E004 file.W002", "AUTOINCREMENT"},
		"a newer program": {func(t *testing.T, path string) {
			t.Helper()
			createIn(t, path)
			execute(t, path, "INSERT INTO roster_migrations (version_id, is_applied) VALUES (9999, 1)")
		}, "file.E005", "newer"},
		"ids that were forgotten": {func(t *testing.T, path string) {
			t.Helper()
			createIn(t, path)
			createIn(t, path)
			execute(t, path, "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'persons_person'")
		}, "file.E006", "1 was the last id, and there is a person 2"},
		"a database of Django's": {func(t *testing.T, path string) {
			t.Helper()
			execute(t, path, django)
		}, "file.W002 file.W004", "ids 9, 10, 11, 12, 13."},
		"a database of Django's that was taken over": {func(t *testing.T, path string) {
			t.Helper()
			execute(t, path, django)
			store, err := openMigrated(sqlitestore.Config{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
		}, "file.W004", "ids 9, 10, 11, 12, 13."},
		"rows that name others": {func(t *testing.T, path string) {
			t.Helper()
			createIn(t, path)
			execute(t, path, "CREATE TABLE visit (person integer REFERENCES persons_person (id)); INSERT INTO visit VALUES (1), (2), (3)")
		}, "file.W001", "2 in visit that name rows of persons_person"},
		"columns and triggers": {func(t *testing.T, path string) {
			t.Helper()
			createIn(t, path)
			execute(t, path, "ALTER TABLE persons_person ADD COLUMN email text NULL; CREATE TRIGGER spy AFTER INSERT ON persons_person BEGIN SELECT 1; END")
		}, "file.W003", "persons_person has a column email text, persons_person has a trigger spy"},
		"rows of other kinds": {func(t *testing.T, path string) {
			t.Helper()
			createIn(t, path)
			execute(t, path, "INSERT INTO persons_person (name, age) VALUES (x'41', 1), ('Bob', 'old'), ('a'||char(10), 1)"+strings.Repeat(", ('', 1)", 7))
		}, "file.W004", "ids 2, 3, 4, 5, 6 and 5 more."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			c.make(t, path)
			before := contents(t, path)
			findings := check(t, path)
			if got := strings.Join(ids(findings), " "); got != c.want {
				t.Errorf("Check: got %s, want %s: %+v", got, c.want, findings)
			}
			if text := fmt.Sprintf("%+v", findings); !strings.Contains(text, c.says) {
				t.Errorf("Check: got %s, want it to say %q", text, c.says)
			}
			for _, finding := range findings {
				if finding.Grave != strings.Contains(finding.ID, ".E") || finding.Hint == "" {
					t.Errorf("Check: got %+v, want an error to be called E and a hint", finding)
				}
			}
			if after := contents(t, path); !maps.Equal(after, before) {
				t.Errorf("afterwards: got files %v, want %v, byte for byte", slices.Collect(maps.Keys(after)), slices.Collect(maps.Keys(before)))
			}
		})
	}
}

func TestCheckSaysWhatCannotBeChecked(t *testing.T) {
	t.Parallel()
	archivist, dir := sqlitestore.NewArchivist(""), t.TempDir()
	_, err := archivist.Check(t.Context(), filepath.Join(dir, "nothing"))
	wantCode(t, "Check of a file that is not there", err, domain.CodeUnavailable, "no such file")
	_, err = archivist.Check(t.Context(), dir)
	wantCode(t, "Check of a folder", err, domain.CodeUnavailable, "it is a folder")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = archivist.Check(ctx, fileOf(t, 10))
	wantCode(t, "Check with a ctx that was cancelled", err, domain.CodeCanceled)
}

// Whatever a disk does to a file, it is found, and no server takes the file for one
// without persons.
func TestDamageIsFoundAndNeverServedAsNobody(t *testing.T) {
	t.Parallel()
	const page, persons, rounds = 4096, 3_000, 25
	sound, err := os.ReadFile(fileOf(t, persons))
	if err != nil {
		t.Fatal(err)
	}
	pages := len(sound) / page
	seed := rand.Uint64()
	t.Logf("seed %d, %d pages", seed, pages)
	random := rand.New(rand.NewPCG(seed, 0))
	noise := func(target []byte) {
		for i := range target {
			target[i] = byte(random.Uint32())
		}
	}
	damages := map[string]func(file []byte) []byte{
		"a page of noise": func(file []byte) []byte {
			at := random.IntN(pages) * page
			noise(file[at : at+page])
			return file
		},
		"a page of zeros": func(file []byte) []byte {
			at := random.IntN(pages) * page
			clear(file[at : at+page])
			return file
		},
		"a page that is another one": func(file []byte) []byte {
			from, to := random.IntN(pages-1), pages-1
			copy(file[to*page:], file[from*page:(from+1)*page])
			return file
		},
		"a head of noise": func(file []byte) []byte {
			at := (1 + random.IntN(pages-1)) * page
			noise(file[at : at+8])
			return file
		},
		"a header of zeros": func(file []byte) []byte {
			clear(file[:100])
			return file
		},
		"a header that is cut short": func(file []byte) []byte { return file[:1+random.IntN(page-1)] },
		"an end that is cut off":     func(file []byte) []byte { return file[:(1+random.IntN(pages-1))*page] },
		"a last page that is cut":    func(file []byte) []byte { return file[:len(file)-1-random.IntN(page-1)] },
		"a byte too few":             func(file []byte) []byte { return file[:len(file)-1] },
		"no tables in the first page": func(file []byte) []byte {
			clear(file[103:105])
			return file
		},
	}
	for _, name := range slices.Sorted(maps.Keys(damages)) { // always the same ones with one seed
		for range rounds {
			path := newFile(t)
			if err := os.WriteFile(path, damages[name](bytes.Clone(sound)), 0o600); err != nil {
				t.Fatal(err)
			}
			findings, err := sqlitestore.NewArchivist("").Check(t.Context(), path)
			if err == nil && !grave(findings) {
				t.Errorf("%s: Check: got %+v, want the damage found", name, findings)
			}
			if total, err := served(t, path); err == nil && total == 0 {
				t.Errorf("%s: Page: got nobody and no error, want an error or the persons who are left", name)
			}
		}
	}
}

// served opens a file as a server does, and returns how many persons it would tell of.
func served(t *testing.T, path string) (total int64, err error) {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path})
	if err != nil {
		return 0, err
	}
	defer store.Close()
	if _, err := store.Migrate(t.Context()); err != nil {
		return 0, err
	}
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
	return page.Total, err
}

// A process that was killed within a transaction leaves a journal behind, and only who
// writes can undo what it began.
func TestAFileThatSomebodyWasStoppedWhileWritingSaysWhatToDo(t *testing.T) {
	t.Parallel()
	path := fileOf(t, 5_000)
	db := openRaw(t, path)
	defer db.Close()
	for _, statement := range []string{"PRAGMA journal_mode = DELETE", "PRAGMA cache_size = 1", "BEGIN", "UPDATE persons_person SET age = age + 1"} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	left := newFile(t)
	for _, suffix := range []string{"", "-journal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(left+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := sqlitestore.NewArchivist("").Check(t.Context(), left)
	wantCode(t, "Check", err, domain.CodeUnavailable, "roster migrate")
	if err := open(t, left).Close(); err != nil {
		t.Fatal(err)
	}
	if got := check(t, left); len(got) != 0 {
		t.Errorf("Check after somebody opened it: got %+v, want nothing", got)
	}
}
