package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
)

func newCheck(s *session) *cobra.Command {
	var deploy, asJSON bool
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Find mistakes in the settings, or damage in a database file",
		Long: "Find mistakes in the settings. With --deploy also what is allowed but unsafe where\n" +
			"strangers can reach the server. With a FILE, find what is wrong with that database\n" +
			"instead: damage, tables and migrations that do not fit, odd rows. All of the file is\n" +
			"read and nothing is changed, also while servers use it. Exits with 1 on errors, not on\n" +
			"warnings.",
		Args: arguments(cobra.MaximumNArgs(1), "a file at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				if deploy {
					return usage(cmd, "--deploy is about the settings and a file has none")
				}
				return checkFile(cmd.Context(), cmd.OutOrStdout(), args[0], asJSON)
			}
			settings, err := s.load(cmd, nil)
			if err != nil {
				return err
			}
			findings := []app.Finding{}
			if deploy {
				findings = append(findings, settings.DeployFindings()...)
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), findings)
			} else {
				err = writeFindings(cmd.OutOrStdout(), findings)
			}
			if err != nil {
				return err
			}
			return failOnErrors(findings)
		},
	}
	cmd.Flags().BoolVar(&deploy, "deploy", false, "also find what must not be deployed")
	addJSON(cmd, &asJSON, "a JSON list of what was found")
	return cmd
}

// failOnErrors returns an error where there is one among the findings.
func failOnErrors(findings []app.Finding) error {
	if errors := count(findings, app.FindingError); errors > 0 {
		return fmt.Errorf("the check found %s", plural(errors, "error"))
	}
	return nil
}

// writeFindings writes what Django's check writes, but for the setting in the
// place of Django's question mark.
func writeFindings(w io.Writer, findings []app.Finding) error {
	var text strings.Builder
	if len(findings) > 0 {
		text.WriteString("System check identified some issues:\n\n")
	}
	for _, level := range []app.FindingLevel{app.FindingError, app.FindingWarning} {
		if count(findings, level) == 0 {
			continue
		}
		fmt.Fprintf(&text, "%sS:\n", strings.ToUpper(string(level)))
		for _, finding := range findings {
			if finding.Level == level {
				fmt.Fprintf(&text, "%s: (%s) %s\n\tHINT: %s\n", finding.Setting, finding.ID, finding.Message, finding.Hint)
			}
		}
		text.WriteString("\n")
	}
	issues := "no issues"
	if len(findings) > 0 {
		issues = plural(len(findings), "issue")
	}
	fmt.Fprintf(&text, "System check identified %s (0 silenced).\n", issues)
	_, err := io.WriteString(w, text.String())
	return err
}

func count(findings []app.Finding, level app.FindingLevel) int {
	n := 0
	for _, finding := range findings {
		if finding.Level == level {
			n++
		}
	}
	return n
}

// plural returns a number of things, such as "1 error" or "2 errors".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
