package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// asker asks somebody at a terminal.
type asker struct {
	fd     int
	out    io.Writer
	screen *term.Terminal // one for all questions: it may have read beyond the answer to the last one
}

// newAsker returns who asks. There is nobody to be asked where in is no terminal.
func newAsker(in io.Reader, out io.Writer) (*asker, error) {
	terminal, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return nil, errors.New("this asks for a password, and standard input is no terminal")
	}
	return &asker{int(terminal.Fd()), out, term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{terminal, out}, "")}, nil
}

// tell writes a line.
func (a *asker) tell(line string) { _, _ = fmt.Fprintln(a.out, line) } // that nobody sees it is noticed by who asks

// ask returns the line that is typed.
func (a *asker) ask(ctx context.Context, prompt string) (string, error) {
	return a.read(ctx, func() (string, error) {
		a.screen.SetPrompt(prompt)
		return a.screen.ReadLine()
	})
}

// askSecret returns the line that is typed, which is not shown.
func (a *asker) askSecret(ctx context.Context, prompt string) (string, error) {
	return a.read(ctx, func() (string, error) { return a.screen.ReadPassword(prompt) })
}

// read reads a line, or gives up when ctx ends. What is typed is shown by screen or by nobody, from before the prompt on;
// at the end the terminal is as it was.
func (a *asker) read(ctx context.Context, read func() (string, error)) (line string, err error) {
	before, err := term.MakeRaw(a.fd)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, term.Restore(a.fd, before)) }()
	if width, height, err := term.GetSize(a.fd); err == nil && width > 0 {
		_ = a.screen.SetSize(width, height) // else long lines look odd
	}
	answered := make(chan error, 1)
	var typed string
	go func() { // it ends with the program where nobody answers: a terminal cannot be told to stop
		var err error
		typed, err = read()
		answered <- err
	}()
	select {
	case err := <-answered:
		if errors.Is(err, io.EOF) { // Ctrl-C and Ctrl-D
			return "", errors.New("nothing was done")
		}
		return typed, err
	case <-ctx.Done():
		return "", domain.ContextError(ctx)
	}
}

// askNewPassword asks twice. The password is "" where it cannot be used, which is told.
func (a *asker) askNewPassword(ctx context.Context) (string, error) {
	first, err := a.askSecret(ctx, "Password: ")
	if err != nil {
		return "", err
	}
	second, err := a.askSecret(ctx, "Password (again): ")
	switch {
	case err != nil:
		return "", err
	case first != second:
		a.tell("The two passwords are not the same.")
		return "", nil
	case first == "":
		a.tell(accountWords(domain.Problem{Field: account.FieldPassword, Code: domain.ProblemBlank}))
	}
	return first, nil
}
