package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func newBulk(s *session) *cobra.Command {
	var (
		flags orderFlags
		asJob bool
	)
	cmd := &cobra.Command{
		Use:   "bulk N",
		Short: "Create N made-up persons",
		Long: "Create N made-up persons, \"Person 0\" of age 0 to \"Person {N-1}\" of age (N-1) % 100. As\n" +
			"many as BULK_MAX are saved together, all or none of them; a greater N is several bulks,\n" +
			"and where one fails, those before it stay. With --job they are a job: what is interrupted\n" +
			"goes on where there is a worker. The other flags but --json are for jobs.",
		Args: arguments(cobra.ExactArgs(1), "one number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.Atoi(args[0])
			if err != nil || n < 1 {
				return usage(cmd, fmt.Sprintf("%q is not a number of persons", args[0]))
			}
			if !asJob && (flags.dryRun || flags.atomic || flags.detach) {
				return usage(cmd, "--dry-run, --atomic and --detach are for jobs: use --job")
			}
			return s.run(cmd, func(settings *settings, a *app.App) error {
				if asJob {
					job, err := a.Jobs.Generate(cmd.Context(), flags.order(), int64(n))
					if err != nil {
						return err
					}
					return flags.finish(cmd, a, job, settings.JobWorkers)
				}
				start := time.Now()
				progress := newProgress(cmd.ErrOrStderr(), "saved", n)
				err := createAll(cmd.Context(), a.CreateBulk, n, settings.BulkMax, progress)
				progress.end()
				if err != nil {
					return fmt.Errorf("%d of %d persons were saved, then: %w", progress.done, n, err)
				}
				elapsed := time.Since(start)
				if flags.asJSON {
					return writeJSON(cmd.OutOrStdout(), bulkResult{n, elapsed.Seconds()})
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "saved %s in %s\n", plural(n, "person"), elapsed.Round(time.Millisecond))
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&asJob, "job", false, "make them as a job")
	flags.add(cmd)
	return cmd
}

type bulkResult struct {
	Saved   int     `json:"saved"`
	Seconds float64 `json:"seconds"`
}

// createAll creates n persons in bulks of at most size, and stops at the first
// that fails.
func createAll(ctx context.Context, creator ports.BulkCreator, n, size int, progress *progress) error {
	for from := 0; from < n; from += size {
		drafts := make([]domain.Draft, min(size, n-from))
		for i := range drafts {
			drafts[i] = domain.GeneratedDraft(uint(from + i))
		}
		outcomes, err := creator.Create(ctx, drafts)
		if err != nil {
			return err
		}
		saved, err := domain.Tally(outcomes)
		progress.add(saved)
		if err != nil {
			return err
		}
	}
	return nil
}
