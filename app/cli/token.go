package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

func newToken(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Make, show and revoke API tokens",
		Long: "Make, show and revoke API tokens: with REQUIRE_AUTH=True each request of the API needs one, in a\n" +
			"header such as \"Authorization: Bearer SECRET\".",
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTokenCreate(s), newTokenList(s), newTokenRevoke(s))
	return cmd
}

func newTokenCreate(s *session) *cobra.Command {
	var (
		write, asJSON bool
		expires       string
	)
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make an API token and print its secret",
		Long: "Make an API token that reads, or with --write one that reads and writes, and print its secret:\n" +
			"nobody can see it again. The name says what the token is for, and the history names it.",
		Args: arguments(cobra.ExactArgs(1), "the name of a token"),
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted := account.NewAPIToken{Name: args[0], Scope: account.ScopeRead}
			if write {
				wanted.Scope = account.ScopeWrite
			}
			if cmd.Flags().Changed("expires") {
				end, known := endOf(expires, time.Now())
				if !known {
					return usage(cmd, fmt.Sprintf("--expires takes a number of days such as 90d, or a date such as 2027-01-31, and not %q", expires))
				}
				wanted.Expires = end
			}
			return s.runKept(cmd, "tokens", func(_ *settings, a *app.App) error {
				return createToken(cmd, a.Tokens, wanted, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "let it change persons and jobs too")
	cmd.Flags().StringVar(&expires, "expires", "", "let it end after so many days (90d), or when a `day` begins in UTC (2027-01-31); without, never")
	addJSON(cmd, &asJSON, "a JSON object")
	return cmd
}

// maxDays is for how many days a token is at most: a hundred years.
const maxDays = 36500

// endOf reads when a token ends: after so many days, or when a day begins in UTC.
func endOf(text string, now time.Time) (end time.Time, known bool) {
	if digits, isDays := strings.CutSuffix(text, "d"); isDays {
		days, err := strconv.ParseUint(digits, 10, 16)
		return now.Add(time.Duration(days) * 24 * time.Hour), err == nil && days > 0 && days <= maxDays //nolint:gosec // of 16 bits
	}
	end, err := time.Parse(time.DateOnly, text)
	return end, err == nil && !end.IsZero() // which would be never
}

// createToken makes a token. Its secret, and nothing else, goes to standard output, so that a pipe can take it.
func createToken(cmd *cobra.Command, tokens ports.TokenManager, wanted account.NewAPIToken, asJSON bool) error {
	token, secret, err := tokens.Make(cmd.Context(), wanted)
	if problems := domain.ProblemsOf(err); len(problems) > 0 {
		return errors.New(tokenWords(problems))
	}
	if err != nil {
		return err
	}
	if asJSON {
		err = writeJSON(cmd.OutOrStdout(), madeToken{rowOfToken(token, time.Now()), secret.Reveal()})
	} else {
		_, err = fmt.Fprintln(cmd.OutOrStdout(), secret.Reveal())
	}
	if err != nil {
		return fmt.Errorf("token %d was made, and its secret is lost: %w", token.ID, err)
	}
	until := ""
	if !token.Expires.IsZero() {
		until = " until " + day(token.Expires)
	}
	_, err = fmt.Fprintf(cmd.ErrOrStderr(), "token %d, %s, may %s%s; keep its secret, nobody can see it again\n",
		token.ID, visible(token.Name), scopeWords(token.Scope), until)
	return err
}

// tokenWords returns a line for each problem of a new token.
func tokenWords(problems []domain.Problem) string {
	var lines []string
	for _, problem := range problems {
		switch problem.Code {
		case domain.ProblemBlank:
			lines = append(lines, "A token needs a name.")
		case domain.ProblemTooLong:
			lines = append(lines, fmt.Sprintf("The name has more than %d letters.", problem.Limit))
		case account.ProblemCharacters:
			lines = append(lines, "The name has characters that cannot be seen.")
		case account.ProblemPast:
			lines = append(lines, "The end of a token has to lie ahead.")
		default:
			lines = append(lines, problem.String())
		}
	}
	return strings.Join(lines, "\n")
}

func scopeWords(scope account.Scope) string {
	if scope == account.ScopeWrite {
		return "read and write"
	}
	return "read"
}

// day writes a moment of a token for people; "never" where there is none.
func day(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.Format(time.DateTime + "Z")
}

// tokenRow is a token for machines.
type tokenRow struct {
	ID       int64              `json:"id"`
	Name     string             `json:"name"`
	Scope    account.Scope      `json:"scope"`
	State    account.TokenState `json:"state"`
	Created  time.Time          `json:"created"`
	Expires  *time.Time         `json:"expires"`
	LastUsed *time.Time         `json:"last_used"`
	Revoked  *time.Time         `json:"revoked"`
}

// madeToken is a token that was just made.
type madeToken struct {
	tokenRow
	Secret string `json:"secret"`
}

func rowOfToken(token account.APIToken, now time.Time) tokenRow {
	orNull := func(at time.Time) *time.Time {
		if at.IsZero() {
			return nil
		}
		return &at
	}
	return tokenRow{
		ID: token.ID, Name: token.Name, Scope: token.Scope, State: token.State(now), Created: token.Created,
		Expires: orNull(token.Expires), LastUsed: orNull(token.LastUsed), Revoked: orNull(token.Revoked),
	}
}

func newTokenList(s *session) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show all API tokens, without their secrets",
		Args:  arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.runKept(cmd, "tokens", func(_ *settings, a *app.App) error {
				return listTokens(cmd.Context(), cmd.OutOrStdout(), a.Tokens, asJSON)
			})
		},
	}
	addJSON(cmd, &asJSON, "a JSON object a line")
	return cmd
}

// tokensRead is how many tokens are read at once.
const tokensRead = 1000

// listTokens writes all tokens.
func listTokens(ctx context.Context, w io.Writer, tokens ports.TokenManager, asJSON bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if !asJSON {
		_, _ = fmt.Fprintln(table, "ID\tNAME\tMAY\tSTATE\tLAST USED\tEXPIRES\tCREATED") // Flush tells
	}
	now := time.Now()
	for after, more := int64(0), true; more; {
		some, err := tokens.List(ctx, after, tokensRead)
		if err != nil {
			return err
		}
		for _, token := range some {
			after = token.ID
			row := rowOfToken(token, now)
			if !asJSON {
				_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", token.ID, visible(token.Name), scopeWords(token.Scope), row.State,
					day(token.LastUsed), day(token.Expires), day(token.Created))
			} else if err := writeJSON(w, row); err != nil {
				return err
			}
		}
		more = len(some) == tokensRead
	}
	return table.Flush()
}

func newTokenRevoke(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "End an API token for good",
		Long:  "End an API token for good: from now on no server lets its secret in.",
		Args:  arguments(cobra.ExactArgs(1), "the id of a token"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage(cmd, fmt.Sprintf("%q is not the id of a token", args[0]))
			}
			return s.runKept(cmd, "tokens", func(_ *settings, a *app.App) error {
				token, err := a.Tokens.Revoke(cmd.Context(), id)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "token %d, %s, is revoked since %s\n", token.ID, visible(token.Name), day(token.Revoked))
				return err
			})
		},
	}
}
