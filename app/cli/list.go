package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func newList(s *session) *cobra.Command {
	var (
		page   int64
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show all persons, or one page of them",
		Long: "Show all persons in the order of their ids, or one page of PAGE_SIZE. All of them are\n" +
			"written as they are read, so a long list needs no memory.",
		Args: arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("page") && page < 1 {
				return usage(cmd, "pages are counted from 1")
			}
			return s.run(cmd, func(_ *settings, a *app.App) error {
				if page > 0 {
					return listPage(cmd.Context(), cmd.OutOrStdout(), a.Registry, page, asJSON)
				}
				return writePersons(cmd.OutOrStdout(), a.Registry.All(cmd.Context()), asJSON)
			})
		},
	}
	cmd.Flags().Int64Var(&page, "page", 0, "show only page `N`, from 1")
	addJSON(cmd, &asJSON, "a JSON object a line")
	return cmd
}

// listPage writes one page and, for people, which one of how many.
func listPage(ctx context.Context, w io.Writer, registry ports.PersonRegistry, number int64, asJSON bool) error {
	page, err := registry.List(ctx, number)
	if err != nil {
		return err
	}
	persons := func(yield func(domain.Person, error) bool) {
		for _, person := range page.Persons {
			if !yield(person, nil) {
				return
			}
		}
	}
	if err := writePersons(w, persons, asJSON); err != nil || asJSON {
		return err
	}
	_, err = fmt.Fprintf(w, "page %d of %d, %s in all\n", page.Number, page.Pages(), plural(int(page.Total), "person"))
	return err
}

// personRow is a person for machines.
type personRow struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Age  int    `json:"age"`
}

// writePersons writes a line for each person as it comes.
func writePersons(w io.Writer, persons iter.Seq2[domain.Person, error], asJSON bool) error {
	lines := bufio.NewWriter(w)
	if !asJSON {
		_, _ = fmt.Fprintf(lines, "%10s  %3s  %s\n", "ID", "AGE", "NAME") // Flush tells
	}
	for person, err := range persons {
		if err == nil && asJSON {
			err = writeJSON(lines, personRow{person.ID(), person.Name(), person.Age()})
		} else if err == nil {
			_, err = fmt.Fprintf(lines, "%10d  %3d  %s\n", person.ID(), person.Age(), visible(person.Name()))
		}
		if err != nil {
			return errors.Join(err, lines.Flush())
		}
	}
	return lines.Flush()
}
