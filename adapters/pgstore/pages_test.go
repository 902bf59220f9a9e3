package pgstore_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// connect connects to a store's database beside the store.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func open(t *testing.T, url string) *pgstore.Store {
	t.Helper()
	store, err := pgstore.Open(t.Context(), pgstore.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// Everything that a database lets somebody else do to the table is counted: what Django
// does, and what people do by hand.
func TestPagesAreThoseOfTheTableWhoeverWrites(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn := open(t, url), connect(t, url)
	random := rand.New(rand.NewPCG(1, 2))
	for _, statement := range []string{
		"INSERT INTO persons_person (name, age) SELECT 'Person ' || i, i % 100 FROM generate_series(1, 20000) i",
		"DELETE FROM persons_person WHERE id % 7 = 0",
		"DELETE FROM persons_person WHERE id BETWEEN 4000 AND 9000",
		"UPDATE persons_person SET id = id + 1000000 WHERE id % 1000 = 1",
		"UPDATE persons_person SET id = -id WHERE id % 1000 = 2",
		"INSERT INTO persons_person (id, name, age) VALUES (9000000000000000000, 'far', 1), (-9000000000000000000, 'before', 2)",
		"INSERT INTO persons_person (id, name, age) VALUES (1, 'again', 1) ON CONFLICT (id) DO UPDATE SET name = 'there'",
		"UPDATE persons_person SET age = 7",
		"TRUNCATE persons_person",
		"INSERT INTO persons_person (name, age) VALUES ('after', 1)",
	} {
		exec(t, conn, statement)
		rows, err := conn.Query(t.Context(), "SELECT id, name, age FROM persons_person ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (domain.Person, error) {
			var (
				id   int64
				name string
				age  int
			)
			err := row.Scan(&id, &name, &age)
			return domain.StoredPerson(id, name, age), err
		})
		if err != nil {
			t.Fatal(err)
		}
		total := int64(len(all))
		const size = 100
		for _, number := range []int64{1, domain.LastPage, 1 + random.Int64N(total/size+1), 1 + random.Int64N(total/size+1)} {
			page, err := store.Page(t.Context(), domain.PageQuery{Number: number, Size: size})
			first := (page.Number - 1) * size
			if err != nil || page.Total != total || !slices.Equal(page.Persons, all[first:min(first+size, total)]) {
				t.Errorf("after %s: page %d: got %d of %d persons, %v, want those of the table, of %d", statement, number, len(page.Persons), page.Total, err, total)
			}
		}
	}
}

// What a transaction that is not over has written does not count, and nobody waits for
// its end.
func TestWhatIsNotCommittedDoesNotCount(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn := open(t, url), connect(t, url)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "INSERT INTO persons_person (name, age) SELECT 'Ann', 31 FROM generate_series(1, 10)"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // only so that a failure ends
	defer cancel()
	draft, err := domain.NewDraft("Bob", 32)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := store.Create(ctx, draft)
	if err != nil {
		t.Fatalf("beside a transaction that is not over: got %v, want the person saved", err)
	}
	for when, want := range map[string][]domain.Person{"before its end": {saved}, "undone": {saved}} {
		page, err := store.Page(ctx, domain.PageQuery{Number: 1, Size: 100})
		if err != nil || page.Total != 1 || cmp.Diff(page.Persons, want, cmp.AllowUnexported(domain.Person{})) != "" {
			t.Errorf("%s: got %v of %d, %v, want %v", when, page.Persons, page.Total, err, want)
		}
		_ = tx.Rollback(t.Context())
	}
}

// The rows that count do not pile up, and pages stay right while they are summed up.
func TestCountsAreSummedUpWhileOthersWriteAndRead(t *testing.T) {
	t.Parallel()
	url := server.URL(t)
	store, conn := open(t, url), connect(t, url)
	exec(t, conn, "INSERT INTO persons_person (name, age) SELECT 'Person ' || i, i % 100 FROM generate_series(1, 50000) i")
	// 9,000 rows, which 9,000 writes would have left.
	exec(t, conn, "INSERT INTO roster_counts SELECT 0, CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END FROM generate_series(1, 9000) i")
	deadline := time.Now().Add(30 * time.Second)
	for rows := int64(9000); rows > 4200; {
		page, err := store.Page(t.Context(), domain.PageQuery{Number: 400, Size: 100})
		if err != nil || page.Total != 50000 || page.Persons[0].ID() != 39901 {
			t.Fatalf("got a page of %d, %v, want that of 50,000", page.Total, err)
		}
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM roster_counts").Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d rows count, want them summed up to some dozen", rows)
		}
	}
}
