package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
)

func newServe(s *session) *cobra.Command {
	var host, port string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API until SIGTERM or Ctrl-C",
		Long: "Serve the API until SIGTERM or Ctrl-C. Requests that are under way then finish,\n" +
			"within SHUTDOWN_TIMEOUT; a second signal does not wait for them. With TLS, SIGHUP\n" +
			"reads the certificate again.",
		Args: arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags := map[string]string{}
			if cmd.Flags().Changed("host") {
				flags["HOST"] = host
			}
			if cmd.Flags().Changed("port") {
				flags["PORT"] = port
			}
			settings, err := s.load(cmd, flags)
			if err != nil {
				return err
			}
			a, err := app.New(cmd.Context(), settings.Config, settings.logger)
			if err != nil {
				return err
			}
			if settings.TLSCertFile != "" {
				defer reloadOnHangup(cmd.Context(), a)()
			}
			return a.Run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&host, "host", "", "listen on this `address` instead of HOST")
	cmd.Flags().StringVar(&port, "port", "", "listen on this `port` instead of PORT; 0 is any free one")
	return cmd
}

// reloadOnHangup reads the certificate again whenever SIGHUP comes, until stop is
// called. Without TLS it stays what it is, the end of a terminal and of the program.
func reloadOnHangup(ctx context.Context, a *app.App) (stop func()) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for range hangups {
			a.ReloadCertificate(ctx)
		}
	}()
	return func() {
		signal.Stop(hangups)
		close(hangups)
	}
}
