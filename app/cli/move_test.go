package cli_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"github.com/seed-bbcc19ba/roster/app/cli"
)

// moving is a SQLite file and an empty database on a server that asks for no password,
// so that any may be given.
type moving struct {
	file string // DATABASE_URL
	to   string // with a password
	conn *pgx.Conn
}

func newMoving(t *testing.T) *moving {
	t.Helper()
	to, err := url.Parse(postgres.EmptyURL(t))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), to.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	if _, hasPassword := to.User.Password(); !hasPassword {
		to.User = url.UserPassword(to.User.Username(), canary)
	}
	return &moving{file: "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3"), to: to.String(), conn: conn}
}

// run runs a command over the file, or over another database.
func (m *moving) run(t *testing.T, wantCode int, database string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code := cli.Run(t.Context(), cli.Process{
		Args: args, Environ: []string{"SECRET_KEY=" + longKey, "LOG_LEVEL=ERROR", "DATABASE_URL=" + database}, Stdout: &out, Stderr: &errs,
	})
	if code != wantCode {
		t.Errorf("roster %s: got exit code %d, want %d\n%s%s", args[0], code, wantCode, out.String(), errs.String())
	}
	if strings.Contains(out.String()+errs.String(), canary) {
		t.Errorf("roster %s shows the password:\n%s%s", args[0], out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// onFile runs a statement on the SQLite file.
func (m *moving) onFile(t *testing.T, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(m.file, "sqlite:///"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (m *moving) onTarget(t *testing.T, statement string) {
	t.Helper()
	if _, err := m.conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func wantText(t *testing.T, what, got, want string) {
	t.Helper()
	if !regexp.MustCompile(want).MatchString(got) {
		t.Errorf("%s: got\n%s\nwant a match of %s", what, got, want)
	}
}

func TestMoveMovesEverybodyAndFindsThemAgain(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.run(t, 0, m.file, "bulk", "12000")
	m.onFile(t, "DELETE FROM persons_person WHERE id IN (1, 777, 11999, 12000)")
	want, _ := m.run(t, 0, m.file, "list")

	stdout, stderr := m.run(t, 0, m.file, "move", "--to", m.to)
	wantText(t, "a move", stdout, `^moved 11996 persons into postgresql://\S+ in \S+
both hold 11996 persons, compared one by one; sha256 [0-9a-f]{64}
ids up to 12000 are not given again
Not moved are users \(roster createsuperuser makes one there\), their sessions, API tokens, the
history, jobs, rate limits and the keys of requests`)
	wantText(t, "the progress", stderr, `(?s)^moved 5000 of 11996\n.*compared 5000 of 11996\n`)
	if got, _ := m.run(t, 0, m.to, "list"); got != want {
		t.Errorf("got a list of %d bytes, want the one of the file, of %d bytes", len(got), len(want))
	}

	stdout, stderr = m.run(t, 0, m.file, "move", "--to", m.to, "--json")
	var result struct {
		Moved, Found, Persons int64
		LastID                int64 `json:"last_id"`
		SHA256                string
	}
	if err := json.Unmarshal([]byte(stdout), &result); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	if result.Moved != 0 || result.Found != 11996 || result.Persons != 11996 || result.LastID != 12000 || len(result.SHA256) != 64 {
		t.Errorf("a second run: got %+v, want all of them found", result)
	}
	wantText(t, "the progress of a second run", stderr, `^checked 5000 of 11996\n`)

	m.run(t, 0, m.to, "bulk", "1")
	if got, _ := m.run(t, 0, m.to, "list", "--json"); !strings.Contains(got, `{"id":12001,`) {
		t.Error("the next person in PostgreSQL has not id 12001")
	}
}

func TestMoveRefusesADatabaseWithOthersAndWritesNothing(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.run(t, 0, m.file, "bulk", "10")
	m.run(t, 0, m.to, "bulk", "3")
	m.onTarget(t, "UPDATE persons_person SET name = 'own' WHERE id = 2")
	before, _ := m.run(t, 0, m.to, "list")
	stdout, stderr := m.run(t, 3, m.file, "move", "--to", m.to)
	wantText(t, "a refusal", stdout+stderr, `^roster: the target holds others than the source, and nobody was moved: person 2 is not the same in source and target
roster: nobody is overwritten: .*\n$`)
	if got, _ := m.run(t, 0, m.to, "list"); got != before {
		t.Errorf("got\n%s\nwant the persons of before\n%s", got, before)
	}
	m.onTarget(t, "TRUNCATE persons_person")
	m.run(t, 0, m.file, "move", "--to", m.to)
}

func TestMoveTellsWhatWasWrittenSinceAnEarlierRun(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.run(t, 0, m.file, "bulk", "10")
	m.run(t, 0, m.file, "move", "--to", m.to)
	m.onFile(t, "INSERT INTO persons_person (name, age) VALUES ('late', 1)")
	stdout, _ := m.run(t, 0, m.file, "move", "--to", m.to)
	wantText(t, "a run after somebody was created", stdout, `^moved 1 person \(10 were there already\)`)
	m.onFile(t, "DELETE FROM persons_person WHERE id = 4")
	_, stderr := m.run(t, 3, m.file, "move", "--to", m.to)
	wantText(t, "a run after somebody was deleted", stderr, "person 4 is only in the target\nroster: nobody is overwritten: ")
	m.onTarget(t, "DELETE FROM persons_person WHERE id IN (4, 7)")
	_, stderr = m.run(t, 3, m.file, "move", "--to", m.to)
	wantText(t, "a run after somebody was deleted in PostgreSQL", stderr, "person 7 is only in the source\nroster: nobody is overwritten: ")
}

// The database has a trigger that makes others of those who are saved.
func TestMoveComparesInTheEnd(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.run(t, 0, m.file, "bulk", "10")
	m.run(t, 0, m.to, "migrate")
	m.onTarget(t, `CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 9 THEN NEW.age = 90; END IF; RETURN NEW; END $$`)
	m.onTarget(t, "CREATE TRIGGER meddle BEFORE INSERT ON persons_person FOR EACH ROW EXECUTE FUNCTION meddle()")
	stdout, stderr := m.run(t, 3, m.file, "move", "--to", m.to)
	wantText(t, "somebody differs in the end", stdout+stderr,
		"^roster: source and target are not the same after the move: person 9 is not the same in source and target\nroster: nobody is overwritten: ")
	m.onTarget(t, "DROP TRIGGER meddle ON persons_person")
	m.onTarget(t, "TRUNCATE persons_person")
	m.onTarget(t, `CREATE OR REPLACE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM persons_person WHERE id = 10; RETURN NULL; END $$`)
	m.onTarget(t, "CREATE TRIGGER meddle AFTER INSERT ON persons_person FOR EACH STATEMENT EXECUTE FUNCTION meddle()")
	_, stderr = m.run(t, 3, m.file, "move", "--to", m.to)
	wantText(t, "somebody is missing in the end", stderr, "person 10 is only in the source\nroster: somebody was created meanwhile: ")
}

func TestMoveNamesWhomPostgreSQLCannotHold(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.run(t, 0, m.file, "bulk", "10")
	m.onFile(t, "UPDATE persons_person SET name = printf('%.300c', 'x') WHERE id = 7")
	_, stderr := m.run(t, 1, m.file, "move", "--to", m.to)
	wantText(t, "a name that is too long", stderr, `^roster: person 7 cannot be kept in PostgreSQL: the name has more than 255 characters\n$`)
}

func TestMoveRefusesOtherDatabases(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	for _, test := range []struct{ database, to, want string }{
		{m.file, "", "--to says where to move to"},
		{m.file, m.file, "moved into PostgreSQL"},
		{m.file, "mysql://ann:" + canary + "@db/roster", "--to: it names no database"},
		{m.file, "postgresql://ann:" + canary + "@db/roster?sslmode=" + canary, "--to: an option of it"},
		{"memory:", m.to, "moved from a SQLite file"},
		{m.to, m.to, "moved from a SQLite file"},
	} {
		_, stderr := m.run(t, 2, test.database, "move", "--to", test.to)
		wantText(t, test.want, stderr, test.want)
	}
	_, stderr := m.run(t, 1, m.file, "move", "--to", m.to)
	wantText(t, "a file that is missing", stderr, "^roster: the database to move from cannot be opened: .*no such file")
	if _, err := os.Stat(strings.TrimPrefix(m.file, "sqlite:///")); err == nil {
		t.Error("the file that was missing was made")
	}
}

func TestMoveSaysInOneLineWhatCannotBeReached(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.run(t, 0, m.file, "bulk", "1")
	_, stderr := m.run(t, 1, m.file, "move", "--to", "postgresql://ann:"+canary+"@127.0.0.1:1/roster?sslmode=disable")
	wantText(t, "a server that is not there", stderr, `^roster: the database cannot be opened: postgresql://127\.0\.0\.1:1/roster: .*\n$`)
}
