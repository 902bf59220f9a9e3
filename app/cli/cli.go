// Package cli is roster's command line.
//
// What a command answers goes to standard output, everything else (the log,
// progress, errors) to standard error. Colours and progress bars are for
// terminals only, and not where NO_COLOR is set.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // the command line makes no sense
	// exitIncomplete is the code of what was done, but not all is as it was to be: rows of a
	// job were rejected, or what was to be the same is not.
	exitIncomplete = 3
)

// Process is what a command line runs in.
type Process struct {
	// Args are the arguments, without the program's name.
	Args []string
	// Environ is the environment, as os.Environ gives it.
	Environ []string
	// Stdin is where commands read, and who is asked where it is a terminal; nil is os.Stdin.
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// Run runs a command line and returns its exit code: 0, 1 where it failed, 2
// where it makes no sense, 3 where it was done but not all is as it was to be: rows of a job were
// rejected, or what was to be the same is not. The end of ctx stops it. Errors are written to Stderr,
// a line each.
func Run(ctx context.Context, process Process) (exitCode int) {
	root := newRoot(process)
	root.SetArgs(process.Args)
	root.SetIn(process.Stdin)
	root.SetOut(process.Stdout)
	root.SetErr(process.Stderr)
	err := root.ExecuteContext(domain.WithOrigin(ctx, domain.Origin{Via: domain.ViaCLI, Who: systemUser()}))
	if err == nil {
		return exitOK
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		_, _ = fmt.Fprintln(process.Stderr, "roster: "+line)
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[differenceError](err); ok {
		return exitIncomplete
	}
	if _, ok := errors.AsType[rejectedError](err); ok {
		return exitIncomplete
	}
	return exitFailed
}

func newRoot(process Process) *cobra.Command {
	s := &session{environ: process.Environ}
	root := &cobra.Command{
		Use:   "roster",
		Short: "A person registry",
		Long: "roster is a person registry with the API of the Django REST Framework service that it\n" +
			"succeeds. Settings come from the environment and from .env: see \"roster config\".",
		Args:          knownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true, // Run prints them
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVar(&s.envFile, "env-file", defaultEnvFile, "read settings from this `file`")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, err.Error()) })
	root.AddCommand(
		newServe(s), newCheck(s), newConfig(s),
		newMigrate(s), newShowMigrations(s), newSQLMigrate(), newMakeMigrations(),
		newBackup(s), newRestore(s), newMove(s),
		newBulk(s), newFetch(s), newList(s),
		newImport(s), newExport(s), newJobs(s), newWorker(s),
		newCreateSuperuser(s), newChangePassword(s), newToken(s),
		newLab(),
		newVersion(),
	)
	return root
}

// usageError is a command line that makes no sense.
type usageError struct{ text string }

// Error returns what is wrong and where to read more.
func (e usageError) Error() string { return e.text }

func usage(cmd *cobra.Command, text string) error {
	return usageError{fmt.Sprintf("%s (see %s --help)", text, cmd.CommandPath())}
}

// knownCommand refuses the name of a command that is none.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no command %q", args[0])
	if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
		text += fmt.Sprintf(", did you mean %s?", strings.Join(similar, " or "))
	}
	return usage(cmd, text)
}

// arguments makes a wrong number of arguments a usage error.
func arguments(check cobra.PositionalArgs, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) != nil {
			return usage(cmd, fmt.Sprintf("%s takes %s", cmd.Name(), what))
		}
		return nil
	}
}
