package cli

import (
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
)

const defaultEnvFile = ".env"

// session is what commands share: where settings come from.
type session struct {
	environ []string
	envFile string
}

// settings are the loaded ones, and who gave them.
type settings struct {
	app.Config
	environment *app.Environment
	logger      *slog.Logger
}

// load reads the settings; flags are those that the command line gives, by name of
// the variable. Warnings about the .env file go to the log.
func (s *session) load(cmd *cobra.Command, flags map[string]string) (*settings, error) {
	environment, err := app.ReadEnvironment(s.envFile, cmd.Flags().Changed("env-file"), s.environ)
	if err != nil {
		return nil, err
	}
	for name, value := range flags {
		environment.SetFlag(name, value)
	}
	config, err := app.Load(environment.Variables)
	if err != nil {
		return nil, err
	}
	logger := app.NewLogger(cmd.ErrOrStderr(), config.LogLevel, config.LogFormat)
	for _, warning := range environment.Warnings {
		logger.WarnContext(cmd.Context(), "bad environment file", slog.String("problem", warning))
	}
	return &settings{Config: config, environment: environment, logger: logger}, nil
}

// withApp runs a command's work with roster put together, and closes it.
func withApp(cmd *cobra.Command, settings *settings, work func(a *app.App) error) error {
	a, err := app.New(cmd.Context(), settings.Config, settings.logger)
	if err != nil {
		return err
	}
	return errors.Join(work(a), a.Close())
}

// run runs a command's work with the settings and roster put together.
func (s *session) run(cmd *cobra.Command, work func(settings *settings, a *app.App) error) error {
	settings, err := s.load(cmd, nil)
	if err != nil {
		return err
	}
	return withApp(cmd, settings, func(a *app.App) error { return work(settings, a) })
}
