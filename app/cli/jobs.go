package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

func newJobs(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "Show, watch and cancel jobs",
		Long:  "Show, watch and cancel jobs: lists too long for one request, which workers work off.",
		Args:  knownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newJobsList(s), newJobsShow(s), newJobsWatch(s), newJobsCancel(s), newJobsRejected(s))
	return cmd
}

// jobsListed is how many jobs a list shows at most.
const jobsListed = 100

func newJobsList(s *session) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: fmt.Sprintf("Show the latest %d jobs", jobsListed),
		Args:  arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.run(cmd, func(_ *settings, a *app.App) error {
				jobs, err := a.Jobs.List(cmd.Context(), "", jobsListed)
				if err != nil {
					return err
				}
				return listJobs(cmd.OutOrStdout(), jobs, asJSON)
			})
		},
	}
	addJSON(cmd, &asJSON, "a JSON object a line")
	return cmd
}

func listJobs(w io.Writer, jobs []domain.Job, asJSON bool) error {
	if asJSON {
		for _, job := range jobs {
			if err := writeJSON(w, rowOfJob(job)); err != nil {
				return err
			}
		}
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tKIND\tSTATE\tDONE\tREJECTED\tTOTAL\tCREATED") // Flush tells
	for _, job := range jobs {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%s\n",
			job.ID, job.Kind, job.State, job.Done, job.Rejected, job.Total, job.Created.Format(time.DateTime+"Z"))
	}
	return table.Flush()
}

// newJobCommand returns a command about one job.
func newJobCommand(s *session, name, short, long string, run func(cmd *cobra.Command, a *app.App, id domain.JobID) error) *cobra.Command {
	return &cobra.Command{
		Use:   name + " ID",
		Short: short,
		Long:  long,
		Args:  arguments(cobra.ExactArgs(1), "the id of a job"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd, func(_ *settings, a *app.App) error { return run(cmd, a, domain.JobID(strings.ToLower(args[0]))) })
		},
	}
}

func newJobsShow(s *session) *cobra.Command {
	var asJSON bool
	cmd := newJobCommand(s, "show", "Show a job", "", func(cmd *cobra.Command, a *app.App, id domain.JobID) error {
		job, err := a.Jobs.Find(cmd.Context(), id)
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), rowOfJob(job))
		}
		return showJob(cmd.OutOrStdout(), job)
	})
	addJSON(cmd, &asJSON, "a JSON object")
	return cmd
}

// showJob writes a job for people, a line for each thing that can be told.
func showJob(w io.Writer, job domain.Job) error {
	now := time.Now()
	lines := [][2]string{
		{"id", string(job.ID)},
		{"kind", strings.TrimSpace(fmt.Sprint(job.Kind, " ", job.Format))},
		{"state", string(job.State)},
		{"reason", job.Reason},
		{"done", fmt.Sprintf("%d of %s", job.Done, plural(int(job.Total), "row"))},
		{"rejected", strconv.FormatInt(job.Rejected, 10)},
		{"created", job.Created.Format(time.DateTime + "Z")},
	}
	if job.DryRun {
		lines = append(lines, [2]string{"dry run", "nobody is saved"})
	}
	if job.Atomic {
		lines = append(lines, [2]string{"atomic", "all or nothing"})
	}
	if !job.Started.IsZero() {
		lines = append(lines, [2]string{"started", job.Started.Format(time.DateTime + "Z")}, [2]string{"rate", fmt.Sprintf("%.0f rows/s", job.Rate(now))})
	}
	if left, known := job.Remaining(now); known {
		lines = append(lines, [2]string{"left", left.Round(time.Second).String()})
	}
	if job.IsOver() {
		lines = append(lines, [2]string{"ended", job.Ended.Format(time.DateTime + "Z")})
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		if line[1] != "" {
			_, _ = fmt.Fprintf(table, "%s\t%s\n", line[0], line[1]) // Flush tells
		}
	}
	return table.Flush()
}

func newJobsWatch(s *session) *cobra.Command {
	var asJSON bool
	cmd := newJobCommand(s, "watch", "Show how far a job is until it is over",
		"Show how far a job is until it is over, whichever process works it off. The exit code is that\n"+
			"of the command that would have worked it off.",
		func(cmd *cobra.Command, a *app.App, id domain.JobID) error {
			job, err := a.Jobs.Find(cmd.Context(), id)
			if err != nil {
				return err
			}
			if job, err = watchJob(cmd.Context(), cmd.ErrOrStderr(), a.Jobs, job); err != nil {
				return err
			}
			return tellJob(cmd, job, asJSON)
		})
	addJSON(cmd, &asJSON, "the job as a JSON object")
	return cmd
}

func newJobsCancel(s *session) *cobra.Command {
	return newJobCommand(s, "cancel", "End a job",
		"End a job, whichever process works it off. What was saved of it stays, and nothing more of\n"+
			"it is saved from the moment when this command says so.",
		func(cmd *cobra.Command, a *app.App, id domain.JobID) error {
			job, err := a.Jobs.Cancel(cmd.Context(), id)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "canceled job %s at %d of %s, %d rejected\n", job.ID, job.Done, plural(int(job.Total), "row"), job.Rejected)
			return err
		})
}

func newJobsRejected(s *session) *cobra.Command {
	return newJobCommand(s, "rejected", "Write the rejected rows of a job, as CSV",
		"Write the rejected rows of a job, as CSV: the number of the line, the field, a code for machines\nand a reason.",
		func(cmd *cobra.Command, a *app.App, id domain.JobID) error {
			rows := personfile.NewRefusalWriter(cmd.OutOrStdout())
			for refusal, err := range a.Jobs.Refusals(cmd.Context(), id) {
				if err != nil {
					return err
				}
				if err := rows.Write(refusal); err != nil {
					return err
				}
			}
			return rows.Flush()
		})
}
