package sqlitedriver_test

import (
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
)

func TestPlaceholdersStandWhereValuesStood(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"SELECT name, age FROM persons_person WHERE id = ?": "SELECT name, age FROM persons_person WHERE id = ?",
		"SELECT 'Ada' AS n": "SELECT ? AS n",
		"SELECT 'O''Hara; --', 1.5e-3, .5, 0xFF, x'41', 7":       "SELECT ?, ?, ?, ?, ?, ?",
		`SELECT "name" FROM "a ""b" WHERE [c d] = 'e'`:           `SELECT "name" FROM "a ""b" WHERE [c d] = ?`,
		"SELECT a1, b2c FROM t WHERE a IN (1, 2,3 , 4) AND b=-1": "SELECT a1, b2c FROM t WHERE a IN (?, ?,? , ?) AND b=-?",
		"SELECT a -- who? 'Ada'\n, b /* 'Ada' */ FROM t":         "SELECT a , b FROM t",
		"SELECT\n\t\tmax(?, 1)\n  ":                              "SELECT max(?, ?)",
		"SELECT ?1, name, ?2":                                    "SELECT ?, name, ?",
		"WHERE a = $1 AND b = :name":                             "WHERE a = $1 AND b = :name",
		"SELECT 'Ada who never ends":                             "SELECT ?",
		"SELECT \"Ada who never ends":                            "SELECT \"Ada who never ends",
		"LIMIT 100 OFFSET 200":                                   "LIMIT ? OFFSET ?",
		"":                                                       "",
	} {
		if got := sqlitedriver.Placeholders(given); got != want {
			t.Errorf("%q:\ngot  %q\nwant %q", given, got, want)
		}
	}
}

// Whatever a text is, a statement with it looks like one with another, so nothing of it is there.
func FuzzPlaceholdersHideEveryText(f *testing.F) {
	for _, seed := range []string{"", "Ada", "O'Hara", "''", "'", "\\", "\\'", "--", "/*", "*/", "a\nb", "\x00", "\"", "'); DROP TABLE t; --", "ä'ö", "\xff'"} {
		f.Add(seed, int64(7))
	}
	f.Fuzz(func(t *testing.T, name string, age int64) {
		with := func(name string) string {
			return sqlitedriver.Placeholders("INSERT INTO p (name, age) SELECT key FROM t WHERE a = '" + strings.ReplaceAll(name, "'", "''") + "' AND b")
		}
		if got, want := with(name), with("x"); got != want {
			t.Errorf("with %q: got %q, want %q", name, got, want)
		}
		sqlitedriver.Placeholders(name) // whatever it is, it ends
	})
}
