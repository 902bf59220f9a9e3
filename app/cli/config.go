package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
)

// settingRow is a line of config.
type settingRow struct {
	Name   string     `json:"name"`
	Value  string     `json:"value"`
	Source app.Source `json:"source"`
}

func newConfig(s *session) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show every setting, its value and where it comes from",
		Long: "Show every setting, its value and where it comes from: default, the .env file or the\n" +
			"environment. Secrets are hidden. .env.example explains each setting.",
		Args: arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := s.load(cmd, nil)
			if err != nil {
				return err
			}
			var rows []settingRow
			for _, setting := range settings.Settings() {
				rows = append(rows, settingRow{setting.Name, setting.Value, settings.environment.Source(setting.Name)})
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), rows)
			}
			return writeSettings(cmd.OutOrStdout(), rows)
		},
	}
	addJSON(cmd, &asJSON, "a JSON list of settings")
	return cmd
}

func writeSettings(w io.Writer, rows []settingRow) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		value := visible(row.Value)
		if row.Name == "SECRET_KEY" && value == "" {
			value = "(another one at each start)"
		}
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\n", row.Name, visible(string(row.Source)), value); err != nil {
			return err
		}
	}
	return table.Flush()
}
