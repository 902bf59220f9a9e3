package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
)

func newBackup(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database into a file, while servers run",
		Long: "Copy the database into a file that is not there yet. Servers go on reading and writing;\n" +
			"the copy is of one moment. It has been read and compared when this command ends with 0,\n" +
			"and is then on the disk. What was stopped leaves nothing, or a file named *.tmp.",
		Args: arguments(cobra.ExactArgs(1), "the name of a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := s.load(cmd, nil)
			if err != nil {
				return err
			}
			made, err := app.NewArchivist(settings.Config).Backup(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "backed up %s into %s (%d bytes)\n",
				plural(int(made.Persons), "person"), visible(args[0]), made.Bytes)
			return err
		},
	}
}

func newRestore(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a copy of a file into the place of the database",
		Long: "Put a copy of a file into the place of the database. The file is checked first, as by\n" +
			"\"roster check FILE\". Stop the servers before: it refuses while anybody has the database\n" +
			"open. The database of before is kept beside the new one, with the time in its name.",
		Args: arguments(cobra.ExactArgs(1), "the name of a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := s.load(cmd, nil)
			if err != nil {
				return err
			}
			made, err := app.NewArchivist(settings.Config).Restore(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			text := fmt.Sprintf("restored %s from %s; the next id is %d\n", plural(int(made.Persons), "person"), visible(args[0]), made.LastID+1)
			if made.Kept != "" {
				text += fmt.Sprintf("the database of before is %s\n", visible(made.Kept))
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		},
	}
}
