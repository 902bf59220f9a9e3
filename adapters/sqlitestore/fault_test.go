package sqlitestore_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// The numbers are those of https://www.sqlite.org/rescode.html.
func TestTheCodesOfLostWritesAreThoseOfSQLite(t *testing.T) {
	t.Parallel()
	const write, fsync, dirFsync, truncate = 778, 1034, 1290, 1546
	if got, want := sqlitestore.LostWrites(), []int{write, fsync, dirFsync, truncate}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// logged is a log that may be read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String returns what was logged.
func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// wantReadOnly fails the test unless every write and Ready are refused with the words.
func wantReadOnly(t *testing.T, store *sqlitestore.Store, words ...string) {
	t.Helper()
	for name, err := range everyMethod(t, store) {
		switch name {
		case "Create", "CreateBatch", "Replace", "Patch", "Delete":
			wantCode(t, name, err, domain.CodeUnavailable, words...)
		}
	}
	_, err := store.Migrate(t.Context())
	wantCode(t, "Migrate", err, domain.CodeUnavailable, words...)
	err = store.Ready(t.Context())
	wantCode(t, "Ready", err, domain.CodeUnavailable)
	for _, word := range words {
		if !strings.Contains(domain.MessageOf(err), word) {
			t.Errorf("Ready: got message %q, want it to say %q to anybody", domain.MessageOf(err), word)
		}
	}
}

// zero overwrites pages of a file, as a disk may.
func zero(t *testing.T, path string, from, to int64) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	for page := from; page < to; page++ {
		if _, err := file.WriteAt(make([]byte, 4096), page*4096); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedFileIsNotWrittenAnyMore(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	store, err := openMigrated(sqlitestore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.CreateBatch(t.Context(), newDrafts(t, 5_000)); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	zero(t, path, 30, 35)

	var log logged
	if store, err = sqlitestore.Open(t.Context(), sqlitestore.Config{Path: path, Logger: log.logger()}); err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	create(t, store, "written before the damage was met")
	wantCode(t, "Ready", store.Ready(t.Context()), "")
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
	wantCode(t, "Page", err, domain.CodeInternal, "damaged")
	if len(page.Persons) > 0 || page.Total > 0 {
		t.Errorf("Page: got %d persons of %d, want nobody beside the error", len(page.Persons), page.Total)
	}
	_, err = store.Seek(t.Context(), everybody)
	wantCode(t, "Seek", err, domain.CodeInternal, "damaged")

	wantReadOnly(t, store, "damaged", "restored")
	if got, err := store.Find(t.Context(), 1); err != nil || got.ID() != 1 {
		t.Errorf("Find on a sound page: got %v and %v, want the person: reads go on", got, err)
	}
	slice, err := store.Seek(t.Context(), domain.SeekQuery{From: 0, Size: 5})
	if err != nil || len(slice.Persons) != 5 {
		t.Errorf("Seek on a sound page: got %v and %v, want five persons", slice.Persons, err)
	}
	if got := strings.Count(log.String(), "\n"); got != 1 || !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the log: got\n%s\nwant one line of level ERROR", log.String())
	}
}

// A full disk refuses writes and nothing else, and is over as soon as there is room.
func TestAfterAFullDiskTheNextWriteSucceeds(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]func(t *testing.T, store *sqlitestore.Store){
		"one by one": func(t *testing.T, store *sqlitestore.Store) {
			t.Helper()
			for range 500 {
				if _, err := store.Create(t.Context(), newDraft(t, strings.Repeat("x", 255), 1)); err != nil {
					wantCode(t, "Create", err, domain.CodeUnavailable, "full")
					return
				}
			}
			t.Error("Create: got 500 persons saved, want the disk to be full")
		},
		"a batch": func(t *testing.T, store *sqlitestore.Store) {
			t.Helper()
			_, err := store.CreateBatch(t.Context(), newDrafts(t, 10_000))
			wantCode(t, "CreateBatch", err, domain.CodeUnavailable, "full")
		},
		"a group": func(t *testing.T, store *sqlitestore.Store) {
			t.Helper()
			draft := newDraft(t, strings.Repeat("x", 255), 1)
			var done sync.WaitGroup
			for range 500 {
				done.Go(func() {
					if _, err := store.Create(t.Context(), draft); err != nil {
						wantCode(t, "Create among many", err, domain.CodeUnavailable, "full")
					}
				})
			}
			done.Wait()
		},
		"a change among others": func(t *testing.T, store *sqlitestore.Store) {
			t.Helper()
			err := store.Change(t.Context(), func(ctx context.Context, db bun.IDB) error {
				_, err := db.ExecContext(ctx, "INSERT INTO persons_person (name, age) SELECT hex(zeroblob(100)), value FROM generate_numbers")
				return err
			})
			wantCode(t, "a change", err, domain.CodeUnavailable, "full")
		},
	} {
		for where, path := range map[string]string{"file": newFile(t), "memory": ""} {
			t.Run(name+", "+where, func(t *testing.T) {
				t.Parallel()
				store := open(t, path)
				migrate(t, store)
				numbers := "CREATE VIEW generate_numbers AS WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 5000) SELECT value FROM n"
				for _, statement := range []string{numbers, "PRAGMA max_page_count = 20"} {
					if _, err := store.Writer().ExecContext(t.Context(), statement); err != nil {
						t.Fatal(err)
					}
				}
				ann := create(t, store, "Ann")
				count(t, store)
				fill(t, store)
				if got, err := store.Find(t.Context(), ann.ID()); err != nil || got != ann {
					t.Errorf("Find while the disk is full: got %v and %v, want %v", got, err, ann)
				}
				wantCode(t, "Ready while the disk is full", store.Ready(t.Context()), "")
				before := all(t, store)

				if _, err := store.Writer().ExecContext(t.Context(), "PRAGMA max_page_count = 100000"); err != nil {
					t.Fatal(err)
				}
				bob := create(t, store, "Bob")
				batch, err := store.CreateBatch(t.Context(), newDrafts(t, 1_001))
				if err != nil || batch[0].ID() != bob.ID()+1 {
					t.Fatalf("CreateBatch when there is room again: got %v and %v, want it saved after %v", batch, err, bob)
				}
				after := all(t, store)
				if want := slices.Concat(before, []domain.Person{bob}, batch); !slices.Equal(after, want) {
					t.Errorf("Seek: got %d persons, want the %d of before and those answered since", len(after), len(before))
				}
				count(t, store)
				page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
				if err != nil || page.Total != int64(len(after)) {
					t.Errorf("Page: got total %d and %v, want %d", page.Total, err, len(after))
				}
			})
		}
	}
}

// count waits until the census knows everybody.
func count(t *testing.T, store *sqlitestore.Store) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		store.Rest(time.Time{})
		if _, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10}); err != nil {
			t.Fatal(err)
		}
		if store.Counted() {
			return
		}
	}
	t.Fatal("the census: got nothing counted, want everybody")
}

func TestAPanicInTheCountEndsNothing(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"file": newFile(t), "memory": ""} {
		var log logged
		store, err := openMigrated(sqlitestore.Config{Path: path, Logger: log.logger()})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		create(t, store, "Ann")
		mend := store.BreakCount()
		for range 2 {
			page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
			if err != nil || page.Total != 1 {
				t.Errorf("%s: Page: got total %d and %v, want 1: a page can do without the count", name, page.Total, err)
			}
			if store.Counted() {
				t.Errorf("%s: the census: got everybody counted, want the count to panic", name)
			}
		}
		create(t, store, "Bob")
		if got := log.String(); strings.Count(got, "cannot be counted") != 1 || !strings.Contains(got, "count.go") {
			t.Errorf("%s: the log: got %q, want the panic once, with its stack: the census rests after it", name, got)
		}
		mend()
		count(t, store)
	}
}
