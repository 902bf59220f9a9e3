package cli

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
)

func newWorker(s *session) *cobra.Command {
	var workers int
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Work off jobs until SIGTERM or Ctrl-C",
		Long: "Work off jobs until SIGTERM or Ctrl-C, without serving requests: servers do so too, with\n" +
			"JOB_WORKERS. Any number of servers and workers share the jobs of one database; one that is\n" +
			"killed leaves its part to the others within 30 seconds.",
		Args: arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("workers") && workers < 1 {
				return usage(cmd, fmt.Sprintf("%d is no number of workers", workers))
			}
			return s.run(cmd, func(settings *settings, a *app.App) error {
				if settings.Database.InMemory() {
					return fmt.Errorf("nobody can give a job to a worker on %s, which no other process sees", settings.Database)
				}
				if workers == 0 {
					workers = max(settings.JobWorkers, 1)
				}
				err := a.Work(cmd.Context(), workers, func() {
					settings.logger.LogAttrs(cmd.Context(), slog.LevelInfo, "working",
						slog.Int("workers", workers), slog.String("database", settings.Database.String()))
				})
				if err == nil {
					settings.logger.LogAttrs(cmd.Context(), slog.LevelInfo, "stopped")
				}
				return err
			})
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 0, "work at this many `chunks` at once instead of JOB_WORKERS")
	return cmd
}
