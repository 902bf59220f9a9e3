package cli

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

func newMove(s *session) *cobra.Command {
	var (
		to     string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "move --to URL",
		Short: "Move all persons from the SQLite file into PostgreSQL",
		Long: "Move all persons from the SQLite file of DATABASE_URL into a PostgreSQL database, whose\n" +
			"schema is brought up to date before. They have the same ids there, and no id that the\n" +
			"file ever gave is given again. In the end both are read and compared, person by person.\n" +
			"Stop whatever writes to the file before; servers may go on reading. The file is not\n" +
			"changed.\n\n" +
			"A move that was broken off goes on where it was when it is run again. So the database\n" +
			"must hold nobody, or the first persons of the file and nobody else; where it holds\n" +
			"others, nothing is written.\n\n" +
			notMoved + "\n\n" +
			"The exit code is 3 where the two differ, before or in the end; nobody is overwritten.",
		Args: arguments(cobra.NoArgs, "no arguments but --to"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return usage(cmd, "--to says where to move to, and is missing")
			}
			settings, err := s.load(cmd, nil)
			if err != nil {
				return err
			}
			target, err := app.ParseDatabase(to)
			if err != nil {
				return usage(cmd, "--to: "+err.Error())
			}
			mover, err := app.NewMover(settings.Config, target, settings.logger)
			if err != nil {
				return usage(cmd, err.Error())
			}
			start, progress := time.Now(), &moveProgress{w: cmd.ErrOrStderr()}
			moved, err := mover.Move(cmd.Context(), progress.tell)
			progress.end()
			if err != nil {
				return withAdvice(err)
			}
			return writeMoved(cmd.OutOrStdout(), moved, target, time.Since(start), asJSON)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "move into the database of this `URL`: postgresql://user@host/name, with the password in PGPASSWORD or ~/.pgpass")
	addJSON(cmd, &asJSON, "the result as a JSON object")
	return cmd
}

const notMoved = "Not moved are users (roster createsuperuser makes one there), their sessions, API tokens, the\nhistory, jobs, rate limits and the keys of requests (Idempotency-Key): a request that was\nanswered before and is sent again takes effect again."

// moveProgress tells how far each phase of a move is.
type moveProgress struct {
	w     io.Writer
	phase domain.MovePhase
	*progress
}

var moveVerbs = map[domain.MovePhase]string{domain.MoveChecking: "checked", domain.MoveKeeping: "moved", domain.MoveComparing: "compared"}

func (p *moveProgress) tell(now domain.MoveProgress) {
	if now.Total <= 0 && now.Done == 0 {
		return // a phase without work
	}
	if p.phase != now.Phase {
		p.end()
		p.phase, p.progress = now.Phase, newProgress(p.w, moveVerbs[now.Phase], int(max(1, now.Total)))
	}
	p.add(int(now.Done) - p.done)
}

func (p *moveProgress) end() {
	if p.progress != nil {
		p.progress.end()
	}
}

// withAdvice adds what to do about a difference.
func withAdvice(err error) error {
	difference, isDifference := errors.AsType[*domain.DifferenceError](err)
	if !isDifference {
		return err
	}
	advice := "nobody is overwritten: stop what writes to the two, empty the table persons_person of the target (TRUNCATE), and run this again"
	if difference.Phase == domain.MoveComparing && !difference.InTarget {
		advice = "somebody was created meanwhile: stop what writes to the file, and run this again to move them too"
	}
	return differenceError{fmt.Errorf("%w\n%s", err, advice)}
}

// differenceError is that of a move whose source and target differ.
type differenceError struct{ error }

type moveResult struct {
	Moved   int64   `json:"moved"`
	Found   int64   `json:"found"`
	Persons int64   `json:"persons"`
	LastID  int64   `json:"last_id"`
	SHA256  string  `json:"sha256"`
	Seconds float64 `json:"seconds"`
}

func writeMoved(w io.Writer, moved domain.Moved, target app.Database, elapsed time.Duration, asJSON bool) error {
	result := moveResult{
		Moved: moved.Persons - moved.Found, Found: moved.Found, Persons: moved.Persons,
		LastID: moved.LastID, SHA256: hex.EncodeToString(moved.Sum[:]), Seconds: elapsed.Seconds(),
	}
	if asJSON {
		return writeJSON(w, result)
	}
	found := ""
	if result.Found > 0 {
		found = fmt.Sprintf(" (%d were there already)", result.Found)
	}
	_, err := fmt.Fprintf(w, "moved %s%s into %s in %s\nboth hold %s, compared one by one; sha256 %s\nids up to %d are not given again\n%s\n",
		plural(int(result.Moved), "person"), found, visible(target.String()), elapsed.Round(time.Millisecond),
		plural(int(result.Persons), "person"), result.SHA256, result.LastID, notMoved)
	return err
}
