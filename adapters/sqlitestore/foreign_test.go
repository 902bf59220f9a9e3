package sqlitestore_test

import (
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

// stretch is how many ids a store may take together to find a page, and so where
// one could be off by one.
const stretch = 1024

// newRandom returns numbers that are the same in every run, unless ROSTER_SEED
// asks for others.
func newRandom(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(1)
	if told := os.Getenv("ROSTER_SEED"); told != "" {
		var err error
		if seed, err = strconv.ParseUint(told, 10, 64); err != nil {
			t.Fatalf("ROSTER_SEED: %v", err)
		}
	}
	t.Logf("ROSTER_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// foreign is another program that uses the file.
type foreign struct {
	db     *sql.DB
	random *rand.Rand
}

func openForeign(t *testing.T, path string, random *rand.Rand) *foreign {
	t.Helper()
	db := openRaw(t, path)
	t.Cleanup(func() { _ = db.Close() })
	f := &foreign{db, random}
	f.execute(t, "PRAGMA busy_timeout = 10000")
	return f
}

func (f *foreign) execute(t *testing.T, statements string) {
	t.Helper()
	if _, err := f.db.ExecContext(t.Context(), statements); err != nil {
		t.Fatalf("another program: %s: %v", statements, err)
	}
}

// table is what is in persons_person, a line for each person in the order of ids.
type table []string

func lineOf(person domain.Person) string {
	return strconv.FormatInt(person.ID(), 10) + " " + strconv.Itoa(person.Age()) + " " + person.Name()
}

// idOf returns the id of the person on a line.
func idOf(line string) int64 {
	id, _, _ := strings.Cut(line, " ")
	number, _ := strconv.ParseInt(id, 10, 64)
	return number
}

// table reads the whole table, without counting.
func (f *foreign) table(t *testing.T) table {
	t.Helper()
	var text sql.NullString
	err := f.db.QueryRowContext(t.Context(),
		"SELECT group_concat(id || ' ' || age || ' ' || name, char(10)) FROM (SELECT id, age, name FROM persons_person ORDER BY id)").Scan(&text)
	if err != nil {
		t.Fatalf("another program reads the table: %v", err)
	}
	if !text.Valid {
		return nil
	}
	return strings.Split(text.String, "\n")
}

// mismatch returns how an answer differs from the page of the table, or "".
func (t table) mismatch(query domain.PageQuery, page domain.Page, err error) string {
	window, wantErr := query.Window(int64(len(t)))
	if got, want := domain.CodeOf(err), domain.CodeOf(wantErr); got != want {
		return fmt.Sprintf("got code %q (%v), want %q", got, err, want)
	}
	if wantErr != nil {
		return ""
	}
	if page.Total != int64(len(t)) || page.Number != window.Number || page.Size != query.Size {
		return fmt.Sprintf("got page %d of a total of %d, want %d of %d", page.Number, page.Total, window.Number, len(t))
	}
	want := t[window.Offset : window.Offset+int64(window.Limit)]
	if len(page.Persons) != len(want) {
		return fmt.Sprintf("got %d persons, want %d", len(page.Persons), len(want))
	}
	for i, person := range page.Persons {
		if got := lineOf(person); got != want[i] {
			return fmt.Sprintf("got %q at index %d, want %q", got, i, want[i])
		}
	}
	return ""
}

// randomQuery asks for one of the pages of a list of total persons, or the one
// behind the last.
func randomQuery(random *rand.Rand, total int) domain.PageQuery {
	sizes := []int{1, 2, 7, 100, stretch - 1, stretch, stretch + 1, math.MaxInt, 1 + random.IntN(3000)}
	query := domain.PageQuery{Number: domain.LastPage, Size: sizes[random.IntN(len(sizes))]}
	if random.IntN(5) > 0 {
		query.Number = 1 + random.Int64N(domain.Page{Size: query.Size, Total: int64(total)}.Pages()+1)
	}
	return query
}

// write changes the table at random and returns what it did.
func (f *foreign) write(t *testing.T, now table) string {
	t.Helper()
	writes := []func(table) string{f.insert, f.insertFar, f.insertBehind, f.remove, f.remove, f.change, f.move, f.several, f.maintain}
	statements := f.remove(now)
	if len(now) < 5*stretch {
		statements = writes[f.random.IntN(len(writes))](now)
	}
	f.execute(t, statements)
	return statements
}

// rows is how many rows to insert: few, a stretch, or more.
func (f *foreign) rows() int {
	sizes := []int{1, 2, 3, stretch - 1, stretch, stretch + 1, 1 + f.random.IntN(2500)}
	return sizes[f.random.IntN(len(sizes))]
}

func (f *foreign) insert(table) string {
	return fmt.Sprintf("INSERT INTO persons_person (name, age)%s SELECT 'inserted', i FROM n", upTo(f.rows()))
}

// insertFar gives an id that is far from all others, below 0 too.
func (f *foreign) insertFar(table) string {
	id := (f.random.Int64N(16)-8)<<40 + f.random.Int64N(3*stretch)
	return fmt.Sprintf("INSERT OR IGNORE INTO persons_person (id, name, age)%s SELECT %d + i, 'far', i FROM n", upTo(1+f.random.IntN(5)), id)
}

// insertBehind fills ids that are free again, or were never given.
func (f *foreign) insertBehind(now table) string {
	return fmt.Sprintf("INSERT OR IGNORE INTO persons_person (id, name, age)%s SELECT %d - i, 'behind', i FROM n", upTo(f.rows()), f.edge(now))
}

// edge returns an id at the edge of a stretch, near a person.
func (f *foreign) edge(now table) int64 {
	if len(now) == 0 {
		return 0
	}
	id := idOf(now[f.random.IntN(len(now))])
	return id - id%stretch + stretch*f.random.Int64N(2)
}

func (f *foreign) remove(now table) string {
	const from = "DELETE FROM persons_person"
	edge := f.edge(now)
	sizes := []int64{0, 1, 2, stretch - 1, stretch, stretch + 1, f.random.Int64N(3 * stretch)}
	before, after := sizes[f.random.IntN(len(sizes))], sizes[f.random.IntN(len(sizes))]
	switch f.random.IntN(16) {
	case 0:
		return from
	case 1:
		return fmt.Sprintf(from+" WHERE id < %d", edge)
	case 2:
		return fmt.Sprintf(from+" WHERE id >= %d", edge)
	case 3:
		return fmt.Sprintf(from+" WHERE id %% %d = 0", 2+f.random.IntN(stretch))
	default:
		return fmt.Sprintf(from+" WHERE id >= %d AND id < %d", edge-before, edge+after)
	}
}

func (f *foreign) change(table) string {
	return fmt.Sprintf("UPDATE persons_person SET age = age + 1, name = 'changed' WHERE id %% 7 = %d", f.random.IntN(7))
}

// move gives persons other ids.
func (f *foreign) move(now table) string {
	edge := f.edge(now)
	return fmt.Sprintf("UPDATE OR IGNORE persons_person SET id = id + %d WHERE id >= %d AND id < %d",
		[]int64{1, -1, stretch, -stretch, 5 * stretch}[f.random.IntN(5)], edge-f.random.Int64N(stretch), edge+f.random.Int64N(stretch))
}

// several makes many changes in one transaction, which may be undone.
func (f *foreign) several(now table) string {
	end := []string{"COMMIT", "ROLLBACK"}[f.random.IntN(2)]
	return strings.Join([]string{"BEGIN IMMEDIATE", f.insert(now), f.remove(now), f.insertFar(now), f.change(now), end}, "; ")
}

// maintain rewrites the file, or the table as Django does it, and keeps all rows.
func (f *foreign) maintain(table) string {
	return []string{
		"VACUUM",
		"PRAGMA wal_checkpoint(TRUNCATE)",
		"PRAGMA wal_checkpoint(RESTART)",
		`BEGIN IMMEDIATE;
		CREATE TABLE new__persons_person (id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
			name varchar(255) NOT NULL, age integer unsigned NOT NULL CHECK (age >= 0));
		INSERT INTO new__persons_person SELECT * FROM persons_person;
		DROP TABLE persons_person;
		ALTER TABLE new__persons_person RENAME TO persons_person;
		COMMIT`,
	}[f.random.IntN(4)]
}

// upTo is the beginning of a query in which i goes from 1 to count.
func upTo(count int) string {
	return fmt.Sprintf(" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)", count)
}
