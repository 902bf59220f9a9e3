package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/ports"
)

func newMigrate(s *session) *cobra.Command {
	var plan bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema of the database up to date",
		Long: "Bring the schema of the database up to date. A table that Django made is adopted as it is.\n" +
			"\"serve\" does this by itself, unless AUTO_MIGRATE is off.",
		Args: arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if plan {
				return writePlan(cmd, s)
			}
			return migrate(cmd, s)
		},
	}
	cmd.Flags().BoolVar(&plan, "plan", false, "only show what would be applied")
	return cmd
}

func writePlan(cmd *cobra.Command, s *session) error {
	migrations, err := readMigrations(cmd, s)
	if err != nil {
		return err
	}
	pending := slices.DeleteFunc(migrations, func(m ports.Migration) bool { return !m.AppliedAt.IsZero() })
	return writeNames(cmd.OutOrStdout(), "would apply", pending)
}

// writeNames writes a line for each migration, or that there is none.
func writeNames(w io.Writer, verb string, migrations []ports.Migration) error {
	if len(migrations) == 0 {
		_, err := fmt.Fprintln(w, "nothing to migrate")
		return err
	}
	for _, migration := range migrations {
		if _, err := fmt.Fprintln(w, verb, label(migration)); err != nil {
			return err
		}
	}
	return nil
}

// label returns a migration's number and name, such as 00001_persons.
func label(migration ports.Migration) string {
	return fmt.Sprintf("%05d_%s", migration.Version, migration.Name)
}

// migrationRow is a migration for machines.
type migrationRow struct {
	Version   int64      `json:"version"`
	Name      string     `json:"name"`
	AppliedAt *time.Time `json:"applied_at"` // null: pending
}

func newShowMigrations(s *session) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "showmigrations",
		Short: "Show every migration and whether it is applied",
		Args:  arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			migrations, err := readMigrations(cmd, s)
			if err != nil {
				return err
			}
			if asJSON {
				return writeMigrationRows(cmd.OutOrStdout(), migrations)
			}
			return writeMigrations(cmd.OutOrStdout(), migrations)
		},
	}
	addJSON(cmd, &asJSON, "a JSON list of migrations")
	return cmd
}

func writeMigrationRows(w io.Writer, migrations []ports.Migration) error {
	rows := make([]migrationRow, len(migrations))
	for i, migration := range migrations {
		rows[i] = migrationRow{Version: migration.Version, Name: migration.Name}
		if !migration.AppliedAt.IsZero() {
			rows[i].AppliedAt = &migration.AppliedAt
		}
	}
	return writeJSON(w, rows)
}

func writeMigrations(w io.Writer, migrations []ports.Migration) error {
	for _, migration := range migrations {
		line := "[ ] " + label(migration)
		if !migration.AppliedAt.IsZero() {
			line = fmt.Sprintf("[X] %s  %s", label(migration), migration.AppliedAt.UTC().Format(time.DateTime+"Z"))
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

func newSQLMigrate() *cobra.Command {
	return &cobra.Command{
		Use:   "sqlmigrate NAME",
		Short: "Show the SQL of a migration",
		Long: "Show the SQL of a migration: 00001_persons, persons and 1 are the same one. No database\n" +
			"is touched.",
		Args: arguments(cobra.ExactArgs(1), "the name of a migration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			migrations, err := sqlitestore.ReadMigrations(cmd.Context(), "")
			if err != nil {
				return err
			}
			migration, err := findMigration(migrations, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.TrimSpace(migration.SQL))
			return err
		},
	}
}

// findMigration returns the migration that a name, a number or both mean.
func findMigration(migrations []ports.Migration, name string) (ports.Migration, error) {
	for _, migration := range migrations {
		number, err := strconv.ParseInt(name, 10, 64)
		if name == migration.Name || name == label(migration) || err == nil && number == migration.Version {
			return migration, nil
		}
	}
	return ports.Migration{}, fmt.Errorf("there is no migration %q: see roster showmigrations", name)
}

// readMigrations returns the migrations of the configured database, which is only
// read, and not made where it is missing.
func readMigrations(cmd *cobra.Command, s *session) ([]ports.Migration, error) {
	settings, err := s.load(cmd, nil)
	if err != nil {
		return nil, err
	}
	return app.Migrations(cmd.Context(), settings.Config)
}

// migrate brings the tables of the configured database up to date, and those in which
// tasks of jobs wait.
func migrate(cmd *cobra.Command, s *session) error {
	settings, err := s.load(cmd, nil)
	if err != nil {
		return err
	}
	store, err := app.OpenStore(cmd.Context(), settings.Config, settings.logger)
	if err != nil {
		return err
	}
	migrator, ok := store.(ports.Migrator)
	if !ok {
		return errors.Join(fmt.Errorf("%s has no schema", settings.Database), store.Close())
	}
	applied, err := migrator.Migrate(cmd.Context())
	err = errors.Join(writeNames(cmd.OutOrStdout(), "applied", applied), err, store.Close())
	if err != nil {
		return err
	}
	return app.MigrateQueue(cmd.Context(), settings.Config, settings.logger)
}
