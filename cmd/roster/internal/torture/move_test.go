//go:build linux

package torture_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A move is killed in its middle, each time in another one, and run to its end after that.
func TestAMoveThatIsKilledGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	persons, kills := size(100_000, 1_000_000), size(2, 6)
	random := chance(t)
	file, target := newDatabase(t), newPostgres(t)
	roster(t, file, "bulk", strconv.Itoa(persons))
	gaps(t, file)
	_, to, _ := strings.Cut(target, "=")
	conn, err := pgx.Connect(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()

	total, want := digestOf(t, file)
	var found []int
	for len(found) < kills {
		killMove(t, file, to, random)
		before := 0
		if len(found) > 0 {
			before = found[len(found)-1]
		}
		now := rowsOf(t, conn)
		if now == total {
			break // it was killed too late to be of interest
		}
		if now < before {
			t.Fatalf("after a kill: got %d persons, want the %d of before at least", now, before)
		}
		found = append(found, now)
	}
	if len(found) < 2 {
		t.Fatalf("only %d kills met a move under way, want 2: of %d persons there were %v", len(found), total, found)
	}
	left := rowsOf(t, conn)
	var moved struct {
		Moved, Found, Persons int
		LastID                int `json:"last_id"`
		SHA256                string
		Seconds               float64
	}
	if err := json.Unmarshal(roster(t, file, "move", "--to", to, "--json"), &moved); err != nil {
		t.Fatal(err)
	}
	if moved.Found != left || moved.Moved != total-left || moved.Persons != total || moved.LastID != persons+7 {
		t.Errorf("the last run: got %+v, want the %d found who were there, of %d, and the last id %d", moved, left, total, persons+7)
	}
	if moved.SHA256 != want {
		t.Errorf("got the hash %s, want %s, that of the file", moved.SHA256, want)
	}
	if got := hashOf(t, conn); got != want {
		t.Errorf("PostgreSQL's own rows: got the hash %s, want %s, that of the file", got, want)
	}
	var nextID int
	if err := conn.QueryRow(t.Context(), "INSERT INTO persons_person (name, age) VALUES ('next', 1) RETURNING id").Scan(&nextID); err != nil || nextID != persons+8 {
		t.Errorf("the next person: got id %d and %v, want %d", nextID, err, persons+8)
	}
	figure(t, "%d persons, killed %d times with %v of them there: %d found and %d moved by the last run in %.1f s, equal by count and hash", total, len(found), found, moved.Found, moved.Moved, moved.Seconds)
}

// roster runs a command to its end and returns its answer.
func roster(t *testing.T, file string, args ...string) []byte {
	t.Helper()
	command := rosterCommand(t, file, args...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	answer, err := command.Output()
	if err != nil {
		t.Fatalf("roster %s: %v: %s%s", args[0], err, answer, stderr.Bytes())
	}
	return answer
}

func rosterCommand(t *testing.T, file string, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary(t), args...)
	command.Dir = filepath.Dir(file)
	command.Env = append(os.Environ(), "DATABASE_URL=sqlite:///"+file, "LOG_LEVEL=ERROR")
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return command
}

// killMove begins a move and kills it after one of its first messages, or a little later.
func killMove(t *testing.T, file, to string, random *rand.Rand) {
	t.Helper()
	command := rosterCommand(t, file, "move", "--to", to)
	told, err := command.StderrPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(told)
	for left := random.IntN(2); left >= 0 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "moved ") {
			left--
		}
	}
	time.Sleep(time.Duration(random.IntN(5000)) * time.Microsecond)
	_ = command.Process.Kill()
	_, _ = io.Copy(io.Discard, told)
	_ = command.Wait() // it was killed
}

// gaps takes some persons out of a file, the last among them.
func gaps(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range []string{
		"DELETE FROM persons_person WHERE id % 1000 = 7",
		"INSERT INTO persons_person (name, age) SELECT 'gone ' || value, 1 FROM json_each('[1,2,3,4,5,6,7]')",
		"DELETE FROM persons_person WHERE name LIKE 'gone%'",
		"UPDATE persons_person SET name = 'é ' || char(10) || id WHERE id % 1000 = 8",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// digestOf returns how many persons a file has, and the hash that a move tells.
func digestOf(t *testing.T, file string) (persons int, sum string) {
	t.Helper()
	rows, err := inspect(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	for _, row := range rows {
		_, _ = fmt.Fprintf(hash, "%d %d %d %s\n", row.ID, row.Age, len(row.Name), row.Name)
	}
	return len(rows), hex.EncodeToString(hash.Sum(nil))
}

// hashOf returns the hash of who is in PostgreSQL.
func hashOf(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT concat(id, ' ', age, ' ', octet_length(name), ' ', name) FROM persons_person ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	var line string
	hash := sha256.New()
	_, err = pgx.ForEachRow(rows, []any{&line}, func() error {
		_, err := io.WriteString(hash, line+"\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// rowsOf returns how many persons there are in PostgreSQL, once it is through with what a
// program that was killed had asked for.
func rowsOf(t *testing.T, conn *pgx.Conn) (rows int) {
	t.Helper()
	for others := 1; others > 0; time.Sleep(time.Millisecond) {
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'roster'`).Scan(&others)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM persons_person").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}
