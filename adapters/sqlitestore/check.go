package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Check implements ports.Archivist. Without a WAL beside the file nothing is left
// behind; with one, SQLite may leave its shared memory. SQLite keeps no checksums: a
// change within a name that leaves it text is not found.
//
// It reads the file several times: a million persons take some seconds.
func (a *Archivist) Check(ctx context.Context, file string) (findings []ports.FileFinding, err error) {
	err = readFile(ctx, file, func(ctx context.Context, db *sql.DB) error {
		look := inspection{file: file}
		err := look.all(ctx, db)
		findings = look.findings
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(findings, func(a, b ports.FileFinding) int {
		switch {
		case a.Grave == b.Grave:
			return 0
		case a.Grave:
			return -1
		default:
			return 1
		}
	})
	return findings, nil
}

// The findings. What an id means never changes.
const (
	findUnreadable  = "file.E001"
	findDamage      = "file.E002"
	findNoTable     = "file.E003"
	findOtherShape  = "file.E004"
	findNewer       = "file.E005"
	findUsedIDs     = "file.E006"
	findForeignKeys = "file.W001"
	findPending     = "file.W002"
	findDrift       = "file.W003"
	findOddRows     = "file.W004"
)

const hintRestore = "Restore a backup: roster restore FILE. What can still be read is saved by SQLite's own program: sqlite3 FILE .recover"

// inspection is a check of one file.
type inspection struct {
	file     string
	findings []ports.FileFinding
	damaged  bool
}

func (l *inspection) find(grave bool, id, message, hint string) {
	l.findings = append(l.findings, ports.FileFinding{Grave: grave, ID: id, Message: message, Hint: hint})
}

// all looks at everything, as far as it can be read. The error is that of ctx.
func (l *inspection) all(ctx context.Context, db *sql.DB) error {
	for _, look := range []func(ctx context.Context, db *sql.DB) error{
		l.pages, l.table, l.migrations, l.drift, l.usedIDs, l.foreignKeys, l.rows,
	} {
		err := look(ctx, db)
		if ended := domain.ContextError(ctx); ended != nil {
			return ended
		}
		if err == nil || l.damaged { // that is why
			continue
		}
		switch code := resultCode(err); code {
		case codeCorrupt:
			l.damage(several{first: []string{err.Error()}})
		case codeNotADB:
			l.find(true, findUnreadable, "It is not a SQLite database, or its first page is damaged.", hintRestore)
			return nil
		case codeReadOnly:
			return &domain.Error{
				Code:    domain.CodeUnavailable,
				Message: "somebody was stopped while writing the file, and what they began must be undone first: roster migrate does that",
				Cause:   err,
			}
		default:
			return &domain.Error{Code: domain.CodeUnavailable, Message: "the file cannot be checked now", Cause: err}
		}
	}
	return nil
}

func (l *inspection) damage(problems several) {
	l.damaged = true
	l.find(true, findDamage, fmt.Sprintf("It is damaged: %s.", problems), hintRestore)
}

// several are things of which the first are told, and how many more there are.
type several struct {
	first []string
	more  int
}

func (s *several) add(thing string) {
	const told = 5
	if len(s.first) < told {
		s.first = append(s.first, thing)
	} else {
		s.more++
	}
}

// String returns the things in one line.
func (s several) String() string {
	text := strings.Join(s.first, ", ")
	if s.more > 0 {
		text += fmt.Sprintf(" and %d more", s.more)
	}
	return text
}

// pages has SQLite look at every page and every entry of an index, and looks for a
// last page that was cut off, which SQLite takes for one that ends in zeros.
func (l *inspection) pages(ctx context.Context, db *sql.DB) error {
	problems, err := integrityProblems(ctx, db)
	if err != nil {
		return err
	}
	var size int64
	if err := db.QueryRowContext(ctx, "PRAGMA page_size").Scan(&size); err != nil {
		return err
	}
	info, err := os.Stat(l.file)
	if err != nil {
		return err
	}
	if cut := info.Size() % size; cut > 0 {
		problems.add(fmt.Sprintf("its last page has %d bytes of %d", cut, size))
	}
	if len(problems.first) > 0 {
		l.damage(problems)
	}
	return nil
}

// integrityProblems returns what PRAGMA integrity_check has to say against a file.
func integrityProblems(ctx context.Context, db querier) (problems several, err error) {
	rows, err := db.QueryContext(ctx, "PRAGMA integrity_check")
	if err != nil {
		return problems, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return problems, err
		}
		if line == "ok" {
			continue
		}
		for problem := range strings.SplitSeq(line, "\n") {
			if problem = strings.TrimSpace(problem); problem != "" && !strings.HasPrefix(problem, "***") {
				problems.add(problem)
			}
		}
	}
	return problems, rows.Err()
}

// table looks whether roster can read and write the tables of persons and of users.
func (l *inspection) table(ctx context.Context, db *sql.DB) error {
	text, err := tableSQL(ctx, db, "persons_person")
	if err != nil {
		return err
	}
	if text == "" {
		l.find(true, findNoTable, "It has no table of persons.", "See whether this is the right file. roster migrate makes the table in a new one.")
		return nil
	}
	for _, kind := range []struct {
		of    string
		check func(ctx context.Context, db querier) error
	}{{"persons", checkPersons}, {"users", checkUsers}} {
		err := kind.check(ctx, db)
		refused := (*domain.Error)(nil)
		switch {
		case errors.As(err, &refused):
			l.find(true, findOtherShape, fmt.Sprintf("Its table of %s is of another shape: %v.", kind.of, refused.Cause), "roster cannot use this file.")
		case err != nil:
			return err
		}
	}
	return nil
}

// migrations looks which are applied.
func (l *inspection) migrations(ctx context.Context, db *sql.DB) error {
	migrations, err := listMigrations(ctx, db, migrationFiles())
	if domain.CodeOf(err) == domain.CodeConflict {
		l.find(true, findNewer, "A newer version of roster has migrated it.", "Use that version, or a backup from before.")
		return nil
	}
	if err != nil {
		return err
	}
	var pending several
	for _, migration := range migrations {
		if migration.AppliedAt.IsZero() {
			pending.add(migration.Name)
		}
	}
	if len(pending.first) > 0 {
		l.find(false, findPending, fmt.Sprintf("Migrations have not been applied: %s.", pending), "roster serve applies them, and so does roster migrate.")
	}
	return nil
}

// usedIDs looks whether SQLite still knows which ids were given.
func (l *inspection) usedIDs(ctx context.Context, db *sql.DB) error {
	if text, err := tableSQL(ctx, db, "sqlite_sequence"); err != nil || text == "" {
		return err
	}
	if text, err := tableSQL(ctx, db, "persons_person"); err != nil || text == "" {
		return err
	}
	var known, greatest int64
	err := db.QueryRowContext(ctx, `SELECT coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'persons_person'), 0),
		coalesce((SELECT max(id) FROM persons_person), 0)`).Scan(&known, &greatest)
	if err != nil || known >= greatest {
		return err
	}
	l.find(true, findUsedIDs,
		fmt.Sprintf("Its table sqlite_sequence says that %d was the last id, and there is a person %d: ids may be given twice.", known, greatest),
		fmt.Sprintf("Mend a copy with SQLite's own program: DELETE FROM sqlite_sequence WHERE name = 'persons_person'; INSERT INTO sqlite_sequence VALUES ('persons_person', %d);", greatest))
	return nil
}

// foreignKeys looks for rows that name others which are not there.
func (l *inspection) foreignKeys(ctx context.Context, db *sql.DB) (err error) {
	rows, err := db.QueryContext(ctx, `SELECT "table", "parent", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var broken several
	for rows.Next() {
		var (
			table, parent string
			count         int64
		)
		if err := rows.Scan(&table, &parent, &count); err != nil {
			return err
		}
		broken.add(fmt.Sprintf("%d in %s that name rows of %s", count, table, parent))
	}
	if len(broken.first) > 0 {
		l.find(false, findForeignKeys, fmt.Sprintf("Rows name others that are not there: %s.", broken), "See to them with the program that owns those tables.")
	}
	return rows.Err()
}

// rows looks for persons whom the domain would refuse today.
func (l *inspection) rows(ctx context.Context, db *sql.DB) error {
	if l.has(findNoTable) || l.has(findOtherShape) {
		return nil
	}
	odd, err := oddRows(ctx, db)
	if err == nil && len(odd.first) > 0 {
		l.find(false, findOddRows,
			fmt.Sprintf("Persons break today's rules: ids %s.", odd),
			"They are served as they are. PUT sets another name and age.")
	}
	return err
}

func (l *inspection) has(id string) bool {
	return slices.ContainsFunc(l.findings, func(f ports.FileFinding) bool { return f.ID == id })
}

// oddRows returns the ids of the persons whom the domain would refuse, or not take as
// they are.
func oddRows(ctx context.Context, db querier) (odd several, err error) {
	rows, err := db.QueryContext(ctx, `SELECT id, typeof(name) = 'text' AND typeof(age) = 'integer', CAST(name AS text), CAST(age AS integer)
		FROM persons_person ORDER BY id`)
	if err != nil {
		return odd, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var (
		id    int64
		sound bool
		name  sql.NullString
		age   sql.NullInt64
	)
	for rows.Next() {
		if err := rows.Scan(&id, &sound, &name, &age); err != nil {
			return odd, err
		}
		draft, err := domain.NewDraft(name.String, age.Int64)
		if err != nil || !sound || draft.Name() != name.String {
			odd.add(strconv.FormatInt(id, 10))
		}
	}
	return odd, rows.Err()
}
