package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/adapters/atlasdiff"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
)

// migrationsDir is where the migrations stand in the source of roster.
const migrationsDir = "adapters/sqlitestore/migrations"

func newMakeMigrations() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "makemigrations NAME",
		Short: "Write the migration that schema.sql asks for",
		Long: "Write the migration that leads from the migrations that there are to the tables in\n" +
			"schema.sql. It is a draft: read it before it is committed. Run this from the source\n" +
			"(go run ./cmd/roster makemigrations NAME), because both are built into the program.",
		Args: arguments(cobra.ExactArgs(1), "the name of the migration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				return fmt.Errorf("there is no folder %s: run this at the top of roster's source, or choose another with --dir", dir)
			}
			filename, content, err := draftMigration(cmd, args[0])
			if err != nil {
				return err
			}
			if filename == "" {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "no changes: the migrations make what schema.sql says")
				return err
			}
			path := filepath.Join(dir, filename)
			if err := writeNew(path, content); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "wrote", path)
			return err
		},
	}
	cmd.Flags().StringVar(&dir, "dir", filepath.FromSlash(migrationsDir), "write into this `folder`")
	return cmd
}

// draftMigration returns the next migration, or no filename where nothing has to
// be done.
func draftMigration(cmd *cobra.Command, name string) (filename, content string, err error) {
	schemas, err := sqlitestore.OpenSchemas(cmd.Context())
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, schemas.Close()) }()
	up, down, err := atlasdiff.Diff(cmd.Context(), schemas.Migrated, schemas.Written)
	if err != nil || len(up) == 0 {
		return "", "", err
	}
	return sqlitestore.NextMigration(name, up, down)
}

// writeNew writes a file that is not there yet.
func writeNew(path, content string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	return errors.Join(err, file.Close())
}
